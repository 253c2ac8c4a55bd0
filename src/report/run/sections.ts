import {
  type Block,
  cell,
  left,
  paragraph,
  type ReportDocument,
  right,
  type Section,
  type Table,
} from '../blocks/document.ts';
import { capitalised, counted, listed } from '../blocks/words.ts';
import { safetyTone, uncheckedWords } from '../safety.ts';
import { breakEvenSection } from '../sensitivity/break-even.ts';
import { sensitivitySection } from '../sensitivity/section.ts';
import { seriesSection } from '../series/section.ts';
import { validationSection } from '../validation/section.ts';
import { readBackSentences } from '../which-kernel.ts';
import { answerSentence, findingTitle, verdictSentence } from './answer.ts';
import { type FieldCheck, fieldChecks, measuredOnHost } from './field-checks.ts';
import { causesFigure, latencyFigure, savingFigure, waterfallFigure } from './figures.ts';
import {
  causesFinding,
  causesParagraph,
  expectationFinding,
  latencyFinding,
  safetyFinding,
  savingFinding,
} from './findings.ts';
import { facts, leadFigure } from './lead.ts';
import { couldShow, limitsSection, notShown } from './limits.ts';
import { isFitted, type ReportModel, safetyIn } from './model.ts';
import { parameterSection } from './parameters.ts';
import { markedPartial } from './partial.ts';
import { intervalWords } from './ranking.ts';
import { isUnsafe } from './stale.ts';
import {
  behaviourTable,
  calibrationTable,
  expectationTable,
  questionTable,
  safetyTable,
  strategyTable,
} from './tables.ts';
import { tlbContentsSection } from './tlb-contents.ts';
import { unseenSentence } from './unseen.ts';

/** The whole report as data: answer and verdict, evidence, how to reproduce; folded, what few readers need. */
export function reportDocument(model: ReportModel): ReportDocument {
  const { manifest } = model;
  const { strategy } = model.headline.comparison;
  const machines = [...new Set(model.scenarios.map((each) => each.machine))];
  const isStale = isUnsafe(model, strategy);
  return markedPartial(model, {
    title: findingTitle(model),
    context: `asidbench ${manifest.version} · modelled times · ${machines.join(', ')}`,
    question: question(model),
    answer: answerSentence(model),
    verdict: cell(verdictSentence(model), isStale ? 'bad' : safetyTone(safetyIn(model, strategy))),
    facts: facts(model),
    lead: leadFigure(model),
    sections: [...openSections(model), ...foldedSections(model).map(foldedUnlessBad)],
  });
}

/** That of the only scenario; of several, one that they all answer. */
function question(model: ReportModel): string {
  const { scenario, comparison } = model.headline;
  if (model.ranked.length < 2) return scenario.question;
  const { strategy, baseline } = comparison;
  return `What does ${strategy} save against ${baseline}, for which workload, and is it safe?`;
}

/** In reading order: where it pays, where the time goes, safety, the series, whether the model can be believed. */
function openSections(model: ReportModel): readonly Section[] {
  const { evidence, manifest } = model;
  const { breakEven = null } = analysisOfHeadline(model) ?? {};
  return [
    ...(breakEven === null ? [] : [breakEvenSection(breakEven)]),
    section('causes', 'Causes', causesFinding(model), [figure(causesFigure(model))]),
    safetySection(model),
    ...fieldCheckSection(model),
    ...(evidence.series === undefined ? [] : [seriesSection(evidence.series)]),
    ...(evidence.validation === undefined ? [] : [validationSection(evidence.validation)]),
    section('reproduce', 'Reproduce', 'One command reproduces every figure of this page', [
      paragraph(
        `Seeds ${seedRange(model)}; the same command gives the same bytes on every machine.`,
      ),
      { kind: 'command', text: manifest.command },
    ]),
  ];
}

function foldedSections(model: ReportModel): readonly Section[] {
  const { contents } = model.evidence;
  const { strategy } = model.headline.comparison;
  const intervals = intervalWords(model);
  const unseen = unseenSentence(model);
  const analysis = analysisOfHeadline(model);
  return [
    section('saving', 'Strategies compared', savingFinding(model), [
      ...(intervals === null ? [] : [paragraph(intervals)]),
      ...(unseen === null ? [] : [paragraph(unseen)]),
      figure(savingFigure(model)),
    ]),
    section('waterfall', 'Step by step', `Where it comes from in ${model.headline.scenario.id}`, [
      paragraph(causesParagraph(model)),
      figure(waterfallFigure(model)),
    ]),
    ...(contents === undefined ? [] : [tlbContentsSection(contents, strategy)]),
    section('latency', 'Latency', latencyFinding(model), [figure(latencyFigure(model))]),
    ...(analysis === undefined
      ? []
      : [sensitivitySection(analysis, isFitted(model, model.headline.scenario))]),
    expectationSection(model),
    parameterSection(model),
    strategySection(model),
    calibrationSection(model),
    methodSection(model),
    limitsSection(model, intervals !== null),
  ];
}

