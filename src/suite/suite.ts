import { z } from 'zod';
import { UNITS } from '../units/parameter.ts';
import { EVENT_KINDS, EVENTS, type EventKind } from '../workloads/events.ts';
import { KERNEL_IDS } from '../workloads/kernel-exits.ts';
import { fleetTroubles } from './fleet-rules.ts';
import type { CapturedWindow } from './window-content.ts';

/** Lower-case identifiers such as `cpuid-npt-npt`, `kvm-6.14` or `redis60k-10M`. */
const identifier = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/, {
  error: 'must be a name of letters, digits, ".", "_" and "-" (at most 64 characters)',
});
/** A strategy, also a prefix of a series (`rfc-2025-03@17`) or one with changes (`x+key=value`). */
const strategyName = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._@+=-]{0,255}$/, {
  error: 'must be a strategy such as kvm-6.14, rfc-2025-03@17 or rfc-2025-03+invlpga=as-invlpg',
});
const sentence = z.string().trim().min(1, { error: 'must not be empty' }).max(2000);

/** What to say when a value has none of the forms of a union; other troubles speak for themselves. */
function formsError(code: string | undefined, message: string): string | undefined {
  return code === 'invalid_union' ? message : undefined;
}

/** A number that the model could be wrong about: what it could be, and who says so. */
const parameter = z
  .strictObject({
    nominal: z.number(),
    low: z.number(),
    high: z.number(),
    unit: z.enum(UNITS),
    source: sentence.describe('Who published it; for an assumed number, the reasoning.'),
    assumed: z.literal(true).optional().describe('Nobody has published this number.'),
  })
  .refine((p) => p.low <= p.nominal && p.nominal <= p.high, {
    error: 'nominal must lie between low and high',
    path: ['nominal'],
  });

const positiveParameter = parameter.refine((p) => p.low > 0, {
  error: 'must be above 0',
  path: ['low'],
});

const reflectedExit = z
  .string()
  .regex(/^#?[A-Z][A-Z0-9_]{0,31}$/, { error: 'must be an exit name in capitals such as CPUID' })
  .describe('Exit from L2 that L0 reflects to L1, for example CPUID, IOIO, NPF or #PF.');

/** A window of nested-kvm, or `stock/npt-npt.cpuid`: one of a folder of data/captures. */
const captureName = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}(?:\/[a-zA-Z0-9][a-zA-Z0-9._-]{0,63})?$/, {
    error:
      'must be a name such as plug-c.cpuid, or a folder and a window such as stock/npt-npt.cpuid',
  })
  .describe(
    'data/nested-kvm/seq/<capture>.seq.br; with a slash, data/captures/<folder>, <window>.',
  );

const handler = z.strictObject({
  capture: captureName,
  reflectedExit,
  weight: z.number().positive().max(1e6).describe('Relative frequency of this handler.'),
});

const exitHandledByL0 = z.strictObject({
  from: z.enum(['L1', 'L2']),
  exit: z
    .string()
    .regex(/^#?[A-Z][A-Z0-9_]{0,31}$/, { error: 'must be an exit name in capitals such as MSR' }),
  capture: captureName,
  perRoundTrip: positiveParameter.describe('How many of them there are in a round trip.'),
});

const capturedTrips = z.strictObject({
  kind: z.literal('captured-trips'),
  capture: captureName,
  reflectedExit,
});

/** Relative, with forward slashes and without `.` and `..`: what lies below the suite's folder. */
const fileBelow = z
  .string()
  .max(512)
  .regex(/^(?!\.{1,2}(?:\/|$))[^/\\:*?"<>|]+(?:\/(?!\.{1,2}(?:\/|$))[^/\\:*?"<>|]+)*$/, {
    error:
      'must name a file in the folder of this suite or below it, without ".." and not absolute',
  });

const pageCount = z.int().min(0).max(1_000_000);

