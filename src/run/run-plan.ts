import { z } from 'zod';
import { UserError } from '../util/user-error.ts';
import { parseManifest } from './parse-run.ts';
import type { Manifest } from './results.ts';

/** Part `index` of `count` of a plan, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * plan.json: what a run is going to compute, written before its first cell. It is what `--resume`
 * and `--merge` compare with. An unsharded run that is finished has a manifest.json instead.
 */
export interface RunPlan {
  /** Words of the command line: suites, groups, files. */
  readonly words: readonly string[];
  /** Its flags as far as they decide results. */
  readonly flags: ResultFlags;
  readonly shard: Shard | null;
  /** Names the code and the captured files, as the version does for whom it was changed. */
  readonly build: string;
  /** Ids of all cells of the unsharded run, in the order of its results. */
  readonly cellIds: readonly string[];
  /** What the finished run's manifest.json holds. */
  readonly manifest: Manifest;
}

/** Flags of the command line that decide results. */
export interface ResultFlags {
  /** Folder of the capture whose windows are run in place of suites. */
  readonly capture?: string | undefined;
  /** What a capture is run as; absent: its trips under the strategies. */
  readonly as?: 'executed' | undefined;
  readonly machine?: readonly string[] | undefined;
  readonly strategy?: readonly string[] | undefined;
  readonly set?: readonly string[] | undefined;
  /** Patches that are left out of the series. */
  readonly without?: readonly number[] | undefined;
  /** Absent: as many as settle an answer, where that can be known; `suite`: as many as each suite says. */
  readonly seeds?: number | 'suite' | undefined;
}

const PLAN_VERSION = 1;
const MAX_CELLS = 1_000_000;
const MAX_SHARDS = 100_000;

const cellId = z.string().regex(/^[0-9a-f]{16}$/, { error: 'must be 16 hex digits' });
const word = z.string().max(4096);
const flagWords = z.array(word).max(1000).optional();
/** A new flag that decides results does not compile before it is kept here. */
const flagsSchema = z.strictObject({
  capture: word.optional(),
  as: z.literal('executed').optional(),
  machine: flagWords,
  strategy: flagWords,
  set: flagWords,
  without: z.array(z.int()).max(1000).optional(),
  seeds: z.union([z.int().min(2).max(10_000), z.literal('suite')]).optional(),
} satisfies Record<keyof ResultFlags, z.ZodType>);
const planSchema = z.strictObject({
  planVersion: z.literal(PLAN_VERSION),
  words: z.array(word).max(10_000),
  flags: flagsSchema,
  shard: z
    .strictObject({
      index: z.int().min(1).max(MAX_SHARDS),
      count: z.int().min(1).max(MAX_SHARDS),
    })
    .refine(({ index, count }) => index <= count, { error: 'index is above count' })
    .nullable(),
  build: word,
  cellIds: z.array(cellId).max(MAX_CELLS),
  manifest: z.unknown(),
});

/** The text of plan.json. */
export function planText(plan: RunPlan): string {
  return `${JSON.stringify({ planVersion: PLAN_VERSION, ...plan }, null, 1)}\n`;
}

/** The plan in the text of a plan.json. Throws UserError('input') if it is damaged. */
export function parsePlan(text: string, place: string): RunPlan {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw damaged(place, 'this is not JSON');
  }
  const found = planSchema.safeParse(parsed);
  if (!found.success) {
    const issue = found.error.issues[0];
    throw damaged(place, `${issue?.path.join('.') || 'it'} is not as it should be`);
  }
  const { planVersion: _, manifest, ...plan } = found.data;
  return { ...plan, manifest: parseManifest(JSON.stringify(manifest ?? null), place) };
}

function damaged(place: string, cause: string): UserError {
  return new UserError('input', place, cause, 'Start the run again in another folder');
}

/** The positions in the plan that a shard computes: every count-th, so that all take about as long. */
export function positionsOf(plan: { cellIds: readonly string[]; shard: Shard | null }): number[] {
  const { index, count } = plan.shard ?? { index: 1, count: 1 };
  return [...plan.cellIds.keys()].filter((position) => position % count === index - 1);
}

/** `shard 2/3`, or `the run`. */
export function planName({ shard }: RunPlan): string {
  return shard === null ? 'the run' : `shard ${shard.index}/${shard.count}`;
}

/**
 * Why results of `one` don't belong to `other`, as the end of a sentence that starts with "it";
 * null when they are the same plan. Shards are not compared.
 */
export function planDifference(one: RunPlan, other: RunPlan): string | null {
  const [a, b] = [one.manifest, other.manifest];
  if (a.version !== b.version) {
    return `was made by version ${a.version} of the program, and this is version ${b.version}`;
  }
  if (a.schemaVersion !== b.schemaVersion) {
    return `has results of schema version ${a.schemaVersion} instead of ${b.schemaVersion}`;
  }
  if (one.build !== other.build) {
    return `was made by another build of the program (${one.build}, and this is ${other.build})`;
  }
  const ids = (manifest: Manifest) => manifest.scenarios.map((scenario) => scenario.id).join(', ');
  if (ids(a) !== ids(b)) return `is of the scenarios ${ids(a)} instead of ${ids(b)}`;
  const changed = a.scenarios.find(
    (scenario, index) => scenario.suiteSha256 !== b.scenarios[index]?.suiteSha256,
  );
  if (changed !== undefined) {
    return `was made with another text of ${changed.suiteFile} (SHA-256 ${changed.suiteSha256.slice(0, 12)}…)`;
  }
  if (a.command !== b.command) return `is of the command "${a.command}" instead of "${b.command}"`;
  if (
    one.cellIds.join() !== other.cellIds.join() ||
    sorted(asPlanned(a)) !== sorted(asPlanned(b))
  ) {
    return 'was made with other numbers of a machine or other behaviours of a strategy';
  }
  return null;
}

/** Without the numbers of seeds that a finished run has found. */
function asPlanned(manifest: Manifest): Manifest {
  const scenarios = manifest.scenarios.map((scenario) => {
    if (scenario.settled === undefined) return scenario;
    const settled = scenario.settled.map(({ wanted: _, seeds: __, ...planned }) => planned);
    return { ...scenario, settled };
  });
  return { ...manifest, scenarios };
}

/** JSON that does not depend on the order of keys. */
function sorted(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
