import { headline, strategyOrder } from '../charts/selection.ts';
import type { ManifestParameter, RunSummary } from '../experiment/results.ts';
import type { RunContents } from '../experiment/run-contents.ts';
import type { SeriesReport } from '../series/series.ts';
import type { Scoreboard } from '../validation/rows.ts';
import { answerSentence, direction, findingTitle } from './answer.ts';
import {
  type Block,
  cell,
  type Fact,
  left,
  paragraph,
  type ReportDocument,
  right,
  type Section,
  type Table,
} from './document.ts';
import { type FieldCheck, fieldChecks } from './field-checks.ts';
import {
  causesFigure,
  headlineFigure,
  latencyFigure,
  savingFigure,
  waterfallFigure,
} from './figures.ts';
import {
  causesFinding,
  causesParagraph,
  expectationFinding,
  latencyFinding,
  safetyFinding,
  savingFinding,
} from './findings.ts';
import { formatExact, formatNs, formatNumber, formatRatio } from './numbers.ts';
import { seriesSection } from './series.ts';
import { isUnsafe, staleHitsOf, staleTotal } from './stale.ts';
import {
  behaviourTable,
  calibrationTable,
  expectationTable,
  parameterTable,
  questionTable,
  rangeOf,
  safetyTable,
  strategyTable,
} from './tables.ts';
import { tlbContentsSection } from './tlb-contents.ts';
import { uncertaintySection } from './uncertainty.ts';
import { validationSection } from './validation.ts';
import { capitalised, counted, listed } from './words.ts';

/** What the project found out beside the run. A report without it lacks its section. */
export interface Evidence {
  readonly series?: SeriesReport;
  /** What the model says of every published or captured number. */
  readonly validation?: Scoreboard;
  /** Whose the entries of the TLB are over a round trip of the headline's scenario. */
  readonly contents?: RunContents;
}

/** The whole report as data, in reading order: answer, evidence, safety, inputs, method, limits. */
export function reportDocument(summary: RunSummary, evidence: Evidence = {}): ReportDocument {
  const { manifest } = summary;
  const { scenario, comparison } = headline(summary);
  const machines = [...new Set(summary.scenarios.map((each) => each.machine))];
  const uncertainty = uncertaintySection(summary);
  return {
    title: findingTitle(summary),
    context: `asidbench ${manifest.version} · modelled times · ${machines.join(', ')}`,
    question: scenario.question,
    answer: answerSentence(summary),
    safe: !isUnsafe(summary, comparison.strategy),
    facts: facts(summary),
    lead: headlineFigure(summary),
    sections: [
      section('saving', 'Saving', savingFinding(summary), [figure(savingFigure(summary))]),
      ...(uncertainty === null ? [] : [uncertainty]),
      ...(evidence.contents === undefined
        ? []
        : [tlbContentsSection(evidence.contents, comparison.strategy)]),
      section('causes', 'Causes', causesFinding(summary), [
        paragraph(causesParagraph(summary)),
        figure(waterfallFigure(summary)),
        figure(causesFigure(summary)),
      ]),
      section('latency', 'Latency', latencyFinding(summary), [figure(latencyFigure(summary))]),
      safetySection(summary),
      ...(evidence.series === undefined ? [] : [seriesSection(evidence.series)]),
      ...fieldCheckSection(summary),
      expectationSection(summary),
      parameterSection(summary),
      strategySection(summary),
      calibrationSection(summary),
      ...(evidence.validation === undefined ? [] : [validationSection(evidence.validation)]),
      methodSection(summary),
      limitsSection(summary),
      section('reproduce', 'Reproduce', 'One command reproduces every figure of this page', [
        paragraph(
          `Seeds ${seedRange(summary)}; the same command gives the same bytes on every machine.`,
        ),
        { kind: 'command', text: manifest.command },
      ]),
    ],
  };
}

function section(
  id: string,
  short: string,
  heading: string,
  blocks: readonly Block[],
  tone: Section['tone'] = 'plain',
): Section {
  return { id, short, heading, tone, blocks };
}

const table = (content: Table, folded = false): Block => ({
  kind: 'table',
  table: content,
  folded,
});
const figure = (content: ReturnType<typeof savingFigure>): Block => ({
  kind: 'figure',
  figure: content,
});

