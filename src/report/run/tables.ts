import { CAUSES } from '../../cost/causes.ts';
import type { ManifestParameter } from '../../run/results.ts';
import { cell, left, right, type Table, type TableCell } from '../blocks/document.ts';
import { formatExact, formatNumber, formatRatio, formatRatioInterval } from '../blocks/numbers.ts';
import { CAUSE_LAYERS } from '../blocks/theme.ts';
import { safetyClause, safetyTone, safetyWord } from '../safety.ts';
import { ledgers } from './cycles-by-cause.ts';
import { type ReportModel, safetyIn, scenarioLabel, wholeSaving } from './model.ts';
import { staleByStrategy } from './stale.ts';

/** Every comparison with its intervals. */
export function savingTable(model: ReportModel): Table {
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
      right('Over seeds alone'),
      left('By the checker'),
    ],
    rows: model.ranked.flatMap((scenario) =>
      scenario.comparisons.map((each) => {
        const { ratio } = wholeSaving(model, scenario, each);
        const { savingRatio: seeds } = each;
        const safety = safetyIn(model, each.strategy);
        return [
          cell(scenarioLabel(model, scenario), 'code'),
          cell(each.strategy, 'code'),
          cell(formatNumber(each.before.point)),
          cell(formatNumber(each.after.point)),
          cell(formatNumber(each.savingNs.point)),
          cell(formatRatio(ratio.point), ratio.high < 0 ? 'bad' : 'plain'),
          cell(formatRatioInterval(ratio.low, ratio.high), 'strong'),
          cell(formatRatioInterval(seeds.low, seeds.high), 'quiet'),
          cell(safetyWord(safety), safetyTone(safety)),
        ];
      }),
    ),
  };
}

/** Every cause of the headline's scenario, before and after. */
export function headlineCauseTable(model: ReportModel): Table {
  const { scenario, comparison } = model.headline;
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
export function layerTable(model: ReportModel): Table {
  return {
    caption: 'Modelled cycles per round trip by cause',
    columns: [
      left('Scenario'),
      left('Strategy'),
      ...CAUSE_LAYERS.map((layer) => right(layer.label)),
      right('All'),
    ],
    rows: model.ranked.flatMap((scenario) =>
      ledgers(scenario).map(({ strategy, cycles }) => {
        const parts = CAUSE_LAYERS.map((layer) =>
          layer.causes.reduce((sum, id) => sum + cycles[id], 0),
        );
        const all = parts.reduce((sum, part) => sum + part, 0);
        return [
          cell(scenarioLabel(model, scenario), 'code'),
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
export function latencyTable(model: ReportModel): Table {
  const { strategy } = model.headline.comparison;
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
    rows: model.ranked.flatMap((scenario) =>
      scenario.comparisons
        .filter((each) => each.strategy === strategy)
        .map((each) => [
          cell(scenarioLabel(model, scenario), 'code'),
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

/** What the checker found, and beside it what the run itself counted, for each strategy. */
export function safetyTable(model: ReportModel): Table {
  return {
    caption: 'Stale translations: found by the checker, and counted in this run',
    columns: [
      left('Strategy'),
      left('By the checker'),
      right('In this run: of the host'),
      right('Of another VM'),
      right('Inside one L1'),
    ],
    rows: staleByStrategy(model).map(({ strategy, hits }) => {
      const safety = safetyIn(model, strategy);
      return [
        cell(strategy, 'code'),
        cell(safetyClause(safety), safetyTone(safety)),
        ...[hits.host, hits.crossVm, hits.guest].map((count) =>
          cell(formatNumber(count), count > 0 ? 'bad' : 'quiet'),
        ),
      ];
    }),
  };
}

export function expectationTable(model: ReportModel): Table {
  return {
    caption: 'What each scenario expects',
    columns: [left('Scenario'), left('Expectation'), left('Outcome'), left('Because')],
    rows: model.ranked.flatMap((scenario) =>
      scenario.expectations.map((each) => [
        cell(scenarioLabel(model, scenario), 'code'),
        cell(each.text),
        each.met ? cell('met', 'good') : cell('not met', 'bad'),
        cell(each.detail, 'quiet'),
      ]),
    ),
  };
}

/** What each scenario asks, in the words of its suite, and the file that was run. */
export function questionTable(model: ReportModel): Table {
  return {
    caption: 'What each scenario asks',
    columns: [left('Scenario'), left('Question'), left('Expected'), left('Suite file, SHA-256')],
    rows: model.manifest.scenarios.map((each) => [
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
export function behaviourTable(model: ReportModel): Table {
  const { strategies, baseline } = model.manifest;
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

export function strategyTable(model: ReportModel): Table {
  return {
    caption: 'Strategies of this run',
    columns: [left('Strategy'), left('What it does'), left('Source')],
    rows: model.manifest.strategies.map((each) => [
      cell(each.id, 'code'),
      cell(each.summary),
      cell(each.source, 'quiet'),
    ]),
  };
}

export function calibrationTable(model: ReportModel): Table {
  return {
    caption: 'Parameters that were fitted',
    columns: [left('Parameter'), left('Before the fit'), left('Fitted')],
    rows: model.manifest.calibration.map((each) => [
      cell(each.parameter, 'code'),
      cell(each.prior),
      cell(each.fitted),
    ]),
  };
}
