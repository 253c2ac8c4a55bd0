import type { ScenarioSaving } from '../../series/costs.ts';
import type {
  DroppedPatch,
  FoundViolation,
  PatchReport,
  PrefixReport,
  SeriesReport,
} from '../../series/series.ts';
import {
  type Block,
  cell,
  detail,
  type Figure,
  left,
  paragraph,
  right,
  type Section,
  type Table,
  type TableCell,
} from '../blocks/document.ts';
import { NARROW, WIDE } from '../blocks/figure-layout.ts';
import { formatNs, formatNumber, formatRatio, PAGE } from '../blocks/numbers.ts';
import { SAFETY_STYLES } from '../blocks/theme.ts';
import { capitalised, counted, listed } from '../blocks/words.ts';
import { seriesByPatch } from './figure.ts';

/** Classes of violations as a reader of one table understands them. */
const CLASS_WORDS: Readonly<Record<string, string>> = {
  host: 'host memory',
  crossVm: 'another VM',
  guest: 'inside one VM',
  isolation: 'L1 flushes the ASIDs of others',
  invalid: 'VMRUN with ASID 0',
};

const VERDICT_WORDS: Readonly<Record<PrefixReport['verdict'], string>> = {
  same: 'as v6.14',
  safe: 'nothing new found',
  stale: 'stale translation',
};

/** The series patch by patch: what each saves, and what happens without it. */
export function seriesSection(series: SeriesReport): Section {
  const whole = series.prefixes.at(-1);
  return {
    id: 'series',
    short: 'Series',
    heading: seriesFinding(series),
    tone: whole?.verdict === 'stale' ? 'bad' : 'plain',
    blocks: [
      paragraph(prefixFinding(series)),
      { kind: 'figure', figure: seriesFigure(series) },
      { kind: 'table', table: patchTable(series), folded: false },
      ...idlePatches(series),
      {
        kind: 'more',
        title:
          'How this was found, other scenarios, the shortest ways to each stale translation, and the command',
        blocks: [
          paragraph(
            `Costs are modelled round trips of ${setupOf(series)}, paired over seeds. For safety the checker ` +
              'tries every order of events in small worlds, until it finds a stale translation that is not in ' +
              'what it compares with, or until its bound: what it did not find may still be there. v6.14 leaks ' +
              'entries of L2 to L1 when userspace forces a vCPU out of L2, and so does each step of the series; ' +
              'that is mended on both sides, since it would hide what is new.',
          ),
          ...otherScenarios(series),
          ...stories(series),
          paragraph(
            'All of this section is the result of one command, which is part of the project:',
          ),
          {
            kind: 'command',
            text: 'npm run -s bench -- check --series --out data/series/series.json',
          },
        ],
      },
    ],
  };
}

/** Whether an interval excludes zero, and which side it lies on. */
function signOf({ savingNs }: ScenarioSaving): number {
  return savingNs.low > 0 ? 1 : savingNs.high < 0 ? -1 : 0;
}

/** What was found, as a sentence without its full stop. */
export function seriesFinding({ patches }: SeriesReport): string {
  const saving = patches.filter((patch) => patch.savings.some((each) => signOf(each) > 0));
  const needed = patches.filter((patch) => patch.dropped.verdict === 'stale');
  const first =
    saving.length === 0
      ? `None of ${patches.length} patches saves time by itself`
      : `${capitalised(amount(saving.length))} of ${patches.length} patches ${saving.length === 1 ? 'saves' : 'save'} time`;
  if (needed.length === 0) return `${first}, and no other was found to be needed for safety`;
  const without = needed.length === 1 ? 'one' : `any one of ${needed.length}`;
  return `${first}; without ${without} a stale translation gets through`;
}

const amount = (count: number) => (count === 1 ? 'one' : String(count));

/** Which prefixes are safe, in the order of the series. */
function prefixFinding({ prefixes }: SeriesReport): string {
  const clauses = (['same', 'safe', 'stale'] as const).flatMap((verdict) => {
    const own = prefixes.filter((prefix) => prefix.verdict === verdict);
    return own.length === 0 ? [] : [`with ${ranges(own)} of them ${PREFIX_WORDS[verdict]}`];
  });
  return `Patches applied in order: ${clauses.join('; ')}.`;
}

