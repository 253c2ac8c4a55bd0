import { CAUSES } from '../../cost/causes.ts';
import type { ManifestParameter, RunSummary } from '../../run/results.ts';
import { cell, left, right, type Table, type TableCell } from '../blocks/document.ts';
import { formatExact, formatNumber, formatRatio, formatRatioInterval } from '../blocks/numbers.ts';
import { CAUSE_LAYERS } from '../blocks/theme.ts';
import { direction } from './answer.ts';
import { ledgers } from './cycles-by-cause.ts';
import { staleByStrategy, staleTotal } from './stale.ts';
import { headline, scenarioLabel, scenariosBySaving } from './subject.ts';

/** Every comparison with its intervals. */
export function savingTable(summary: RunSummary): Table {
  return {
    caption: 'Modelled time per round trip, and saving with its 95 % interval',
    columns: [
      left('Scenario'),
      left('Strategy'),
      right('Before, ns'),
      right('After, ns'),
      right('Saving, ns'),
      right('Saving'),
      right('95 % interval'),
      right('Stale hits'),
    ],
    rows: scenariosBySaving(summary).flatMap((scenario) =>
      scenario.comparisons.map((each) => {
        const { point, low, high } = each.savingRatio;
        const loses = direction(each.savingRatio) === 'costs';
        const stale = staleTotal(each.staleHits);
        return [
          cell(scenarioLabel(summary, scenario), 'code'),
          cell(each.strategy, 'code'),
          cell(formatNumber(each.before.point)),
          cell(formatNumber(each.after.point)),
          cell(formatNumber(each.savingNs.point)),
          cell(formatRatio(point), loses ? 'bad' : 'plain'),
          cell(formatRatioInterval(low, high), 'quiet'),
          cell(formatNumber(stale), stale > 0 ? 'bad' : 'quiet'),
        ];
      }),
    ),
  };
}

/** Every cause of the headline's scenario, before and after. */
export function headlineCauseTable(summary: RunSummary): Table {
  const { scenario, comparison } = headline(summary);
  const ns = (cycles: number): string => formatNumber(cycles / scenario.frequencyGhz);
  const { ledgerBefore, ledgerAfter } = comparison;
  const rows = CAUSES.filter((cause) => ledgerBefore[cause.id] + ledgerAfter[cause.id] > 0).map(
    (cause) => {
      const before = ledgerBefore[cause.id];
      const after = ledgerAfter[cause.id];
      return [cell(cause.label), cell(ns(before)), cell(ns(after)), cell(ns(before - after))];
    },
  );
  const { before, after, savingNs } = comparison;
  const total = [before.point, after.point, savingNs.point].map((each) => formatNumber(each));
  return {
    caption: `${scenario.id}: modelled ns per round trip by cause`,
    columns: [
      left('Cause'),
      right(comparison.baseline),
      right(comparison.strategy),
      right('Saved'),
    ],
    rows: [...rows, [cell('All', 'strong'), ...total.map((text) => cell(text, 'strong'))]],
  };
}

/** The layers of the stacked bars, in cycles, for every scenario and strategy. */
export function layerTable(summary: RunSummary): Table {
  return {
    caption: 'Modelled cycles per round trip by cause',
    columns: [
      left('Scenario'),
      left('Strategy'),
      ...CAUSE_LAYERS.map((layer) => right(layer.label)),
      right('All'),
    ],
    rows: scenariosBySaving(summary).flatMap((scenario) =>
      ledgers(scenario).map(({ strategy, cycles }) => {
        const parts = CAUSE_LAYERS.map((layer) =>
          layer.causes.reduce((sum, id) => sum + cycles[id], 0),
        );
        const all = parts.reduce((sum, part) => sum + part, 0);
        return [
          cell(scenarioLabel(summary, scenario), 'code'),
          cell(strategy, 'code'),
          ...[...parts, all].map((part) =>
            cell(formatNumber(part), part === 0 ? 'quiet' : 'plain'),
          ),
        ];
      }),
    ),
  };
}

/** Median and 99th percentile of single round trips. */
export function latencyTable(summary: RunSummary): Table {
  const { strategy } = headline(summary).comparison;
  return {
    caption: 'Modelled ns of single round trips',
    columns: [
      left('Scenario'),
      right('p50 before'),
      right('p50 after'),
      right('p99 before'),
      right('p99 after'),
      right('Flushes before'),
      right('Flushes after'),
      right('Walks before'),
      right('Walks after'),
    ],
    rows: scenariosBySaving(summary).flatMap((scenario) =>
      scenario.comparisons
        .filter((each) => each.strategy === strategy)
        .map((each) => [
          cell(scenarioLabel(summary, scenario), 'code'),
          ...[
            each.beforeP50Ns,
            each.afterP50Ns,
            each.beforeP99Ns,
            each.afterP99Ns,
            each.flushesPerTripBefore,
            each.flushesPerTripAfter,
            each.walksPerTripBefore,
            each.walksPerTripAfter,
          ].map((value) => cell(formatNumber(value))),
        ]),
    ),
  };
}

