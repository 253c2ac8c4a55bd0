import { createHash } from 'node:crypto';
import { z } from 'zod';
import { machineById } from '../hardware/presets/index.ts';
import { BEHAVIOUR_KEYS, behaviourValues, type KvmBehaviour } from '../hypervisor/behaviour.ts';
import { cellName } from '../run/cell-task.ts';
import { expectedOfCell } from '../run/check-cell.ts';
import { isExecuted, type PlannedCell } from '../run/executed-cell.ts';
import { checkCell } from '../run/parse-run.ts';
import type { CellResult } from '../run/results.ts';
import type { Cell } from '../suite/cell.ts';
import { suitesOfText } from '../suite/load-suite.ts';
import { cellOf } from '../suite/plan.ts';
import { runMachine } from '../suite/run-machine.ts';
import type { Suite } from '../suite/suite.ts';
import { VERSION } from '../suite/version.ts';
import { UserError } from '../util/user-error.ts';

/** A cell as a job of the queue: text and names only. Whoever takes it makes the cell anew. */
export interface Payload {
  readonly payloadVersion: 1;
  /** Of the program that will also have to compute it. */
  readonly version: string;
  readonly cellId: string;
  /** `id` says which point, where the text is of a sweep. */
  readonly suite: { readonly file: string; readonly text: string; readonly id: string };
  readonly machine: string;
  readonly strategy: { readonly id: string; readonly behaviour: Readonly<Record<string, string>> };
  readonly seed: number;
}

const MAX_SUITE_CHARACTERS = 1_048_576;

const name = z.string().min(1).max(1000);
const payloadSchema = z.strictObject({
  payloadVersion: z.literal(1),
  version: name,
  cellId: z.string().regex(/^[0-9a-f]{16}$/),
  suite: z.strictObject({
    file: name,
    text: z.string().max(MAX_SUITE_CHARACTERS),
    id: name,
  }),
  machine: name,
  strategy: z.strictObject({ id: name, behaviour: z.record(z.string().max(100), name) }),
  seed: z.int().min(0),
} satisfies Record<keyof Payload, z.ZodType>);

/** Throws UserError('usage') for a cell that a worker elsewhere could not compute. */
export function payloadOf(cell: PlannedCell): Payload {
  const { suite } = cell;
  if (isExecuted(cell) || suite.window !== undefined) {
    throw new UserError(
      'usage',
      suite.file,
      'it is of a capture in a folder here, where workers on other machines do not find it',
      'Run it without --engine bullmq; --shard works',
    );
  }
  const { strategy } = cell;
  if (suite.traceFile !== undefined) {
    throw new UserError(
      'usage',
      suite.file,
      'its page trace lies beside it, where workers on other machines do not find it',
      'Run it without --engine bullmq; --shard works',
    );
  }
  if (suite.text === undefined) {
    const cause = 'it was not read from a file, so that its text can not be sent';
    throw new UserError('usage', suite.id, cause, 'Write it to a YAML file and run that');
  }
  if (machineById(cell.machineId) === undefined) {
    throw new UserError(
      'usage',
      `machine ${cell.machineId}`,
      'it is of a file of your own, which workers on other machines do not have',
      'Run it without --engine bullmq; --shard works',
    );
  }
  return {
    payloadVersion: 1,
    version: VERSION,
    cellId: cell.cellId,
    suite: { file: suite.file, text: suite.text, id: suite.id },
    machine: cell.machineId,
    strategy: { id: strategy.id, behaviour: strategy.behaviour },
    seed: cell.seed,
  };
}

/**
 * The name of a cell's job. Two strategies with the same behaviours share a cell id and not the name
 * in their results, so that the names are hashed, too. The letters in front are for BullMQ, which
 * refuses a plain number.
 */
export function jobIdOf(cell: PlannedCell): string {
  const parts = [cell.cellId, cell.suite.id, cell.machineId, cell.strategy.id];
  return `cell-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20)}`;
}