/** See src/workloads/generated-trace.ts. */
const generated = z.strictObject({
  hotPages: positiveParameter.describe('4 KiB pages of data that it comes back to.'),
  codePages: pageCount.min(1),
  zipfExponent: z.number().min(0).max(4).describe('Popularity of its pages; 0: all alike.'),
  streamedPages: pageCount.describe('Pages that it goes through one after another.'),
  streamedShare: z.number().min(0).max(1).describe('Share of its moves that go to the next one.'),
  instructionsPerMove: z.int().min(1).max(1_000_000).describe('Between two moves to a page.'),
});

const trace = z.union(
  [identifier, z.strictObject({ file: fileBelow }), z.strictObject({ generated })],
  {
    error: (issue) =>
      formsError(
        issue.code,
        'must be a trace of data/page-traces, {file: x.ptr.br} or {generated: …}',
      ),
  },
);

const program = z.strictObject({
  kind: z.literal('program'),
  trace: trace.describe(
    'Run as L2: data/page-traces/<trace>.ptr.br, or a file of the same format beside this suite.',
  ),
  handlers: z.array(handler).min(1).max(32).describe('What L0 and L1 do at a reflected exit.'),
  exitsPerSecond: positiveParameter.describe('Reflected exits per second of modelled time.'),
  handledByL0: z
    .array(exitHandledByL0)
    .max(32)
    .optional()
    .describe('Exits that L0 handles alone, in place of those of L1 inside the captured handlers.'),
  l1Asks: identifier
    .optional()
    .describe('data/nested-vmcb12/vmcb12/<run>: how often L1 asks for a flush; absent is never.'),
});

const l1Exits = z.strictObject({
  kind: z.literal('l1-exits'),
  capture: captureName,
  reflectedExit: reflectedExit.describe(
    'Trips of this exit are where the exits of L1 are cut from.',
  ),
});

const workload = z.discriminatedUnion('kind', [capturedTrips, program, l1Exits], {
  error: (issue) => formsError(issue.code, 'must be captured-trips, program or l1-exits'),
});

const few = (most: number) => z.int().min(1).max(most);
const fleet = z.strictObject({
  l1s: few(64).describe('VMs, each an L1.'),
  vcpusPerL1: few(64),
  l2sPerVcpu: few(64).describe('L2s that each vCPU of L1 runs in turn.'),
  l2sShareMemory: z.boolean().describe('They are vCPUs of one L2, under one nested CR3.'),
  pcpus: few(128),
  sev: z.literal(true).optional().describe('The L1s are SEV guests, which run no L2s.'),
  placement: z
    .enum(['spread', 'half-pinned'])
    .describe(
      'half-pinned: the first half of the vCPUs have a pCPU each, the others share the rest.',
    ),
});

/** Per second of modelled time ("count") or per round trip ("ratio"). */
const rate = parameter.refine((p) => p.low >= 0 && (p.unit === 'count' || p.unit === 'ratio'), {
  error: 'must be at least 0, with unit count (per second) or ratio (per round trip)',
});
const events = z.strictObject(
  Object.fromEntries(
    EVENT_KINDS.map((kind) => [kind, rate.optional().describe(EVENTS[kind])]),
  ) as Record<EventKind, z.ZodOptional<typeof rate>>,
);

/** L1 can use nested paging only where L0 does: three pairs exist. */
const paging = z.discriminatedUnion(
  'l0',
  [
    z.strictObject({ l0: z.literal('npt'), l1: z.enum(['npt', 'shadow']) }),
    z.strictObject({
      l0: z.literal('shadow'),
      l1: z.literal('shadow', { error: 'must be shadow: L1 has nested paging only if L0 has it' }),
    }),
  ],
  { error: (issue) => formsError(issue.code, 'must be npt or shadow') },
);

