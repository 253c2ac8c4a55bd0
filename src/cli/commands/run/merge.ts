import { join } from 'node:path';
import { orderCheck } from '../../../run/check-cell.ts';
import { fixedCourse } from '../../../run/course.ts';
import { planDifference, planName, positionsOf, type RunPlan } from '../../../run/run-plan.ts';
import { startSummary } from '../../../run/summarize.ts';
import { UserError } from '../../../util/user-error.ts';
import { refuseFlags } from '../../flags/refuse.ts';
import { INVOCATION } from '../../output/invocation.ts';
import { FILES, isFinished, openRunFolder, readPlan } from '../../run-folder/run-folder.ts';
import { readStoredCells, type StoredPlan, storedCells } from '../../run-folder/stored-cells.ts';
import { printSummary, writeReport } from '../../running/finished-run.ts';
import { RESULT_FLAGS, type RunFlags } from './flags.ts';

/** A shard with its folder. */
interface Part {
  readonly folder: string;
  readonly results: string;
  readonly plan: RunPlan;
  readonly index: number;
  readonly count: number;
}

/**
 * Joins all shards of a run, with memory for one line of each. Everything is checked before the
 * first byte is written. Throws UserError('input') for shards that are not of one run, are missing,
 * unfinished, given twice, or contradict each other. Returns the exit code.
 */
export async function mergeShards(folders: readonly string[], flags: RunFlags): Promise<number> {
  refuseFlags(RESULT_FLAGS, flags, 'the shards say what their run is', 'Leave it away');
  const { out: folder } = flags;
  if (folder === undefined) {
    throw new UserError('usage', '--merge', 'it needs a folder to write to', 'Add --out DIR');
  }
  const parts = folders.map(partOf);
  const [first] = parts;
  if (first === undefined) {
    throw new UserError('usage', '--merge', 'no folder of a shard is named', 'Name all of them');
  }
  for (const part of parts) checkSameRun(part, first);
  const shards = inOrder(parts, first.count);
  for (const part of shards) checkComplete(part);

  const plan: RunPlan = { ...first.plan, shard: null };
  const summary = startSummary(plan.manifest);
  const out = openRunFolder('', '', folder, plan);
  const sources = shards.map((part) => storedCells(part.results, knownOf(part)));
  const order = orderCheck(plan.manifest);
  for (const position of plan.cellIds.keys()) {
    const next = sources[position % first.count]?.next();
    if (next === undefined || next.done === true || next.value.cell === null) {
      throw new UserError('input', folder, 'a shard changed while it was read', 'Merge again');
    }
    const { cell, line } = next.value;
    const trouble = order.next(cell);
    if (trouble !== null) throw outOfOrder(shards[position % first.count]!, line.number, trouble);
    out.appendLine(line.bytes);
    summary.add(cell);
  }
  const finished = summary.finish();
  await writeReport(out, { summary: finished, cellIds: plan.cellIds });
  return printSummary(finished, plan.cellIds, out.path, flags.json);
}

/** Suites are not read: names and seeds are checked by the order of the whole run. */
function knownOf({ plan }: Part): StoredPlan {
  return { plan, cells: null, course: fixedCourse(plan) };
}

function partOf(folder: string): Part {
  if (isFinished(folder)) {
    const cure = 'Leave it away: it needs no merging';
    throw new UserError('input', folder, 'it holds a finished run and no shard of one', cure);
  }
  const plan = readPlan(folder);
  if (plan.shard === null) {
    const cure = `Go on with "${INVOCATION} run --resume ${folder}"`;
    throw new UserError('input', folder, 'it holds a run that was stopped and no shard', cure);
  }
  return { folder, results: join(folder, FILES.results), plan, ...plan.shard };
}

function checkSameRun(part: Part, first: Part): void {
  const cure = `Merge shards of the run in ${first.folder} only`;
  if (part.count !== first.count) {
    const cause = `it is ${planName(part.plan)}, and ${first.folder} is ${planName(first.plan)}`;
    throw new UserError('input', part.folder, cause, cure);
  }
  const difference = planDifference(part.plan, first.plan);
  if (difference !== null) {
    throw new UserError('input', part.folder, `the run in it ${difference}`, cure);
  }
}

/** The shards from first to last, each once. */
function inOrder(parts: readonly Part[], count: number): readonly Part[] {
  const byIndex = new Map<number, Part>();
  for (const part of parts) {
    const twin = byIndex.get(part.index);
    if (twin !== undefined) throw givenTwice(twin, part);
    byIndex.set(part.index, part);
  }
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter((at) => !byIndex.has(at));
  if (missing.length > 0) {
    const names = missing.slice(0, 10).map((index) => `${index}/${count}`);
    const more = missing.length > names.length ? ` and ${missing.length - names.length} more` : '';
    const cause = `of ${count} shards these are missing: ${names.join(', ')}${more}`;
    throw new UserError('input', '--merge', cause, 'Name the folders of all shards');
  }
  return [...byIndex.values()].sort((a, b) => a.index - b.index);
}

function givenTwice(one: Part, other: Part): UserError {
  const place = `${one.folder} and ${other.folder}`;
  const cells = storedCells(one.results, knownOf(one));
  for (const { cell, line } of storedCells(other.results, knownOf(other))) {
    const twin = cells.next();
    if (twin.done === true || twin.value.cell === null || cell === null) break;
    if (line.bytes.equals(twin.value.line.bytes)) continue;
    return new UserError(
      'input',
      place,
      `they contradict each other: cell ${cell.cellId} (${cell.scenario}, ${cell.strategy}, seed ${cell.seed}) differs`,
      'One of them was made by changed code or was damaged: run the shard again',
    );
  }
  const cause = `both hold ${planName(one.plan)}`;
  return new UserError('input', place, cause, 'Leave one of them away');
}

function outOfOrder({ results, folder }: Part, line: number, trouble: string): UserError {
  const cure = `Cut the file before this line, and go on with "${INVOCATION} run --resume ${folder}"`;
  return new UserError('input', `${results}:${line}`, trouble, cure);
}

function checkComplete(part: Part): void {
  const due = positionsOf(part.plan).length;
  const { count } = readStoredCells(part.results, knownOf(part), () => undefined);
  if (count === due) return;
  throw new UserError(
    'input',
    part.folder,
    `${planName(part.plan)} is not finished: ${count} of ${due} cells are there`,
    `Go on with "${INVOCATION} run --resume ${part.folder}"`,
  );
}
