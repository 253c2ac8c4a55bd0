import type { RunSummary } from '../../run/results.ts';
import { wrap } from '../../util/wrap.ts';
import { plainAscii } from '../blocks/escape.ts';
import { ASCII, formatNumber } from '../blocks/numbers.ts';
import { counted, listed } from '../blocks/words.ts';
import { answerSentence } from './answer.ts';
import { expectationFinding } from './findings.ts';
import {
  causeTable,
  comparedStrategy,
  isFitted,
  otherTables,
  savingTables,
} from './mail-tables.ts';
import { staleByStrategy, staleInWords, staleTotal } from './stale.ts';
import { headline, strategyOrder } from './subject.ts';

/** Columns of a mail that can be quoted twice and still fits a terminal. */
export const MAIL_COLUMNS = 72;
const INDENT = '  ';

/**
 * The run as plain text for a cover letter or a reply: the answer, the table, where the time goes,
 * safety, setup, how to reproduce. At most 72 columns; a single word that is longer stays whole.
 * Throws a UserError when nothing was compared.
 */
export function renderMail(summary: RunSummary): string {
  const { comparison } = headline(summary);
  const title = 'Results (modelled, not measured)';
  const blocks = [
    [title, '-'.repeat(title.length)],
    paragraph(answerSentence(summary, ASCII)),
    paragraph(legend(summary)),
    ...savingTables(summary, MAIL_COLUMNS),
    ...others(summary),
    paragraph(causeIntroduction(summary)),
    causeTable(summary, MAIL_COLUMNS),
    safety(summary),
    ...expectations(summary),
    ['Setup', ...setup(summary, comparison.baseline)],
    [...paragraph(reproduction(summary)), `${INDENT}${plainAscii(summary.manifest.command)}`],
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

function legend(summary: RunSummary): string {
  const { baseline, strategy, seeds } = headline(summary).comparison;
  const { calibratedOn } = summary.manifest;
  const hasFitted = summary.scenarios.some((each) => isFitted(summary, each));
  const mark = hasFitted
    ? ` [*] was fitted to a measurement (${calibratedOn.measurement}) and is no prediction.`
    : '';
  return (
    `ns per round trip, from one reflected exit of L2 to the next: before with ${baseline}, after ` +
    `with ${strategy}; in brackets ${intervalWords(summary, seeds)}.${mark}`
  );
}

/** What the intervals of the tables hold; the wider kind where a run has it. */
function intervalWords(summary: RunSummary, seeds: number): string {
  const { uncertainty } = headline(summary).comparison;
  const over = counted(seeds, 'seed');
  if (uncertainty === undefined) return `the 95 % interval of the saving over ${over}`;
  return (
    `95 % of what the saving could be, over ${over} and with the ${uncertainty.varied} of the model ` +
    'anywhere in their ranges (a question mark: the sign is open)'
  );
}

function others(summary: RunSummary): readonly (readonly string[])[] {
  const tables = otherTables(summary, MAIL_COLUMNS);
  if (tables.length === 0) return [];
  const { baseline } = headline(summary).comparison;
  const title = `What the other strategies save against ${baseline}; negative is slower:`;
  return [paragraph(title), ...tables];
}

function causeIntroduction(summary: RunSummary): string {
  const { scenario } = headline(summary);
  const split = isFitted(summary, scenario)
    ? 'The measurement fixes the sum; its parts are the statement of the model:'
    : 'The parts are the statement of the model:';
  return `Where the difference comes from, ns per round trip. ${split}`;
}

function reproduction(summary: RunSummary): string {
  const { version } = summary.manifest;
  return `Reproduce, byte for byte, with asidbench ${version}:`;
}

function safety(summary: RunSummary): readonly string[] {
  const unsafe = staleByStrategy(summary).filter((each) => staleTotal(each.hits) > 0);
  if (unsafe.length === 0) {
    return paragraph(
      'No strategy used a stale translation in these runs. That is evidence, not proof: a run shows ' +
        'only the order of events that it took.',
    );
  }
  const lines = unsafe.map(
    ({ strategy, hits }) =>
      `UNSAFE: ${strategy} used ${staleInWords(hits, ASCII)}; its times count for nothing.`,
  );
  return lines.flatMap(paragraph);
}

function expectations(summary: RunSummary): readonly (readonly string[])[] {
  const outcomes = summary.scenarios.flatMap((scenario) =>
    scenario.expectations.map((each) => ({ scenario: scenario.id, ...each })),
  );
  if (outcomes.length === 0) return [];
  const failed = outcomes.filter((each) => !each.met);
  if (failed.length === 0) return [paragraph(`${expectationFinding(summary)}.`)];
  const lines = failed.flatMap(({ scenario, text, detail }) =>
    wrap(plainAscii(`${scenario}: ${text} (${detail})`), INDENT, MAIL_COLUMNS).split('\n'),
  );
  return [[...paragraph(`${expectationFinding(summary)}:`), ...lines]];
}

function setup(summary: RunSummary, baseline: string): readonly string[] {
  const { manifest } = summary;
  const { calibratedOn, calibration } = manifest;
  const after = comparedStrategy(summary);
  const strategy = (id: string): string => {
    const found = manifest.strategies.find((each) => each.id === id);
    return found === undefined ? id : `${id}: ${withStop(found.summary)} Source: ${found.source}`;
  };
  const fits = calibration.map((each) => `${each.parameter} from ${each.prior} to ${each.fitted}`);
  const bounds = strategyOrder(summary).filter((id) => id !== baseline && id !== after);
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
    ...item('assumed', assumed(summary)),
    ...item('seeds', seeds(summary)),
  ];
}

function assumed(summary: RunSummary): string {
  const { machines, scenarios } = summary.manifest;
  const all = [...machines, ...scenarios].flatMap((each) => each.parameters);
  const unsourced = all.filter((each) => each.confidence === 'assumed').length;
  const are = unsourced === 1 ? 'is' : 'are';
  return (
    `${formatNumber(unsourced, ASCII)} of ${counted(all.length, 'parameter')} ${are} published ` +
    'nowhere; manifest.json has the range and the reason of each'
  );
}

function seeds(summary: RunSummary): string {
  const { method, uncertainty } = headline(summary).comparison;
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
