import type { RunSummary } from '../../run/results.ts';
import { wrap } from '../../util/wrap.ts';
import { plainAscii } from '../blocks/escape.ts';
import { ASCII, formatNumber } from '../blocks/numbers.ts';
import { counted, listed } from '../blocks/words.ts';
import { safetyClause, uncheckedWords } from '../safety.ts';
import { answerSentence } from './answer.ts';
import { expectationFinding } from './findings.ts';
import { couldShow } from './limits.ts';
import { causeTable, comparedStrategy, otherTables, savingTables } from './mail-tables.ts';
import { type Evidence, isFitted, type ReportModel, reportModel, wholeSaving } from './model.ts';
import { staleByStrategy, staleInWords, staleTotal } from './stale.ts';
import { unseenSentence } from './unseen.ts';

/** Columns of a mail that can be quoted twice and still fits a terminal. */
export const MAIL_COLUMNS = 72;
const INDENT = '  ';

/**
 * The run as plain text for a cover letter or a reply: the answer, the table, where the time goes,
 * safety, setup, how to reproduce. At most 72 columns; a single word that is longer stays whole.
 * Throws a UserError when nothing was compared.
 */
export function renderMail(summary: RunSummary, evidence: Evidence = {}): string {
  const model = reportModel(summary, evidence);
  const { comparison } = model.headline;
  const title = 'Results (modelled, not measured)';
  const unseen = unseenSentence(summary, ASCII);
  const blocks = [
    [title, '-'.repeat(title.length)],
    paragraph(answerSentence(model, ASCII)),
    paragraph(legend(model)),
    ...savingTables(model, MAIL_COLUMNS),
    ...(unseen === null ? [] : [paragraph(unseen)]),
    ...others(model),
    paragraph(causeIntroduction(model)),
    causeTable(model, MAIL_COLUMNS),
    safety(model),
    ...expectations(model),
    ['Setup', ...setup(model, comparison.baseline)],
    [...paragraph(reproduction(model)), `${INDENT}${plainAscii(model.manifest.command)}`],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function paragraph(text: string): readonly string[] {
  return wrap(plainAscii(text), '', MAIL_COLUMNS).split('\n');
}

function item(name: string, text: string): readonly string[] {
  const hanging = ' '.repeat(INDENT.length + 9);
  const lines = wrap(plainAscii(text), hanging, MAIL_COLUMNS);
  return `${INDENT}${name.padEnd(8)} ${lines.slice(hanging.length)}`.split('\n');
}

function legend(model: ReportModel): string {
  const { baseline, strategy } = model.headline.comparison;
  const { calibratedOn } = model.manifest;
  const hasFitted = model.scenarios.some((each) => isFitted(model, each));
  const mark = hasFitted
    ? ` [*] was fitted to a measurement (${calibratedOn.measurement}) and is no prediction.`
    : '';
  return (
    `ns per round trip, from one reflected exit of L2 to the next: before with ${baseline}, after ` +
    `with ${strategy}; in brackets ${intervalWords(model)}.${mark}`
  );
}

/** What the intervals of the tables hold; the widest kind that a scenario has. */
function intervalWords(model: ReportModel): string {
  const { scenario, comparison } = model.headline;
  const { over } = wholeSaving(model, scenario, comparison);
  const seeds = counted(comparison.seeds, 'seed');
  if (over === 'seeds') return `the 95 % interval of the saving over ${seeds}`;
  return (
    `95 % of what the saving could be, over ${seeds} and with the ${over.replace('seeds, ', '')} anywhere in ` +
    'their ranges (a question mark: the sign is open)'
  );
}

function others(model: ReportModel): readonly (readonly string[])[] {
  const tables = otherTables(model, MAIL_COLUMNS);
  if (tables.length === 0) return [];
  const { baseline } = model.headline.comparison;
  const title = `What the other strategies save against ${baseline}; negative is slower:`;
  return [paragraph(title), ...tables];
}

function causeIntroduction(model: ReportModel): string {
  const { scenario } = model.headline;
  const split = isFitted(model, scenario)
    ? 'The measurement fixes the sum; its parts are the statement of the model:'
    : 'The parts are the statement of the model:';
  return `Where the difference comes from, ns per round trip. ${split}`;
}

function reproduction(model: ReportModel): string {
  const { version } = model.manifest;
  return `Reproduce, byte for byte, with asidbench ${version}:`;
}

/** The checker's verdict on every strategy; a run that used a stale translation says so first. */
function safety(model: ReportModel): readonly string[] {
  const unsafe = staleByStrategy(model).filter((each) => staleTotal(each.hits) > 0);
  const used = unsafe.map(
    ({ strategy, hits }) =>
      `UNSAFE: ${strategy} used ${staleInWords(hits, ASCII)}; its times count for nothing.`,
  );
  const all = [...model.safety.values()];
  return [
    ...used.flatMap(paragraph),
    ...paragraph('Safety, by the checker, which tries every order of events of small worlds:'),
    ...all.flatMap((each) =>
      wrap(plainAscii(`${each.strategy}: ${safetyClause(each)}`), INDENT, MAIL_COLUMNS).split('\n'),
    ),
    ...paragraph(`${couldShow(model)}${uncheckedWords(all)}`),
  ];
}

function expectations(model: ReportModel): readonly (readonly string[])[] {
  const outcomes = model.scenarios.flatMap((scenario) =>
    scenario.expectations.map((each) => ({ scenario: scenario.id, ...each })),
  );
  if (outcomes.length === 0) return [];
  const failed = outcomes.filter((each) => !each.met);
  if (failed.length === 0) return [paragraph(`${expectationFinding(model)}.`)];
  const lines = failed.flatMap(({ scenario, text, detail }) =>
    wrap(plainAscii(`${scenario}: ${text} (${detail})`), INDENT, MAIL_COLUMNS).split('\n'),
  );
  return [[...paragraph(`${expectationFinding(model)}:`), ...lines]];
}

function setup(model: ReportModel, baseline: string): readonly string[] {
  const { manifest } = model;
  const { calibratedOn, calibration } = manifest;
  const after = comparedStrategy(model);
  const strategy = (id: string): string => {
    const found = manifest.strategies.find((each) => each.id === id);
    return found === undefined ? id : `${id}: ${withStop(found.summary)} Source: ${found.source}`;
  };
  const fits = calibration.map((each) => `${each.parameter} from ${each.prior} to ${each.fitted}`);
  const bounds = model.strategies.filter((id) => id !== baseline && id !== after);
  return [
    ...item(
      'model',
      `asidbench ${manifest.version}: KVM's SVM code for ASIDs and TLB flushes over simulated TLBs ` +
        'and page walks, driven by captured exits. Nothing was measured on hardware.',
    ),
    ...manifest.machines.flatMap((each) => item('machine', `${each.id}: ${each.name}`)),
    ...item('before', strategy(baseline)),
    ...item('after', strategy(after)),
    ...bounds.flatMap((id) => item('other', strategy(id))),
    ...(fits.length === 0
      ? []
      : item(
          'fitted',
          `${listed(fits)}, so that ${calibratedOn.scenario} on ${calibratedOn.machine} gives ` +
            `${calibratedOn.measurement} (${calibratedOn.source})`,
        )),
    ...item('assumed', assumed(model)),
    ...item('seeds', seeds(model)),
  ];
}

function assumed(model: ReportModel): string {
  const { machines, scenarios } = model.manifest;
  const all = [...machines, ...scenarios].flatMap((each) => each.parameters);
  const unsourced = all.filter((each) => each.confidence === 'assumed').length;
  const are = unsourced === 1 ? 'is' : 'are';
  return (
    `${formatNumber(unsourced, ASCII)} of ${counted(all.length, 'parameter')} ${are} published ` +
    'nowhere; manifest.json has the range and the reason of each'
  );
}

function seeds(model: ReportModel): string {
  const { method, uncertainty } = model.headline.comparison;
  const unknown =
    uncertainty === undefined
      ? 'The intervals hold what varies between seeds, not what is unknown about the hardware.'
      : `The ${uncertainty.varied} are drawn ${formatNumber(uncertainty.draws, ASCII)} times and ` +
        'weighted by how well each draw gives the fitted measurement; what else is unknown is in ' +
        'no interval.';
  return `the same guest under every strategy, compared pair by pair (${method}). ${unknown}`;
}

function withStop(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