const backing = z.enum(['kernel-2m', '4k', '2m']);
const tablePageSize = z.enum(['4k', '2m']);
const pageSizes = z.strictObject({
  l0: backing.describe("L0's own mappings; kernel-2m: kernel text and direct map in 2M pages."),
  l1: backing.describe("L1's own page tables."),
  l2: backing.describe("L2's own page tables."),
  nptForL1: tablePageSize.describe('Pages in which L0 maps the memory of L1.'),
  nptForL2: tablePageSize.describe('Pages in which L1 maps the memory of L2.'),
  captured: z
    .literal(true)
    .optional()
    .describe('Pages of which the capture has the sizes have those instead.'),
});

const saves = z.strictObject({
  strategy: strategyName,
  saves: z.literal(true).describe('The whole 95 % interval of the saving is above 0.'),
});
const costs = z.strictObject({
  strategy: strategyName,
  costs: z.literal(true).describe('The whole 95 % interval of the saving is below 0.'),
});
const savesMoreThan = z.strictObject({
  strategy: strategyName,
  savesMoreThan: strategyName.describe(
    'The interval of the saving lies above that of this strategy.',
  ),
});
const savesAtMost = z.strictObject({
  strategy: strategyName,
  savesAtMostRatio: z
    .number()
    .min(0)
    .max(1)
    .describe('The saving, and equally a loss, is at most this share: 0.005 is 0.5 %.'),
});
const staleHits = z.strictObject({
  staleHits: z.literal('none'),
  strategies: z.array(strategyName).min(1).max(32),
});
export const expectationSchema = z.union([saves, costs, savesMoreThan, savesAtMost, staleHits]);

const identifiers = z.array(identifier).min(1).max(64);

const sweepAxis = z.strictObject({
  key: z
    .string()
    .regex(/^[a-zA-Z0-9]+(\.[a-zA-Z0-9]+){0,7}$/, { error: 'must be a dotted key of this suite' })
    .describe('For example workload.exitsPerSecond; of a parameter, its nominal value is set.'),
  values: z
    .array(z.union([z.number(), z.string().max(64), z.boolean()]))
    .min(1)
    .max(64),
});

/** `one <trip> <setup>`, for sentences: a nested page fault of L2 with NPT in L0 and L1. */
const words = z.strictObject({
  trip: sentence.max(40).describe('What one round trip is, for example CPUID exit.'),
  setup: sentence.max(80).describe('What follows it in a sentence: from L2 with NPT in L0 and L1.'),
  label: sentence.max(32).optional().describe('A row of a table: CPUID exit, L1 shadow paging.'),
});

const suiteObject = z.strictObject({
  id: identifier,
  group: identifier,
  question: sentence.describe('What the suite answers, as a question of an engineer.'),
  words: words
    .optional()
    .describe('On one line; the only one that does not belong to the name of a result.'),
  expected: sentence.describe('What we expect before the run, and why.'),
  workload,
  kernel: z
    .enum(KERNEL_IDS)
    .optional()
    .describe('Whose exits the captured handlers have; absent: those of the captured kernel.'),
  paging,
  pageSizes,
  l2Cr4Pge: z
    .enum(['same', 'differs'])
    .describe("L2's CR4.PGE against L1's; where they differ, svm_set_cr4 flushes on transitions."),
  fleet: fleet.optional().describe('Who runs where; absent: one of everything.'),
  events: events.optional().describe('What happens beside the round trips; absent: nothing.'),
  sweep: z
    .array(sweepAxis)
    .min(1)
    .max(3)
    .optional()
    .describe('One scenario for each combination of these values, named after them.'),
  hyperV: z.literal(true).optional().describe('L1 is a Hyper-V guest with enlightenments.'),
  trips: z.strictObject({
    warmUp: z.int().min(0).max(1_000_000),
    measured: z.int().min(1).max(1_000_000),
  }),
  machines: identifiers,
  strategies: z.array(strategyName).min(1).max(64),
  baseline: strategyName,
  seeds: z.strictObject({
    first: z.int().min(0).max(1_000_000_000),
    count: z.int().min(2, { error: 'must be at least 2: one seed has no interval' }).max(10_000),
  }),
  expect: z.array(expectationSchema).max(64).describe('Each is a test of the run.'),
});