function facts(summary: RunSummary): readonly Fact[] {
  const { comparison } = headline(summary);
  const stale = staleTotal(staleHitsOf(summary, comparison.strategy));
  const loses = direction(comparison.savingRatio) === 'costs';
  const saving = loses ? -comparison.savingNs.point : comparison.savingNs.point;
  const ratio = loses ? -comparison.savingRatio.point : comparison.savingRatio.point;
  const word = loses ? 'more' : 'less';
  const flushes = [comparison.flushesPerTripBefore, comparison.flushesPerTripAfter];
  return [
    {
      value: formatNs(saving),
      label: `modelled time ${word} per round trip`,
      tone: loses || stale > 0 ? 'bad' : 'plain',
    },
    { value: formatRatio(ratio), label: `${word} than ${comparison.baseline}`, tone: 'plain' },
    {
      value: flushes.map((each) => formatNumber(each)).join(' → '),
      label: 'hardware flushes per round trip',
      tone: 'plain',
    },
    {
      value: formatNumber(stale),
      label: 'stale translations used, all scenarios',
      tone: stale > 0 ? 'bad' : 'plain',
    },
  ];
}

function safetySection(summary: RunSummary): Section {
  const unsafe = strategyOrder(summary).some((id) => isUnsafe(summary, id));
  const blocks = [
    paragraph(
      'Every TLB entry of the model remembers whose it is and which version of the mapping it was ' +
        'made from. A hit on an entry that had to be gone is counted here. A strategy with a ' +
        'single one is unsafe, and its times count for nothing.',
    ),
    table(safetyTable(summary)),
    paragraph(
      'No hit is not a proof. These scenarios run one VM with one vCPU on one processor: they never ' +
        'move a vCPU, share a processor between vCPUs, take memory back from the VM or force a ' +
        'vCPU out of L2. A strategy can be wrong in all of that and still show 0 here.',
    ),
  ];
  return section('safety', 'Safety', safetyFinding(summary), blocks, unsafe ? 'bad' : 'plain');
}

/** What the user can measure: in a report about a host of the user's alone. */
function fieldCheckSection(summary: RunSummary): Section[] {
  const checks = fieldChecks(summary);
  if (checks.length === 0) return [];
  const heading = `${capitalised(counted(checks.length, 'measurement'))} on the host can prove this wrong`;
  return [
    section('field-checks', 'Field checks', heading, [
      paragraph(
        'The numbers are predictions for the first imported scenario. Write them down before you ' +
          'measure. A measured value far from them means that the model, or what it had to assume ' +
          'about this host, is wrong.',
      ),
      table(fieldCheckTable(checks, summary)),
      { kind: 'list', items: checks.map((each) => `${capitalised(each.what)}: ${each.how}`) },
    ]),
  ];
}

function fieldCheckTable(checks: readonly FieldCheck[], summary: RunSummary): Table {
  const { baseline, strategy } = headline(summary).comparison;
  return {
    caption: 'What to measure, and what is predicted',
    columns: [left('measured'), right(baseline), right(strategy)],
    rows: checks.map((each) => [cell(each.what), cell(each.before), cell(each.after)]),
  };
}

function expectationSection(summary: RunSummary): Section {
  const outcomes = summary.scenarios.flatMap((scenario) => scenario.expectations);
  const failed = outcomes.some((outcome) => !outcome.met);
  const blocks: readonly Block[] =
    outcomes.length === 0
      ? [paragraph('So nothing was checked beyond the figures themselves.')]
      : [
          paragraph('They were written down with the scenario, before it ran.'),
          table(expectationTable(summary)),
        ];
  const heading = expectationFinding(summary);
  const all = [...blocks, table(questionTable(summary), true)];
  return section('expectations', 'Expectations', heading, all, failed ? 'bad' : 'plain');
}

