import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { machineById } from '../../src/hardware/presets/index.ts';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import type { CellResult, Manifest } from '../../src/run/results.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { summarize } from '../../src/run/summarize.ts';
import { runPrices } from '../../src/sensitivity/analyse.ts';
import { suiteAt } from '../../src/sensitivity/break-even.ts';
import {
  analysedCells,
  parseSensitivity,
  type StoredSensitivity,
  sensitivityText,
} from '../../src/sensitivity/stored.ts';
import { shippedSuites } from '../../src/suite/load-suite.ts';
import { cellOf } from '../../src/suite/plan.ts';
import { eventsByKind, timeOf } from '../../src/uncertainty/events.ts';
import { unknownsOfMachine } from '../../src/uncertainty/unknowns.ts';
import { UserError } from '../../src/util/user-error.ts';

const FOLDER = 'data/sensitivity';
const SUITES = shippedSuites();
const FILES = readdirSync(FOLDER).map((name) => {
  const text = readFileSync(`${FOLDER}/${name}`, 'utf8');
  return { name, text, stored: parseSensitivity(text, name) };
});

function sidesOf({ result }: StoredSensitivity) {
  return { before: strategyById(result.baseline)!, after: strategyById(result.strategy)! };
}

const suiteOf = (id: string) => SUITES.find((suite) => suite.id === id)!;

describe('data/sensitivity', () => {
  test('has an analysis of each headline suite', () => {
    const headline = SUITES.filter(({ group }) => group === 'headline').map(({ id }) => id);
    expect(FILES.map(({ name }) => name)).toEqual(headline.sort().map((id) => `${id}.json`));
  });

  test.each(FILES)(
    '$name is of the suite, the machine and the strategies as they are now',
    ({ stored }) => {
      const suite = suiteOf(stored.result.suite);
      const ids = analysedCells(suite, stored.result.machine, sidesOf(stored));
      expect({ suiteSha256: stored.suiteSha256, cellIds: stored.cellIds }).toEqual({
        suiteSha256: suite.sha256,
        cellIds: ids,
      });
    },
  );

  test.each(FILES)('$name is of all unknowns of the machine and of their ranges', ({ stored }) => {
    const { result } = stored;
    const machine = unknownsOfMachine(machineById(result.machine)!);
    const known = new Set([...result.unknowns.map(({ path }) => path), ...result.withoutEffect]);
    expect(machine.map(({ path }) => path).filter((path) => !known.has(path))).toEqual([]);
    for (const { path, low, value, high } of machine) {
      const found = result.unknowns.find((each) => each.path === path);
      if (found === undefined) continue;
      const { nominal } = found;
      expect({ path, low: found.low, nominal, high: found.high }).toEqual({
        path,
        low: Number(low.toPrecision(6)),
        nominal: Number(value.toPrecision(6)),
        high: Number(high.toPrecision(6)),
      });
    }
  });

  test('saves over seeds what the committed run saves', () => {
    const read = (name: string) => readFileSync(`reports/example/${name}`, 'utf8');
    const manifest: Manifest = JSON.parse(read('manifest.json'));
    const cells = read('results.jsonl').trim().split('\n');
    const { scenarios } = summarize(
      manifest,
      cells.map((line): CellResult => JSON.parse(line)),
    );
    for (const { stored } of FILES) {
      const { suite, strategy, overSeeds } = stored.result;
      const scenario = scenarios.find(({ id }) => id === suite)!;
      const comparison = scenario.comparisons.find((each) => each.strategy === strategy)!;
      // A cell's file rounds to 0.001 ns; the analysis prices its events in full.
      expect(overSeeds.savingRatio.point, suite).toBeCloseTo(comparison.savingRatio.point, 5);
      expect(overSeeds.savingNs.point, suite).toBeCloseTo(comparison.savingNs.point, 0);
    }
  });

  test('has the map that the code computes, at a point', () => {
    const { stored } = FILES.find(({ name }) => name === 'cpuid-npt-npt.json')!;
    const map = stored.result.breakEven!;
    const machine = machineById(stored.result.machine)!;
    const setup = { suite: suiteOf(stored.result.suite), machine };
    const row = map.rows.findIndex(({ workingSetPages }) => workingSetPages === 128);
    const column = map.exitsPerSecond.indexOf(100_000);
    const suite = suiteAt(setup, 128, 100_000);
    const prices = runPrices({ machine, measured: machine, isProgram: false });
    const sides = sidesOf(stored);
    const ns = (['before', 'after'] as const).map((side) => {
      const { events, roundTrips } = runCell(cellOf(suite, machine, sides[side], 1));
      return timeOf(eventsByKind(events!, roundTrips), prices);
    });
    expect(map.rows[row]!.savingRatios[column]).toBeCloseTo(1 - ns[1]! / ns[0]!, 5);
  });
});

describe('a stored analysis', () => {
  test('is read as it was written', () => {
    for (const { text, name } of FILES) {
      expect(sensitivityText(parseSensitivity(text, name))).toBe(text);
    }
  });

  test.each([
    ['is cut off', (text: string) => text.slice(0, 400)],
    ['lacks a number', (text: string) => text.replace('"seedShare"', '"seedShares"')],
    ['has a word for a number', (text: string) => text.replace(/"cells":\d+/, '"cells":"all"')],
    [
      'lacks a rate of its map',
      (text: string) => text.replace(/"exitsPerSecond":\[\d+,/, '"exitsPerSecond":['),
    ],
    [
      'lacks a point of a row',
      (text: string) => text.replace(/"points":\[\{[^}]*\},/, '"points":['),
    ],
  ])('that %s is refused with its place and a cure', (_, damage) => {
    const { text } = FILES.find(({ stored }) => stored.result.breakEven !== null)!;
    const damaged = damage(text);
    expect(damaged).not.toBe(text);
    expect(() => parseSensitivity(damaged, 'a.json')).toThrow(UserError);
    expect(() => parseSensitivity(damaged, 'a.json')).toThrow(
      /a\.json.*npm run make -- sensitivity/s,
    );
  });
});