const PREFIX_WORDS: Readonly<Record<PrefixReport['verdict'], string>> = {
  same: 'KVM does what v6.14 does',
  safe: 'nothing was found that v6.14 does not have',
  stale: 'the checker finds a stale translation that v6.14 does not have',
};

/** `0–3 and 7`. */
function ranges(prefixes: readonly PrefixReport[]): string {
  const found: [number, number][] = [];
  for (const { after } of prefixes) {
    const open = found.at(-1);
    if (open !== undefined && open[1] === after - 1) open[1] = after;
    else found.push([after, after]);
  }
  return listed(found.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)));
}

export function setupOf({ patches }: SeriesReport): string {
  const saving = patches[0]?.saving;
  return saving === null || saving === undefined
    ? 'no scenario'
    : `${saving.scenario} on ${saving.machine}`;
}

function seriesFigure(series: SeriesReport): Figure {
  const points = series.prefixes.map(({ after, verdict, saving }) => ({
    after,
    verdict,
    savingNs: saving?.savingNs ?? null,
  }));
  return {
    id: 'figure-series',
    caption:
      `Saving after each patch against v6.14, in ${setupOf(series)}, with its 95 % interval over seeds. ` +
      'A jump is the patch that brings it. The shape of a point, its colour and the words above it say ' +
      'what the checker found in the series up to there.',
    description:
      'Points with intervals: saving of the series after each of its patches, and what was found',
    wide: seriesByPatch(points, WIDE),
    narrow: seriesByPatch(points, NARROW),
    legend: (['same', 'safe', 'stale'] as const).map((verdict) => ({
      label: VERDICT_WORDS[verdict],
      ...SAFETY_STYLES[verdict],
    })),
    data: prefixTable(series),
  };
}

export function prefixTable({ prefixes }: SeriesReport): Table {
  return {
    caption: 'The series after each patch, against v6.14',
    columns: [
      left('Patches'),
      right('Saving, ns'),
      right('95 % interval'),
      detail(right('Saving')),
      left('Verdict'),
      detail(right('States explored')),
    ],
    rows: prefixes.map(({ after, saving, verdict, violation, statesExplored }) => [
      cell(String(after)),
      ...savingCells(saving),
      cell(saving === null || !isDifferent(saving) ? '' : formatRatio(saving.savingRatio.point)),
      verdict === 'stale' && violation !== null
        ? cell(`stale: ${violationText(violation)}`, 'bad')
        : cell(VERDICT_WORDS[verdict], verdict === 'same' ? 'quiet' : 'good'),
      cell(statesExplored === 0 ? '' : formatNumber(statesExplored), 'quiet'),
    ]),
  };
}

/** Saving and interval; quiet where nothing differs. */
function savingCells(saving: ScenarioSaving | null): readonly TableCell[] {
  if (saving === null) return [cell(''), cell('')];
  const { point, low, high } = saving.savingNs;
  if (point === 0 && low === 0 && high === 0) return [cell('0', 'quiet'), cell('', 'quiet')];
  const tone = signOf(saving) < 0 ? 'bad' : signOf(saving) > 0 ? 'strong' : 'plain';
  return [cell(formatNumber(point), tone), cell(span(low, high))];
}

/** Saving with its interval in one cell. */
export function savingText(saving: ScenarioSaving | null): string {
  if (saving === null) return '';
  if (!isDifferent(saving)) return '0';
  const { point, low, high } = saving.savingNs;
  const [from, to] = [formatNumber(low), formatNumber(high)];
  return `${formatNumber(point)}${from === to ? '' : ` (${span(low, high)})`}`;
}

function span(low: number, high: number): string {
  const ends = [low, high].map((each) => formatNumber(each));
  return ends.join(low < 0 || high < 0 ? ' to ' : PAGE.to);
}

function violationText({ class: kind, events }: FoundViolation): string {
  return `${CLASS_WORDS[kind] ?? kind}, ${counted(events, 'event')}`;
}

function patchTable(series: SeriesReport): Table {
  return {
    caption: `What each patch saves in its place (${setupOf(series)}), and the whole series without it`,
    columns: [right('Patch'), left('Left out alone'), right('Saves, ns'), left('Subject')],
    rows: series.patches
      .filter((patch) => !isIdle(patch))
      .map((patch) => [
        cell(String(patch.number)),
        droppedCell(patch.dropped),
        cell(savingText(patch.saving), savingCells(patch.saving)[0]?.tone ?? 'plain'),
        cell(patch.subject.replace(/^KVM: /, '')),
      ]),
  };
}

