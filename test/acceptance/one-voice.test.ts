import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stateOfScenario } from '../../src/live/live-state.ts';
import { liveComputer } from '../../src/page/compute.ts';
import { plainAscii } from '../../src/report/blocks/escape.ts';
import {
  ASCII,
  formatRatio,
  formatRatioInterval,
  numbersInAscii,
} from '../../src/report/blocks/numbers.ts';
import { liveText } from '../../src/report/live/text.ts';
import { safetyClause } from '../../src/report/safety.ts';
import { renderSensitivity } from '../../src/report/sensitivity/text.ts';
import { parseSensitivity } from '../../src/sensitivity/stored.ts';
import { program, temporaryFolder } from '../cli/command-line.ts';

/** What a reader takes away of one scenario, as text. */
interface Said {
  readonly saving: string;
  readonly interval: string;
  readonly verdict: string;
}

const STRATEGY = 'rfc-2025-03';
const OPEN = { strategy: STRATEGY, verdict: null };
const BASELINE = 'kvm-6.14';
const HEADLINE = (
  JSON.parse(readFileSync('reports/example/manifest.json', 'utf8')) as {
    scenarios: { id: string; words: { label: string } }[];
  }
).scenarios;
const folder = temporaryFolder();
afterAll(folder.remove);

async function printed(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await program(...words);
  expect(code, stderr).toBe(0);
  return stdout;
}

/** A whole saving of any JSON, as the texts write it. */
function saidOf(whole: { ratio: { point: number; low: number; high: number }; verdict: string }) {
  const { point, low, high } = whole.ratio;
  return {
    saving: formatRatio(point, ASCII),
    interval: formatRatioInterval(low, high, ASCII),
    verdict: whole.verdict,
  };
}

const ascii = (text: string) => plainAscii(numbersInAscii(text));
const flat = (text: string) => ascii(text.replaceAll(/\s+/g, ' '));

/** The row of a table of cells whose last one is the scenario. */
function saidOfRow(cells: readonly string[] | undefined, what: string): Said {
  expect(cells, what).toBeDefined();
  const [, saving = '', interval = '', verdict = ''] = cells!.map((each) => ascii(each).trim());
  return { saving, interval, verdict };
}

function markdownRow(text: string, id: string): Said {
  const line = text.split('\n').find((each) => each.endsWith(`| \`${id}\` |`));
  return saidOfRow(line?.split('|').slice(1), id);
}

function pageRow(html: string, id: string): Said {
  const table = /<figure id="figure-ranking"[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(html)?.[1];
  const rows = [...(table ?? '').matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[dh][^>]*>([\s\S]*?)<\/t[dh]>/g)].map(([, cell = '']) =>
      cell.replaceAll(/<[^>]*>/g, ''),
    ),
  );
  return saidOfRow(
    rows.find((cells) => cells.at(-1) === id),
    id,
  );
}

/** Below the scenario's name: strategy, before, after, saving, interval, verdict. */
function terminalRow(text: string, id: string): Said {
  const lines = text.split('\n');
  const title = lines.findIndex((line) => line.startsWith(`${id}:`));
  const line = lines.slice(title + 1).find((each) => each.trim().startsWith(`${STRATEGY} `));
  const found = / (-?[\d.]+ %) +(-?[\d.]+\.\.-?[\d.]+ %) +(\w[\w ]*)$/.exec(line ?? '');
  expect(title, id).toBeGreaterThanOrEqual(0);
  expect(found, `${id}: ${line}`).not.toBeNull();
  const [, saving = '', interval = '', verdict = ''] = found!;
  return { saving, interval, verdict };
}

/** A mail has no column for the verdict: a question mark stands where it cannot be told. */
function mailRow(text: string, id: string): Said {
  const line = text.split('\n').find((each) => each.startsWith(`${id} `));
  const found = / (-?[\d.]+ %) +\[(-?[\d.]+), (-?[\d.]+)\](\??)$/.exec(line ?? '');
  expect(found, `${id}: ${line}`).not.toBeNull();
  const [, saving = '', low = '', high = '', mark = ''] = found!;
  const verdict = mark === '?' ? 'cannot tell' : Number(low) > 0 ? 'saves' : 'costs';
  return { saving, interval: `${low}..${high} %`, verdict };
}

function liveRow(text: string): Said {
  const found =
    /(saves|costs) [\d,.]+ ns per round trip, ([\d.]+ %) of .*?\. Saving, 95 %: (-?[\d.]+\.\.-?[\d.]+ %) over seeds, prices, sizes and workload: ([a-z ]+)\./.exec(
      flat(text),
    );
  expect(found, text).not.toBeNull();
  const [, word, saving = '', interval = '', verdict = ''] = found!;
  return { saving: word === 'costs' ? `-${saving}` : saving, interval, verdict };
}