/** What few readers need is folded; what went wrong is not. */
const foldedUnlessBad = (each: Section): Section =>
  each.tone === 'bad' ? each : { ...each, folded: true };

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

/** What the headline's answer depends on, where that was analysed. */
function analysisOfHeadline({ headline: { scenario }, evidence }: ReportModel) {
  return evidence.sensitivity?.find(
    ({ suite, machine }) => suite === scenario.id && machine === scenario.machine,
  );
}

function safetySection(model: ReportModel): Section {
  const isStale = model.strategies.some((id) => isUnsafe(model, id));
  const blocks = [
    paragraph(
      'The checker lets pCPUs, vCPUs, L1 and the host act in every order that a small world allows, and watches for a ' +
        'use of a translation that had to be gone. The same is counted in this run, whose order of events is one of many. ' +
        couldShow(model) +
        uncheckedWords([...model.safety.values()]),
    ),
    table(safetyTable(model)),
    paragraph(notShown()),
  ];
  return section('safety', 'Safety', safetyFinding(model), blocks, isStale ? 'bad' : 'plain');
}

/** What the user can measure: in a report about a host of the user's alone. */
function fieldCheckSection(model: ReportModel): Section[] {
  const checks = fieldChecks(model);
  if (checks.length === 0) return [];
  const heading = `${capitalised(counted(checks.length, 'measurement'))} on the host can prove this wrong`;
  return [
    section('field-checks', 'Field checks', heading, [
      paragraph(
        'The numbers are predictions for the first imported scenario. Write them down before you ' +
          'measure. A measured value far from them means that the model, or what it had to assume ' +
          'about this host, is wrong.',
      ),
      table(fieldCheckTable(checks, model)),
      { kind: 'list', items: checks.map((each) => `${capitalised(each.what)}: ${each.how}`) },
      ...countedBlocks(model),
    ]),
  ];
}

/** What of it the user's files held already. */
function countedBlocks(model: ReportModel): readonly Block[] {
  const measured = measuredOnHost(model);
  if (measured.length === 0) return [];
  const items = readBackSentences(measured).map(capitalised);
  return [paragraph('The files of the host hold some of it:'), { kind: 'list', items }];
}

function fieldCheckTable(checks: readonly FieldCheck[], model: ReportModel): Table {
  const { baseline, strategy } = model.headline.comparison;
  return {
    caption: 'What to measure, and what is predicted',
    columns: [left('measured'), right(baseline), right(strategy)],
    rows: checks.map((each) => [cell(each.what), cell(each.before), cell(each.after)]),
  };
}

function expectationSection(model: ReportModel): Section {
  const outcomes = model.scenarios.flatMap((scenario) => scenario.expectations);
  const failed = outcomes.some((outcome) => !outcome.met);
  const blocks: readonly Block[] =
    outcomes.length === 0
      ? [paragraph('So nothing was checked beyond the figures themselves.')]
      : [
          paragraph('They were written down with the scenario, before it ran.'),
          table(expectationTable(model), !failed),
        ];
  const heading = expectationFinding(model);
  const all = [...blocks, table(questionTable(model), true)];
  return section('expectations', 'Expectations', heading, all, failed ? 'bad' : 'plain');
}

function strategySection(model: ReportModel): Section {
  const { strategies, baseline } = model.manifest;
  const others = strategies.filter((each) => each.id !== baseline).length;
  const heading = `${counted(others, 'strategy', 'strategies')}, compared with ${baseline}`;
  return section('strategies', 'Strategies', capitalised(heading), [
    table(strategyTable(model)),
    paragraph('A strategy is a set of behaviours. What equals the baseline is printed quietly.'),
    table(behaviourTable(model), true),
  ]);
}

function calibrationSection(model: ReportModel): Section {
  const { calibration, calibratedOn } = model.manifest;
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
    table(calibrationTable(model)),
  ]);
}

function methodSection(model: ReportModel): Section {
  const methods = new Set(
    model.scenarios.flatMap((scenario) => scenario.comparisons.map((each) => each.method)),
  );
  return section('method', 'Method', 'The same guest runs under every strategy', [
    paragraph(
      'Each scenario replays the same guest behaviour under every strategy, through one model of ' +
        'KVM’s SVM code and of the processor’s TLBs, walk caches and nested walks. ' +
        'Every modelled cycle is charged to exactly one cause, and the sum equals the time. ' +
        `Strategies are compared pair by pair over seeds ${seedRange(model)} ` +
        `(${listed([...methods])}).`,
    ),
  ]);
}

/** `1–20`; `1–8 to 1–12, by scenario` where seeds have settled. */
function seedRange(model: ReportModel): string {
  const { first, count } = model.manifest.seeds;
  const taken = model.manifest.scenarios.flatMap(({ settled = [] }) => settled);
  const range = (seeds: number) => (seeds === 1 ? `${first}` : `${first}–${first + seeds - 1}`);
  if (taken.length === 0) return range(count);
  const counts = model.scenarios.flatMap((scenario) =>
    scenario.comparisons.map((each) => each.seeds),
  );
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  return fewest === most ? range(most) : `${range(fewest)} to ${range(most)}, by scenario`;
}