/** Stale hits by class for each strategy. */
export function safetyTable(summary: RunSummary): Table {
  return {
    caption: 'Stale translations used, over all scenarios and seeds',
    columns: [
      left('Strategy'),
      right('Memory the host took back'),
      right('Another VM'),
      right('Inside one L1'),
      left('Verdict'),
    ],
    rows: staleByStrategy(summary).map(({ strategy, hits }) => [
      cell(strategy, 'code'),
      ...[hits.host, hits.crossVm, hits.guest].map((count) =>
        cell(formatNumber(count), count > 0 ? 'bad' : 'plain'),
      ),
      staleTotal(hits) > 0 ? cell('unsafe', 'bad') : cell('none seen', 'good'),
    ]),
  };
}

export function expectationTable(summary: RunSummary): Table {
  return {
    caption: 'What each scenario expects',
    columns: [left('Scenario'), left('Expectation'), left('Outcome'), left('Because')],
    rows: scenariosBySaving(summary).flatMap((scenario) =>
      scenario.expectations.map((each) => [
        cell(scenarioLabel(summary, scenario), 'code'),
        cell(each.text),
        each.met ? cell('met', 'good') : cell('not met', 'bad'),
        cell(each.detail, 'quiet'),
      ]),
    ),
  };
}

/** What each scenario asks, in the words of its suite, and the file that was run. */
export function questionTable(summary: RunSummary): Table {
  return {
    caption: 'What each scenario asks',
    columns: [left('Scenario'), left('Question'), left('Expected'), left('Suite file, SHA-256')],
    rows: summary.manifest.scenarios.map((each) => [
      cell(each.id, 'code'),
      cell(each.question),
      cell(each.expected),
      cell(`${each.suiteFile}, ${each.suiteSha256.slice(0, 12)}`, 'quiet'),
    ]),
  };
}

/** Parameters with range, unit, confidence and source. */
export function parameterTable(caption: string, parameters: readonly ManifestParameter[]): Table {
  return {
    caption,
    columns: [
      left('Parameter'),
      right('Value'),
      right('Range'),
      left('Unit'),
      left('Confidence'),
      left('Source'),
    ],
    rows: parameters.map((each) => [
      cell(each.path, 'code'),
      cell(formatExact(each.value)),
      cell(rangeOf(each), 'quiet'),
      cell(each.unit),
      cell(each.confidence),
      cell(sourceText(each), 'quiet'),
    ]),
  };
}

/** Where a number comes from, with what has to be said about it. */
export function sourceText({ source, note }: ManifestParameter): string {
  return note === undefined ? source : `${source} ${note}`;
}

/** `50–600`, or nothing where the source leaves no doubt. */
export function rangeOf(parameter: ManifestParameter): string {
  const { low, high } = parameter;
  return low === high ? '' : `${formatExact(low)}–${formatExact(high)}`;
}

/** Behaviours in rows, strategies in columns; what differs from the baseline is not quiet. */
export function behaviourTable(summary: RunSummary): Table {
  const { strategies, baseline } = summary.manifest;
  const before = strategies.find((each) => each.id === baseline)?.behaviour ?? {};
  const keys = [...new Set(strategies.flatMap((each) => Object.keys(each.behaviour)))];
  return {
    caption: 'Behaviours of each strategy',
    columns: [left('Behaviour'), ...strategies.map((each) => left(each.id))],
    rows: keys.map((key): readonly TableCell[] => [
      cell(key, 'code'),
      ...strategies.map((each) => {
        // A key of somebody's manifest may be `constructor`, which every object inherits.
        // A stored key `__proto__` passes every check of the behaviours, whatever its value is.
        const stored: unknown = Object.hasOwn(each.behaviour, key) ? each.behaviour[key] : '';
        const value = typeof stored === 'string' ? stored : '';
        return cell(value, each.id !== baseline && value === before[key] ? 'quiet' : 'plain');
      }),
    ]),
  };
}

export function strategyTable(summary: RunSummary): Table {
  return {
    caption: 'Strategies of this run',
    columns: [left('Strategy'), left('What it does'), left('Source')],
    rows: summary.manifest.strategies.map((each) => [
      cell(each.id, 'code'),
      cell(each.summary),
      cell(each.source, 'quiet'),
    ]),
  };
}

export function calibrationTable(summary: RunSummary): Table {
  return {
    caption: 'Parameters that were fitted',
    columns: [left('Parameter'), left('Before the fit'), left('Fitted')],
    rows: summary.manifest.calibration.map((each) => [
      cell(each.parameter, 'code'),
      cell(each.prior),
      cell(each.fitted),
    ]),
  };
}
