import { z } from 'zod';
import { readJson } from '../util/read-json.ts';
import { UserError } from '../util/user-error.ts';

/** What a capture folder says of itself is in this file of it. */
export const CAPTURE_MANIFEST_FILE = 'manifest.json';
export const CAPTURE_FORMAT = 'asidbench-capture';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const DAY_OR_MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?Z)?$/;
/** Of the format with a pCPU column. */
const MOST_PCPUS = 65_536;
const MOST_ITERATIONS = 1_000_000_000;
const MOST_WINDOWS = 10_000;

const text = z.string().min(1).max(4096);
const name = z.string().regex(NAME, 'must be a name of letters, digits, dots and dashes');
const sha256 = z.string().regex(SHA256, 'must be a SHA-256 in 64 hexadecimal digits').nullable();

/** Inside the folder: neither an absolute path nor one that leads out of it. */
const path = text.refine(
  (value) => !value.includes('\\') && value.split('/').every((part) => NAME.test(part)),
  'must be the path of a file inside the folder',
);

const kernelLevel = z.object({
  /** `uname -r`. */
  release: text,
  /** Of the kernel image; null where it was not recorded. */
  bzImageSha256: sha256,
  /** By file name, for example `kvm-amd.ko`; null where a hash was not recorded. */
  modules: z.record(text, sha256),
  /** Parameters of kvm and kvm_amd that all windows share, as /sys/module shows them. */
  parameters: z.record(text, z.string().max(4096)),
});

const window = z.object({
  name,
  /** `cpuid`, `npf32`, … The same word in two captures is the same program in L2. */
  workload: name,
  /** Whether L0 gave L1 nested page tables. */
  l0Npt: z.boolean(),
  /** Whether L1 gave L2 nested page tables. */
  l1Npt: z.boolean(),
  /** Times that the loop in L2 ran between the marks of the window. */
  iterations: z.int().min(0).max(MOST_ITERATIONS),
  /** The CPU log. */
  log: path,
  /** First touches of pages; null where none were recorded. */
  pages: path.nullable(),
  /** Page sequences, beside first touches that have the sizes; null where none were recorded. */
  sequence: path.nullable().default(null),
  /** Whether the log ends before the window does. */
  truncated: z.boolean(),
});

const captureManifestSchema = z.object({
  format: z.literal(CAPTURE_FORMAT),
  version: z.literal(1),
  /** UTC: a day, or a moment to the second. */
  created: z.string().regex(DAY_OR_MOMENT, 'must be a date such as 2026-11-30T21:30:00Z'),
  emulator: z.object({
    /** Version of QEMU. */
    qemu: text,
    /** Of the changes that make it log; null where it was not recorded. */
    changesSha256: sha256,
  }),
  cpu: z.object({
    /** QEMU's name of the model. */
    model: text,
    /** Features added to the model (`+pku`) or taken from it (`-flushbyasid`). */
    features: z.array(text).max(4096),
    /** ASIDs that CPUID reports, the host's 0 included. */
    asids: z.int().min(2).max(0xffff_ffff),
  }),
  pCpus: z.int().min(1).max(MOST_PCPUS),
  /** vCPUs of L1. */
  vCpus: z.int().min(1).max(MOST_PCPUS).default(1),
  kernel: z.object({
    l0: kernelLevel,
    l1: kernelLevel,
    /** `stock`, or in words what was changed in L0's kernel. */
    patch: text.optional(),
  }),
  windows: z.array(window).min(1).max(MOST_WINDOWS),
});

/**
 * What was run when kernels were captured: the text of `manifest.json` in a capture folder, as
 * `asidbench capture` writes it. Keys that this version does not know are ignored.
 */
export type CaptureManifest = z.infer<typeof captureManifestSchema>;

/** A kernel of one level, with its modules and parameters. */
export type CapturedKernel = CaptureManifest['kernel']['l0'];

/** One recording: a workload in L2 under one choice of page tables, with its files. */
export type CaptureWindow = CaptureManifest['windows'][number];

const CURE =
  'Write the folder again with "asidbench capture"; docs/reference/formats.md describes every key';

function causeOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'it has another form';
  if (issue.message.endsWith('received undefined')) return 'this key is missing';
  return issue.message.replace(/^Invalid input: /, '');
}

/** A window that another one makes ambiguous, or null. */
function repeatedWindow(windows: readonly CaptureWindow[]): string | null {
  const seen = new Set<string>();
  for (const each of windows) {
    if (seen.has(each.name)) return each.name;
    seen.add(each.name);
  }
  return null;
}

/**
 * Reads a manifest; `place` is its path, for messages. Throws UserError('input') with the key for
 * anything that does not fit, also for a path that leads out of the folder and for two windows of
 * one name.
 */
export function parseCaptureManifest(json: string, place: string): CaptureManifest {
  const found = captureManifestSchema.safeParse(readJson(json, place, CURE));
  if (!found.success) {
    const [issue] = found.error.issues;
    const key = issue?.path.join('.') ?? '';
    throw new UserError('input', `${place} ${key}`.trim(), causeOf(issue), CURE);
  }
  const repeated = repeatedWindow(found.data.windows);
  if (repeated !== null) {
    throw new UserError('input', place, `two windows have the name "${repeated}"`, CURE);
  }
  return found.data;
}