function sensitivityRow(id: string): Said {
  const path = `data/sensitivity/${id}.json`;
  const text = renderSensitivity(parseSensitivity(readFileSync(path, 'utf8'), path).result);
  const found =
    /It (saves|costs), .*? saves (-?[\d.]+ %) of a round trip \(95 % interval (-?[\d.]+\.\.-?[\d.]+ %)/.exec(
      flat(text),
    );
  expect(found, text).not.toBeNull();
  const [, verdict = '', saving = '', interval = ''] = found!;
  return { saving, interval, verdict };
}

interface JsonReport {
  readonly scenarios: readonly {
    readonly id: string;
    readonly comparisons: readonly {
      readonly strategy: string;
      readonly whole: Parameters<typeof saidOf>[0];
      readonly safety: Parameters<typeof safetyClause>[0]['verdict'];
      readonly baselineSafety: Parameters<typeof safetyClause>[0]['verdict'];
    }[];
  }[];
}

let html = '';
let markdown = '';
let terminal = '';
let mail = '';
let json: JsonReport;

beforeAll(async () => {
  const run = join(folder.path, 'example');
  cpSync('reports/example', run, { recursive: true });
  html = await printed('report', run, '--format', 'html');
  markdown = await printed('report', run, '--format', 'md');
  mail = await printed('report', run, '--format', 'mail');
  json = JSON.parse(await printed('report', run, '--format', 'json'));
  terminal = await printed('run', 'headline', '--resume', run);
});

function comparisonOf(id: string) {
  const { comparisons } = json.scenarios.find((each) => each.id === id)!;
  return comparisons.find(({ strategy }) => strategy === STRATEGY)!;
}

describe('saving, whole interval and verdict', () => {
  test.each(HEADLINE.map(({ id }) => id))('of %s are one in every output', async (id) => {
    const said = saidOf(comparisonOf(id).whole);
    expect(pageRow(html, id)).toEqual(said);
    expect(markdownRow(markdown, id)).toEqual(said);
    expect(terminalRow(terminal, id)).toEqual(said);
    expect(mailRow(mail, id)).toEqual(said);
    expect(sensitivityRow(id)).toEqual(said);
  });

  test('are the same in the live section of the page, and say why where nothing was changed', async () => {
    const settings = /<script type="application\/json" id="try-settings">(.*?)<\/script>/s.exec(
      html,
    );
    const compute = liveComputer(JSON.parse(settings![1]!).data);
    for (const { id } of HEADLINE) {
      const wholes: unknown[] = [];
      await compute(stateOfScenario(id), {
        onAnswer: (answer, isLast) => {
          const { whole, storedSeeds } = answer;
          if (isLast)
            wholes.push({ ...saidOf(whole), storedSeeds }, liveRow(liveText(answer, OPEN, OPEN)));
        },
        onElsewhere: () => wholes.push('elsewhere'),
        isOver: () => false,
        pause: async () => {},
      });
      const said = saidOf(comparisonOf(id).whole);
      expect(wholes, id).toEqual([{ ...said, storedSeeds: 8 }, said]);
    }
    expect(html).toContain('those of the stored analysis, as in every output: 8 seeds');
  });

  test('are other ones for another question, whose interval says that it holds less', async () => {
    const changed = await printed('answer', '#try?scenario=pio-npt-npt&tlb=2');
    expect(flat(changed)).toMatch(/ over seeds and prices: saves\./);
    expect(flat(changed)).toContain('The interval does not hold what sizes and rates could be');
  });
});

describe("the checker's verdict", () => {
  test('is one in every output', async () => {
    const { safety, baselineSafety } = comparisonOf('kv-redis-l2');
    const of = (strategy: string, verdict: typeof safety) =>
      `${strategy}: ${safetyClause({ strategy, verdict })}`;
    const own = of(STRATEGY, safety);
    const base = of(BASELINE, baselineSafety);
    expect(own).toMatch(/stale translations in \d+ of \d+ checked worlds/);
    const live = await printed('answer', '#try?scenario=kv-redis-l2');
    expect(liveRow(live)).toEqual(saidOf(comparisonOf('kv-redis-l2').whole));
    for (const text of [html, markdown, terminal, mail, live]) {
      expect(flat(text)).toContain(own);
      expect(flat(text)).toContain(base);
    }
    const answered = JSON.parse(await printed('answer', '#try?scenario=kv-redis-l2', '--json'));
    expect(saidOf(answered.whole)).toEqual(saidOf(comparisonOf('kv-redis-l2').whole));
    expect(answered.safety).toEqual(safety);
    expect(answered.baseSafety).toEqual(baselineSafety);
    // The live section of a page says it of whatever is chosen.
    const settings = /<script type="application\/json" id="try-settings">(.*?)<\/script>/s.exec(
      html,
    );
    expect(JSON.parse(settings![1]!).safety[STRATEGY].text).toContain(own);
  });
});