/** Nothing changes with it, and nothing without it. */
function isIdle({ dropped, savings }: PatchReport): boolean {
  return dropped.verdict === 'nothing' && !savings.some(isDifferent);
}

/** The patches that no row is spent on. */
function idlePatches({ patches }: SeriesReport): readonly Block[] {
  const idle = patches.filter(isIdle);
  if (idle.length === 0) return [];
  const items = idle.map(
    ({ number, subject, kind }) => `${number}: ${subject.replace(/^KVM: /, '')} (${kind})`,
  );
  return [
    {
      kind: 'more',
      title: `${capitalised(counted(idle.length, 'patch more changes', 'patches more change'))} nothing, in place or left out`,
      blocks: [{ kind: 'list', items }],
    },
  ];
}

function droppedCell({ verdict, violation, savings }: DroppedPatch): TableCell {
  if (verdict === 'nothing') return cell('nothing changes', 'quiet');
  if (verdict === 'stale') {
    return cell(`stale: ${violation === null ? '' : violationText(violation)}`, 'bad');
  }
  if (verdict === 'cost') return cell(costText(savings), 'strong');
  return cell('safe as far as explored, no cost seen');
}

/** `costs 589 ns (15.1 %), in 3 scenarios`: the first of those that are clearly slower; a table has all. */
function costText(savings: readonly ScenarioSaving[]): string {
  const slower = savings.filter((each) => signOf(each) < 0);
  const [first] = slower;
  if (first === undefined) return 'costs';
  const { savingNs, savingRatio, scenario } = first;
  const where = slower.length === 1 ? scenario : counted(slower.length, 'scenario');
  return `costs ${formatNs(-savingNs.point)} (${formatRatio(-savingRatio.point)}), in ${where}`;
}

/** Patches that make a difference in any scenario, scenario by scenario. */
function otherScenarios({ patches }: SeriesReport): readonly Block[] {
  const scenarios = patches[0]?.savings ?? [];
  const rows = patches.filter((patch) => patch.savings.some(isDifferent));
  if (scenarios.length < 2 || rows.length === 0) return [];
  const table: Table = {
    caption: 'Saving in place in every scenario, modelled ns per round trip with its 95 % interval',
    columns: [
      right('Patch'),
      ...scenarios.map((each) => right(`${each.scenario}, ${each.machine}`)),
    ],
    rows: rows.map((patch: PatchReport) => [
      cell(String(patch.number)),
      ...patch.savings.map((each) =>
        cell(savingText(each), !isDifferent(each) ? 'quiet' : signOf(each) < 0 ? 'bad' : 'plain'),
      ),
    ]),
  };
  return [{ kind: 'table', table, folded: true }];
}

function isDifferent({ savingNs: { point, low, high } }: ScenarioSaving): boolean {
  return point !== 0 || low !== 0 || high !== 0;
}

/** The shortest ways to each stale translation: per patch left out, and once for prefixes that share one. */
export function stories({ patches, prefixes }: SeriesReport): readonly Block[] {
  const dropped = patches.flatMap(({ number, dropped: { violation } }) =>
    violation === null ? [] : [story(`Without patch ${number}`, violation)],
  );
  const told = new Set<string>();
  const after = prefixes.flatMap((prefix) => {
    const { violation } = prefix;
    const text = violation?.transcript.join('\n');
    if (violation === null || text === undefined || told.has(text)) return [];
    told.add(text);
    return [story(`After patch ${prefix.after}`, violation)];
  });
  const all = [...dropped, ...after];
  if (all.length === 0) return [];
  return [
    paragraph(
      'The shortest orders of events that the checker found. v is a vCPU, p a pCPU; each ends with the ' +
        'access that uses the stale translation.',
    ),
    ...all,
  ];
}

function story(start: string, violation: FoundViolation): Block {
  const { obligation, world, transcript } = violation;
  return {
    kind: 'transcript',
    title: `${start}: ${violationText(violation)}; breaks ${obligation}, in the world ${world}`,
    lines: transcript,
  };
}
