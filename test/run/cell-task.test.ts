import { describe, expect, test } from 'vitest';
import { openPool } from '../../src/parallel/pool.ts';
import {
  cellTask,
  type SharedTrace,
  traceTask,
  withSharedTraces,
} from '../../src/run/cell-task.ts';
import { isExecuted } from '../../src/run/executed-cell.ts';
import type { CellResult } from '../../src/run/results.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { loadSuites } from '../../src/suite/load-suite.ts';
import { planCells } from '../../src/suite/plan.ts';
import { shippedTracePath } from '../../src/workloads/captures.ts';

const ids = ['compute-zstd-l2', 'cpuid-npt-npt', 'db-sqlite-l2'];
const suites = ids.flatMap((id) => loadSuites(`suites/headline/${id}.yaml`));
const request = { suites, machines: null, strategies: null, seeds: 2, jobs: 1, command: '' };

const make = async (need: Parameters<typeof traceTask.run>[0]) => traceTask.run(need, null);

describe('cells for threads', async () => {
  const inputs = await Promise.all(withSharedTraces(planCells(request), make));
  const tracesOf = (id: string) =>
    inputs.filter(({ cell }) => cell.suite.id === id).map(({ trace }) => trace?.content);

  test('carry the trace of their suite, decoded once, in memory that threads share', () => {
    for (const id of ['compute-zstd-l2', 'db-sqlite-l2']) {
      const traces = tracesOf(id);
      expect(traces.length).toBeGreaterThan(2);
      expect(new Set(traces).size).toBe(1);
      expect(traces[0]?.touches.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(traces[0]?.instructionGaps.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(traces[0]?.pageNumbers.buffer).toBeInstanceOf(SharedArrayBuffer);
    }
  });

  test('carry its plan, made once for all worlds alike, in the same memory', () => {
    for (const id of ['compute-zstd-l2', 'db-sqlite-l2']) {
      const analyses = inputs
        .filter(({ cell }) => cell.suite.id === id)
        .map(({ trace }) => trace?.analysis);
      expect(new Set(analyses).size).toBe(1);
      expect(analyses[0]?.plans.length).toBe(1);
      const plan = analyses[0]?.plans[0]?.plan;
      for (const array of [plan?.sinceLast, plan?.greatestNext, plan?.forcedAt]) {
        expect(array?.buffer).toBeInstanceOf(SharedArrayBuffer);
      }
    }
  });

  test('give on threads what they give without any of it', async () => {
    const chosen = inputs.filter(({ cell }) => cell.seed === 1 && cell.suite.id !== ids[1]);
    const alone = chosen.flatMap(({ cell }) => (isExecuted(cell) ? [] : runCell(cell)));
    const pool = openPool(cellTask, null, { jobs: 2 });
    const shared: CellResult[] = [];
    await pool.run(chosen, ({ result }) => shared.push(result));
    await pool.close();
    expect(shared.length).toBeGreaterThan(4);
    expect(shared).toEqual(alone);
  });

  test('carry none where the suite runs none', () => {
    expect(new Set(tracesOf('cpuid-npt-npt'))).toEqual(new Set([undefined]));
  });

  test('are made one at a time, so that no trace is decoded before its turn', () => {
    const cells = planCells(request);
    let drawn = 0;
    function* counted() {
      for (const cell of cells) {
        drawn += 1;
        yield cell;
      }
    }
    withSharedTraces(counted(), make).next();
    expect(drawn).toBe(1);
  });

  test('get a plan of their own on another machine, of the same trace', async () => {
    const [zstd] = suites;
    const machines = ['zen3-milan', 'zen4-genoa'];
    const cells = planCells({ ...request, suites: [zstd!], machines, seeds: 1 });
    const traces = new Map(
      (await Promise.all(withSharedTraces(cells, make))).map(({ cell, trace }) => [
        cell.machineId,
        trace!,
      ]),
    );
    const [milan, genoa] = machines.map((id) => traces.get(id)!);
    expect(genoa!.content).toBe(milan!.content);
    expect(genoa!.analysis.plans[0]!.shape).not.toBe(milan!.analysis.plans[0]!.shape);
  });

  test('get the same trace and plan from a thread', async () => {
    const pool = openPool(cellTask, null, { jobs: 2 });
    const [first] = planCells(request);
    const path = shippedTracePath('zstd-10M');
    const made = await pool.prepare(traceTask, { cell: first!, path, content: null }, path);
    await pool.close();
    const here = inputs[0]!.trace!;
    expect(made.content.touches.buffer).toBeInstanceOf(SharedArrayBuffer);
    const bytesOf = ({ content, analysis }: SharedTrace) => {
      const { use, ...plan } = analysis.plans[0]!.plan!;
      const arrays = [content.touches, content.instructionGaps, content.pageNumbers, use.entry];
      // Of megabytes, which toEqual takes half a minute for.
      return [...arrays, ...Object.values(plan)].map((array) => Buffer.from(array.buffer));
    };
    const there = bytesOf(made);
    expect(there.length).toBe(11);
    expect(bytesOf(here).every((bytes, index) => bytes.equals(there[index]!))).toBe(true);
  });
});
