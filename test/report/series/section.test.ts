import { describe, expect, test } from 'vitest';
import type { Block, Table } from '../../../src/report/blocks/document.ts';
import { renderMarkdown } from '../../../src/report/run/markdown.ts';
import { renderHtml } from '../../../src/report/run/page.ts';
import { seriesFinding, seriesSection } from '../../../src/report/series/section.ts';
import { parseSeries } from '../../../src/series/parse-series.ts';
import { makeSeries, STORY } from '../make-series.ts';
import { makeSummary } from '../make-summary.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ');
const section = seriesSection(makeSeries());

function tables(blocks: readonly Block[]): readonly Table[] {
  return blocks.flatMap((block) => (block.kind === 'table' ? [block.table] : []));
}

/** The column that a telephone shows beside the number of the patch. */
function verdicts(table: Table | undefined): string[] {
  return (table?.rows ?? []).map((row) => plain(row[1]?.text ?? ''));
}

describe('the section on the series', () => {
  test('states in its heading what saves and what is needed', () => {
    expect(section.heading).toBe(
      'One of 4 patches saves time; without one a stale translation gets through',
    );
    const { patches, prefixes } = makeSeries();
    const harmless = patches.map((patch) => ({
      ...patch,
      savings: [],
      dropped: { ...patch.dropped, verdict: 'nothing' as const },
    }));
    expect(seriesFinding({ patches: harmless, prefixes })).toBe(
      'None of 4 patches saves time by itself, and no other was found to be needed for safety',
    );
  });

  test('says of each prefix what was found', () => {
    expect(section.blocks[0]).toEqual({
      kind: 'paragraph',
      text:
        'Patches applied in order: with 0–1 of them KVM does what v6.14 does; with 2 and 4 of them ' +
        'nothing was found that v6.14 does not have; with 3 of them the checker finds a stale ' +
        'translation that v6.14 does not have.',
    });
  });

  test('says of each patch that changes something what happens without it, and names the others', () => {
    expect(verdicts(tables(section.blocks)[0])).toEqual([
      'stale: host memory, 3 events',
      'safe as far as explored, no cost seen',
      'costs 580 ns (14.5 %), in 2 scenarios',
    ]);
    const idle = section.blocks.find((block) => block.kind === 'more');
    expect(idle).toMatchObject({
      title: 'One patch more changes nothing, in place or left out',
      blocks: [{ kind: 'list', items: ['1: nSVM: Subject 1 (behaviour)'] }],
    });
  });

  test('warns in its tone only when the whole series is stale', () => {
    expect(section.tone).toBe('plain');
    const { patches, prefixes } = makeSeries();
    expect(seriesSection({ patches, prefixes: prefixes.slice(0, 4) }).tone).toBe('bad');
  });

  test('tells each story of the prefixes once', () => {
    const { patches, prefixes } = makeSeries();
    const twice = { patches, prefixes: [...prefixes, { ...prefixes[3]!, after: 5 }] };
    const titles = seriesSection(twice)
      .blocks.flatMap((block) => (block.kind === 'more' ? block.blocks : [block]))
      .flatMap((block) => (block.kind === 'transcript' ? [block.title] : []));
    const end = 'host memory, 3 events; breaks O7 ALL-LEVELS, in the world one-vcpu';
    expect(titles).toEqual([`Without patch 2: ${end}`, `After patch 3: ${end}`]);
  });
});

describe('a report', () => {
  test('has the section where the series is given, after safety, and not without', async () => {
    const ids = (page: string) =>
      [...page.matchAll(/<section id="([\w-]+)"/g)].map((found) => found[1]);
    const without = ids(await renderHtml(makeSummary()));
    const html = await renderHtml(makeSummary(), { series: makeSeries() });
    expect(without).not.toContain('series');
    expect(ids(html).filter((id) => id !== 'series')).toEqual(without);
    expect(ids(html)[ids(html).indexOf('series') - 1]).toBe('safety');
    expect(html).toContain('v0 load p0\nvm0 host-unmaps page=0\nv0 touch page=0');
    expect(renderMarkdown(makeSummary(), { series: makeSeries() })).toContain(
      '```text\nv0 load p0\nvm0 host-unmaps page=0\n',
    );
  });

  test('escapes what stands in the series', async () => {
    const hostile = '<script>alert("1")</script>';
    const { patches, prefixes } = makeSeries();
    const story = { ...STORY, class: hostile, obligation: hostile, transcript: [hostile] };
    const series = {
      patches: patches.map((patch) => ({
        ...patch,
        subject: hostile,
        dropped: { ...patch.dropped, verdict: 'stale' as const, violation: story },
      })),
      prefixes: prefixes.map((prefix) => ({ ...prefix, violation: story })),
    };
    const html = await renderHtml(makeSummary(), { series });
    expect(html).not.toContain('<script');
    expect(html).toContain('<pre tabindex="0"><code>&lt;script&gt;alert(&quot;1&quot;)');
    const outside = renderMarkdown(makeSummary(), { series }).replace(/```text[\s\S]*?```/g, '');
    expect(outside).not.toContain('<script');
  });
});

describe('the file of the series', () => {
  const place = 'data/series/series.json';

  test('is read as it was written, without what only a program asks for', () => {
    const json = JSON.stringify({ scenarios: ['a'], ...makeSeries() });
    expect(parseSeries(json, place)).toEqual(makeSeries());
  });

  test.each([
    ['{', 'this is not JSON'],
    ['{"patches":[]}', 'patches: '],
    [JSON.stringify(makeSeries()).replace('"stale"', '"wrong"'), 'patches.1.dropped.verdict: '],
    [JSON.stringify(makeSeries()).replace('"after":0', '"after":-1'), 'prefixes.0.after: '],
  ])('%s is refused with its place', (json, cause) => {
    expect(() => parseSeries(json, place)).toThrow(`${place}: ${cause}`);
  });
});