function parameterSection(summary: RunSummary): Section {
  const { machines, scenarios } = summary.manifest;
  const groups = [
    ...machines.map((each) => ({ name: `${each.id}: ${each.name}`, parameters: each.parameters })),
    ...scenarios.map((each) => ({ name: each.id, parameters: each.parameters })),
  ].filter((group) => group.parameters.length > 0);
  const all = groups.flatMap((group) => group.parameters);
  const assumed = groups.flatMap((group) =>
    group.parameters
      .filter((each) => each.confidence === 'assumed')
      .map((each) => assumedLine(group.name, each)),
  );
  const heading = parameterFinding(assumed.length, all.length);
  const assumedBlocks: Block[] =
    assumed.length === 0
      ? []
      : [
          paragraph('Nobody has published these. Each has a range and a reason.'),
          { kind: 'list', items: assumed },
        ];
  return section('parameters', 'Parameters', heading, [
    ...assumedBlocks,
    ...groups.map((group) => table(parameterTable(group.name, group.parameters), true)),
  ]);
}

function parameterFinding(assumed: number, all: number): string {
  if (all === 0) return 'The run lists no parameter';
  const parameters = counted(all, 'parameter');
  if (assumed === 0) return `None of ${parameters} is assumed`;
  return `${assumed} of ${parameters} ${assumed === 1 ? 'is' : 'are'} assumed`;
}

function assumedLine(group: string, each: ManifestParameter): string {
  const owner = group.split(':')[0] ?? group;
  const range = rangeOf(each);
  const between = range === '' ? '' : ` (${range})`;
  return `${owner}, ${each.path}: ${formatExact(each.value)}${between} ${each.unit}. ${each.source}`;
}

function strategySection(summary: RunSummary): Section {
  const { strategies, baseline } = summary.manifest;
  const others = strategies.filter((each) => each.id !== baseline).length;
  const heading = `${counted(others, 'strategy', 'strategies')}, compared with ${baseline}`;
  return section('strategies', 'Strategies', capitalised(heading), [
    table(strategyTable(summary)),
    paragraph('A strategy is a set of behaviours. What equals the baseline is printed quietly.'),
    table(behaviourTable(summary), true),
  ]);
}

function calibrationSection(summary: RunSummary): Section {
  const { calibration, calibratedOn } = summary.manifest;
  if (calibration.length === 0) {
    return section('calibration', 'Calibration', 'Nothing was fitted', [
      paragraph('Every parameter has the value of its source; no measurement was fitted.'),
    ]);
  }
  const fitted = counted(calibration.length, 'parameter was', 'parameters were');
  const heading = `${capitalised(fitted)} fitted to a measurement`;
  return section('calibration', 'Calibration', heading, [
    paragraph(
      `They were fitted to ${calibratedOn.scenario} on ${calibratedOn.machine}: ` +
        `${calibratedOn.measurement} (${calibratedOn.source}). ` +
        'That scenario no longer counts as evidence; every other one follows without a fit.',
    ),
    table(calibrationTable(summary)),
  ]);
}

function methodSection(summary: RunSummary): Section {
  const methods = new Set(
    summary.scenarios.flatMap((scenario) => scenario.comparisons.map((each) => each.method)),
  );
  return section('method', 'Method', 'The same guest runs under every strategy', [
    paragraph(
      'Each scenario replays the same guest behaviour under every strategy, through one model of ' +
        'KVM’s SVM code and of the processor’s TLBs, walk caches and nested walks. ' +
        'Every modelled cycle is charged to exactly one cause, and the sum equals the time. ' +
        `Strategies are compared pair by pair over seeds ${seedRange(summary)} ` +
        `(${listed([...methods])}).`,
    ),
  ]);
}

function limitsSection(summary: RunSummary): Section {
  const baseline = summary.manifest.baseline;
  return section('limits', 'Limits', 'These are modelled times, not measurements', [
    {
      kind: 'list',
      items: [
        'The intervals contain what varies between seeds. They do not contain what is unknown ' +
          'about the hardware: for that, look at the ranges of the parameters.',
        'The only published AMD measurement of this change (20250205182402.2147495-14-yosry.ahmed@' +
          'linux.dev) fixes the sum of flush, sync and refill, not its parts. How the saving is ' +
          'divided among causes is the model’s statement.',
        `All savings are relative to ${baseline} on the machines named above. Other kernels, ` +
          'processors and guests differ.',
        'No stale hit in a run is evidence, not proof: the run shows only the order of events ' +
          'that it took.',
      ],
    },
  ]);
}

function seedRange(summary: RunSummary): string {
  const { first, count } = summary.manifest.seeds;
  return count === 1 ? `${first}` : `${first}–${first + count - 1}`;
}
