import type { RunSummary } from '../../run/results.ts';
import type { RunContents } from '../../run/run-contents.ts';
import type { SensitivityResult } from '../../sensitivity/sensitivity-result.ts';
import type { SeriesReport } from '../../series/series.ts';
import type { Scoreboard } from '../../validation/rows.ts';
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
} from '../blocks/document.ts';
import { formatNs, formatNumber, formatRatio } from '../blocks/numbers.ts';
import { capitalised, counted, listed } from '../blocks/words.ts';
import { sensitivityOfRun } from '../sensitivity/section.ts';
import { seriesSection } from '../series/section.ts';
import { validationSection } from '../validation/section.ts';
import { answerSentence, direction, findingTitle } from './answer.ts';
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
import { limitsSection, notShown } from './limits.ts';
import { parameterSection } from './parameters.ts';
import { isUnsafe, staleHitsOf, staleTotal } from './stale.ts';
import { headline, strategyOrder } from './subject.ts';
import {
  behaviourTable,
  calibrationTable,
  expectationTable,
  questionTable,
  safetyTable,
  strategyTable,
} from './tables.ts';
import { tlbContentsSection } from './tlb-contents.ts';
import { uncertaintySection } from './uncertainty.ts';

/** What the project found out beside the run. A report without it lacks its section. */
export interface Evidence {
  readonly series?: SeriesReport;
  /** What the model says of every published or captured number. */
  readonly validation?: Scoreboard;
  /** Whose the entries of the TLB are over a round trip of the headline's scenario. */
  readonly contents?: RunContents;
  /** Analyses of scenarios of the run, on its machine and with its numbers. */
  readonly sensitivity?: readonly SensitivityResult[];
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
      ...sensitivityOfSummary(summary, evidence.sensitivity ?? []),
      ...fieldCheckSection(summary),
      expectationSection(summary),
      parameterSection(summary),
      strategySection(summary),
      calibrationSection(summary),
      ...(evidence.validation === undefined ? [] : [validationSection(evidence.validation)]),
      methodSection(summary),
      limitsSection(summary, uncertainty !== null),
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

/**
 * What the headline's answer depends on. Where the model was fitted to that very scenario, another one
 * tells more: the one that is open most.
 */
function sensitivityOfSummary(
  summary: RunSummary,
  results: readonly SensitivityResult[],
): readonly Section[] {
  const { scenario } = headline(summary);
  const first = results.find(
    ({ suite, machine }) => suite === scenario.id && machine === scenario.machine,
  );
  if (first === undefined) return [];
  const { calibratedOn } = summary.manifest;
  const isFitted = first.suite === calibratedOn.scenario && first.machine === calibratedOn.machine;
  const width = ({ uncertainty: { savingRatio } }: SensitivityResult): number =>
    savingRatio.high - savingRatio.low;
  const others = results.filter((result) => result !== first);
  const [widest] = others.sort((a, b) => width(b) - width(a));
  return sensitivityOfRun(first, isFitted ? widest : undefined, isFitted);
}

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
      value: flushes.map((each) => formatNumber(each)).join(' to '),
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
    paragraph(notShown(summary)),
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
          table(expectationTable(summary), !failed),
        ];
  const heading = expectationFinding(summary);
  const all = [...blocks, table(questionTable(summary), true)];
  return section('expectations', 'Expectations', heading, all, failed ? 'bad' : 'plain');
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

function seedRange(summary: RunSummary): string {
  const { first, count } = summary.manifest.seeds;
  return count === 1 ? `${first}` : `${first}–${first + count - 1}`;
}
