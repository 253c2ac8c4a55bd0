import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Format, formats, tryFormat } from '../../scripts/fuzz/formats.ts';
import { mutated } from '../../scripts/fuzz/mutate.ts';
import { mutatedJson } from '../../scripts/fuzz/mutate-json.ts';
import { renderMarkdown } from '../../src/report/run/markdown.ts';
import { renderHtml } from '../../src/report/run/page.ts';
import { parseManifest, parseResults } from '../../src/run/parse-run.ts';
import { summarize } from '../../src/run/summarize.ts';
import { prngFor } from '../../src/util/prng.ts';

const known = formats();
const formatOf = (name: Format['name']): Format => known.find((each) => each.name === name)!;
const sampleOf = (name: Format['name']): string => formatOf(name).samples[0]!.toString();

/** Inputs that the fuzzer found, made small: each gave no sentence, or one of a hundred thousand letters. */
describe('what the fuzzer found', () => {
  const behaviours = { constructor: '' };
  const withInherited = (text: string): string => {
    const manifest = JSON.parse(text) as { strategies: { behaviour: object }[] };
    Object.assign(manifest.strategies[1]!.behaviour, behaviours);
    return JSON.stringify(manifest);
  };

  test.each<[string, Format['name'], (text: string) => string, RegExp]>([
    [
      'a key of a suite as long as the file stood whole in the sentence',
      'suite',
      (text) => text.replace('trips: {', `trips: {"${'k'.repeat(100_000)}": 1, `),
      /unknown key "k+…\. .{1,200}$/,
    ],
    [
      'a time of 0 in results divided the saving',
      'results',
      (text) => text.replace(/"meanNs":[\d.]+/, '"meanNs":0'),
      /^r:1: meanNs is not as it should be/,
    ],
    [
      'the name of a machine as long as the line',
      'results',
      (text) => text.replace('"zen3-milan"', `"${'x'.repeat(100_000)}"`),
      /^r:1: machine is not as it should be/,
    ],
    ['a behaviour named as what every object inherits', 'manifest', withInherited, /^read$/],
  ])('%s', (_what, name, damage, outcome) => {
    expect(tryFormat(formatOf(name), damage(sampleOf(name)))).toMatch(outcome);
  });
});

describe.each(known.map((format) => [format.name, format] as const))(
  'a text of %s',
  (_, format) => {
    test('is read when nothing is wrong with it', () => {
      for (const sample of format.samples)
        expect(tryFormat(format, sample.toString())).toBe('read');
    });

    test('is read or refused with one sentence when it is damaged, never anything else', () => {
      const prng = prngFor(20_261_124, `damaged texts of ${format.name}`);
      const isJson = ['manifest', 'plan', 'payload', 'answer'].includes(format.name);
      let refused = 0;
      for (let run = 0; run < 60; run += 1) {
        const sample = format.samples[prng.nextInt(format.samples.length)]!;
        const text =
          isJson && run % 2 === 0
            ? mutatedJson(sample.toString(), prng)
            : mutated(sample, sample, prng).toString();
        if (tryFormat(format, text) !== 'read') refused += 1;
      }
      expect(refused).toBeGreaterThan(5);
    });
  },
);

describe('hostile text', () => {
  test.each([
    ['brackets without end', '['.repeat(200_000)],
    ['maps without end', '{a: '.repeat(50_000)],
    ['an alias bomb', `a: &a [x, x]\nb: &b [*a, *a]\nc: [${'*b, '.repeat(1000)}]\n`],
    [
      'a deep list by indentation',
      Array.from({ length: 900 }, (_, i) => `${' '.repeat(i)}- a:`).join('\n'),
    ],
    ['letters for the expressions of names', `id: ${'a'.repeat(900_000)}\n`],
    ['more than a mebibyte', 'x'.repeat(1_048_577)],
  ])('as a suite (%s) is refused with one sentence', (_, text) => {
    expect(tryFormat(formatOf('suite'), text)).toMatch(/^s\b/);
  });

  test('as a key can not change the prototype of anything', () => {
    const text = sampleOf('manifest').replace('{', '{"__proto__": {"polluted": true},');
    tryFormat(formatOf('manifest'), text);
    expect(Reflect.has({}, 'polluted')).toBe(false);
  });

  test('as a stored behaviour of the name __proto__ breaks no report', () => {
    const text = sampleOf('manifest').replace('"behaviour":{', '"behaviour":{"__proto__":[],');
    const spaced = text.replace('"behaviour": {', '"behaviour": {"__proto__": [],');
    expect(spaced).toContain('__proto__');
    expect(tryFormat(formatOf('manifest'), spaced)).toBe('read');
  });

  test('in every name and sentence of a run is text in its reports', async () => {
    const script = '<script>alert(1)</script>';
    const read = (file: string) =>
      readFileSync(`test/fixtures/run-schema-1/${file}`, 'utf8')
        .replaceAll('cpuid-npt-npt', script)
        .replaceAll('zen3-milan', `${script}m`)
        .replace(/"(question|source|note|measurement|name)": "/g, `"$1": "${script}`);
    const manifest = parseManifest(read('manifest.json'), 'm');
    const summary = summarize(manifest, parseResults(read('results.jsonl'), 'r'));
    expect(summary.scenarios[0]?.id).toBe(script);
    const html = await renderHtml(summary);
    expect(html).not.toContain(script);
    expect(html).toContain('&lt;script&gt;alert(1)');
    // In a span of code Markdown takes it as it stands.
    expect(renderMarkdown(summary).replace(/`[^`\n]*`/g, '')).not.toContain(script);
  });
});