interface Reference {
  readonly strategy: string;
  readonly path: readonly (string | number)[];
}

function namedStrategies(suite: z.infer<typeof suiteObject>): Reference[] {
  const named: Reference[] = [{ strategy: suite.baseline, path: ['baseline'] }];
  for (const [index, expected] of suite.expect.entries()) {
    if ('strategy' in expected) {
      named.push({ strategy: expected.strategy, path: ['expect', index, 'strategy'] });
      if ('savesMoreThan' in expected) {
        const path = ['expect', index, 'savesMoreThan'];
        named.push({ strategy: expected.savesMoreThan, path });
      }
      continue;
    }
    for (const [position, strategy] of expected.strategies.entries()) {
      named.push({ strategy, path: ['expect', index, 'strategies', position] });
    }
  }
  return named;
}

/**
 * A suite as its YAML file states it. `suites/suite.schema.json` is generated from this schema; the
 * rules below it, which JSON Schema can't state, hold between keys.
 */
export const suiteSchema = suiteObject.superRefine((suite, context) => {
  for (const { strategy, path } of namedStrategies(suite)) {
    if (suite.strategies.includes(strategy)) continue;
    const message = `"${strategy}" is not among the strategies of this suite`;
    context.addIssue({ code: 'custom', message, path: [...path] });
  }
  for (const [index, expected] of suite.expect.entries()) {
    if (!('strategy' in expected) || expected.strategy !== suite.baseline) continue;
    const message = 'the baseline saves nothing against itself';
    context.addIssue({ code: 'custom', message, path: ['expect', index, 'strategy'] });
  }
  for (const [kind, rateOf] of Object.entries(suite.events ?? {})) {
    if (rateOf === undefined || rateOf.unit === 'ratio' || suite.workload.kind === 'program')
      continue;
    const message = 'must have unit ratio: only a program says how many round trips a second has';
    context.addIssue({ code: 'custom', message, path: ['events', kind, 'unit'] });
  }
  for (const { path, message } of fleetTroubles(suite)) {
    context.addIssue({ code: 'custom', message, path: [...path] });
  }
  for (const key of ['machines', 'strategies'] as const) {
    for (const [index, name] of suite[key].entries()) {
      if (suite[key].indexOf(name) === index) continue;
      context.addIssue({ code: 'custom', message: `"${name}" stands twice`, path: [key, index] });
    }
  }
});

export type SuiteDocument = z.infer<typeof suiteSchema>;
export type SuiteParameter = z.infer<typeof parameter>;
export type Workload = z.infer<typeof workload>;
export type ProgramWorkload = z.infer<typeof program>;
export type ExitHandledByL0 = z.infer<typeof exitHandledByL0>;
export type Expectation = z.infer<typeof expectationSchema>;

export type SweepAxis = z.infer<typeof sweepAxis>;

/** A checked suite with the file that it came from. */
export interface Suite extends SuiteDocument {
  /** Id of the sweep that it is a point of. */
  readonly family?: string;
  /** Path for people and the manifest, with forward slashes: `suites/headline/x.yaml`. */
  readonly file: string;
  /** SHA-256 of the file without its line of `words`, in hex. */
  readonly sha256: string;
  /** The file as it stands, for those who compute it elsewhere; absent where there was none. */
  readonly text?: string;
  /** The page trace that the suite names beside it; absent where it names none. */
  readonly traceFile?: TraceFile;
  /** The window of a capture that the suite was made of; absent where there was none. */
  readonly window?: CapturedWindow;
}

/** A page trace that does not come with the program. */
export interface TraceFile {
  /** Real path, for reading; never shown in results. */
  readonly path: string;
  /** SHA-256 of the bytes as stored, in hex: a part of what names a result. */
  readonly sha256: string;
}