/**
 * The cell of a job, checked as if an enemy had written it: no path in it is opened, and its hash
 * is computed again from the text of the suite, this program's machines and the behaviours. Throws
 * UserError('input').
 */
export function cellOfPayload(data: unknown, jobId: string): Cell {
  const found = payloadSchema.safeParse(data);
  if (!found.success) {
    const issue = found.error.issues[0];
    const key = issue === undefined || issue.path.length === 0 ? 'it' : issue.path.join('.');
    throw refused(jobId, `${key} is not as it should be: ${issue?.message ?? 'wrong'}`);
  }
  const { version, suite: sent, machine, strategy, seed, cellId } = found.data;
  if (version !== VERSION) {
    throw refused(jobId, `it is for version ${version} of the program, and this is ${VERSION}`);
  }
  const suite = suitesOfSent(sent.text, sent.file).get(sent.id);
  if (suite === undefined) throw refused(jobId, `its text has no suite "${sent.id}"`);
  if (namesFile(suite)) throw refused(jobId, 'its suite names a file');
  const behaviour = behaviourOf(strategy.behaviour, jobId);
  const cell = cellOf(
    suite,
    runMachine(machine),
    { id: strategy.id, summary: '', source: '', behaviour },
    seed,
  );
  if (cell.cellId !== cellId) {
    throw refused(
      jobId,
      'its hash does not fit its content: it was made with other numbers of the machine, or changed',
    );
  }
  if (jobIdOf(cell) !== jobId) throw refused(jobId, 'its name does not fit its content');
  return cell;
}

/** So many texts of suites stay parsed: jobs of a sweep all send the same one. */
const MOST_TEXTS = 8;
const parsedTexts = new Map<string, ReadonlyMap<string, Suite>>();

/** The suites of a text by id, parsed once for all jobs that send it. Throws as `suitesOfText` does. */
function suitesOfSent(text: string, file: string): ReadonlyMap<string, Suite> {
  const key = JSON.stringify([file, text]);
  const known = parsedTexts.get(key);
  if (known !== undefined) return known;
  const made = new Map(suitesOfText(text, file).map((suite) => [suite.id, suite]));
  const [oldest] = parsedTexts.keys();
  if (oldest !== undefined && parsedTexts.size >= MOST_TEXTS) parsedTexts.delete(oldest);
  parsedTexts.set(key, made);
  return made;
}

function namesFile({ workload }: Suite): boolean {
  if (workload.kind !== 'program' || typeof workload.trace === 'string') return false;
  return 'file' in workload.trace;
}

function behaviourOf(words: Readonly<Record<string, string>>, jobId: string): KvmBehaviour {
  const unknown = Object.keys(words).find((key) => !BEHAVIOUR_KEYS.some((known) => known === key));
  if (unknown !== undefined) throw refused(jobId, `there is no behaviour "${unknown}"`);
  // In the order of this program: the hash of the cell depends on it.
  const entries = BEHAVIOUR_KEYS.map((key) => {
    const value = words[key];
    if (value === undefined || !behaviourValues(key).includes(value)) {
      throw refused(jobId, `"${value ?? ''}" is no value of the behaviour ${key}`);
    }
    return [key, value] as const;
  });
  return Object.fromEntries(entries) as KvmBehaviour;
}

/** A worker's answer, checked to be one to this cell. Throws UserError('input'). */
export function resultOfJob(answer: unknown, cell: PlannedCell): CellResult {
  const place = `the result of ${cellName(cell)} in the queue`;
  const cure = 'Run again';
  const result = checkCell(answer, place, { expected: expectedOfCell(cell), cure });
  const isOfCell =
    result.cellId === cell.cellId &&
    result.scenario === cell.suite.id &&
    result.machine === cell.machineId &&
    result.strategy === cell.strategy.id &&
    result.seed === cell.seed &&
    result.roundTrips === cell.suite.trips.measured;
  if (isOfCell) return result;
  throw new UserError('input', place, 'it is the result of another cell', 'Run again');
}

function refused(jobId: string, cause: string): UserError {
  return new UserError('input', `job ${jobId}`, cause, 'It is not computed');
}
