import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  CAPTURE_FORMAT,
  CAPTURE_MANIFEST_FILE,
  type CapturedKernel,
  type CaptureManifest,
  type CaptureWindow,
} from '../inputs/capture-manifest.ts';
import { readCpuLog } from '../inputs/cpu-log.ts';
import { UserError } from '../util/user-error.ts';
import { allFeatures, type Boot, type Machine, runBoot } from './boot.ts';
import type { Emulator } from './build-qemu.ts';
import { buildImage, type Kernel, moduleBytes } from './images.ts';
import { sha256Of } from './once.ts';
import type { Rig } from './rig.ts';
import { summarizeTrips, type TripSummary } from './trip-table.ts';
import { splitWindow, type Window } from './windows.ts';
import type { Workload } from './workloads.ts';

/** Parameters of kvm_amd: `{ npt: '1', vls: '0' }`. */
export type KvmParameters = Readonly<Record<string, string>>;

export interface CaptureRequest {
  readonly machine: Machine;
  readonly l0Kernel: Kernel;
  readonly l1Kernel: Kernel;
  /** `stock`, or what was changed in L0's kernel. */
  readonly patch: string;
  readonly l0: KvmParameters;
  /** One after the other in one L1; they differ in `npt`. */
  readonly l1: readonly KvmParameters[];
  readonly workloads: readonly Workload[];
  /** Whether first touches of pages are recorded. */
  readonly hasPages: boolean;
  /** Where the capture goes: a folder without one. */
  readonly folder: string;
  /** UTC, as the manifest says it. */
  readonly created: string;
}

/** A window of a capture, and the trips in it. */
export interface CapturedWindow {
  readonly window: CaptureWindow;
  readonly trips: TripSummary | null;
}

/** Events and segments of a window beyond these are not kept. */
const LIMITS = { events: 20_000, segments: 600 };
const SILENCE_SECONDS = 600;
/**
 * How much slower than the host's the guests' clock runs, while they boot and inside windows: an
 * emulated CPU is that much slower too, and timers would leave it no time for anything else.
 */
const SLOWNESS = { outside: 2, window: 32 };
/** The bit of a window's kind that asks for page touches: capture/qemu/log.c.inc. */
const TOUCHES_KIND = 256;

/** Boots, records, and writes a capture folder. Throws `UserError` where the guests fail. */
export async function capture(
  rig: Rig,
  emulator: Emulator,
  request: CaptureRequest,
): Promise<readonly CapturedWindow[]> {
  const image = await buildImage(rig, request.l0Kernel, request.l1Kernel);
  const raw = join(request.folder, 'emulator');
  rmSync(raw, { recursive: true, force: true });
  mkdirSync(join(raw, 'log'), { recursive: true });
  const said = { l0: [] as string[], l1: [] as string[] };
  await runBoot(rig, emulator, image, bootOf(request, raw, lineReader(rig, request, said)));
  checkL1(request, said.l1);
  const planned = plannedWindows(request);
  const logs = readdirSync(join(raw, 'log')).sort();
  if (logs.length !== planned.length) {
    const cause = `${planned.length} windows were asked for and ${logs.length} opened`;
    throw new UserError('input', request.folder, cause, `The console is in ${raw}`);
  }
  mkdirSync(join(request.folder, 'windows'), { recursive: true });
  const captured = planned.map((plan, index) => {
    const text = readFileSync(join(raw, 'log', logs[index]!), 'latin1');
    return keepWindow(request.folder, plan, splitWindow(text, LIMITS));
  });
  const manifest = manifestOf(request, emulator, said, captured);
  writeFileSync(
    join(request.folder, CAPTURE_MANIFEST_FILE),
    `${JSON.stringify(manifest, null, 2)}\n`,
  );
  rmSync(raw, { recursive: true });
  return captured;
}

/** L1 says with which parameters it loaded kvm_amd; windows are named after them. */
function checkL1({ l0, l1, folder }: CaptureRequest, said: readonly string[]): void {
  l1.forEach((parameters, index) => {
    const npt = hasNpt(l0) && hasNpt(parameters) ? 'npt=Y' : 'npt=N';
    if (said[index]?.split(' ').includes(npt)) return;
    const cause = `L1 was to load kvm_amd with ${npt} and said "${said[index] ?? 'nothing'}"`;
    throw new UserError('input', folder, cause, 'See the console in the folder emulator of it');
  });
}

function hasNpt({ npt }: KvmParameters): boolean {
  return npt !== '0' && npt !== 'N';
}

interface PlannedWindow {
  readonly name: string;
  readonly workload: string;
  readonly l0Npt: boolean;
  readonly l1Npt: boolean;
}

function plannedWindows({ l0, l1, workloads }: CaptureRequest): readonly PlannedWindow[] {
  const tables = (isNested: boolean): string => (isNested ? 'npt' : 'shadow');
  return l1.flatMap((parameters) =>
    workloads.map(({ name }) => {
      const l0Npt = hasNpt(l0);
      // An L0 without NPT offers none.
      const l1Npt = l0Npt && hasNpt(parameters);
      const prefix = `${tables(l0Npt)}-${tables(l1Npt)}`;
      return { name: `${prefix}.${name}`, workload: name, l0Npt, l1Npt };
    }),
  );
}

function bootOf(request: CaptureRequest, folder: string, onLine: (line: string) => void): Boot {
  const { machine, l0, l1, workloads } = request;
  const words = (parameters: KvmParameters): string =>
    Object.entries(parameters)
      .map(([name, value]) => `${name}=${value}`)
      .join('+');
  const flag = request.hasPages && machine.pCpus === 1 ? TOUCHES_KIND : 0;
  return {
    machine,
    command: 'windows',
    parameters: {
      l0: words(l0),
      l1: l1.map(words).join(','),
      workloads: workloads.map((each) => workloadWords(each, flag)).join(','),
    },
    environment: {
      ASIDBENCH_LOG: join(folder, 'log'),
      ASIDBENCH_SLOWNESS: String(SLOWNESS.outside),
      ASIDBENCH_WINDOW_SLOWNESS: String(SLOWNESS.window),
    },
    folder,
    silenceSeconds: SILENCE_SECONDS,
    onLine,
  };
}

/** As `capture/guest/init.L1` reads it. */
function workloadWords(workload: Workload, flag: number): string {
  const { name, guest, vmm, id, rounds, warmup } = workload;
  return [name, guest, vmm.join('+'), id, rounds, warmup, id + flag].join(':');
}

/** Tells what boots and runs, and keeps what the levels say of their kernels. */
function lineReader(
  rig: Rig,
  request: CaptureRequest,
  said: { readonly l0: string[]; readonly l1: string[] },
): (line: string) => void {
  const total = plannedWindows(request).length;
  let done = 0;
  rig.tell({ what: 'booting L0' });
  return (line) => {
    const [, level, rest = ''] = /asidbench: (L[01]) (.*)/.exec(line) ?? [];
    if (level === undefined) return;
    if (/^\d/.test(rest)) said[level === 'L0' ? 'l0' : 'l1'].push(rest);
    if (level === 'L0' && /^\d/.test(rest)) rig.tell({ what: 'booting L1' });
    const begun = /^begins (.*)/.exec(rest);
    if (begun !== null) rig.tell({ what: `recording ${begun[1]}`, done, total });
    if (rest.startsWith('ended ')) done++;
  };
}

function keepWindow(folder: string, plan: PlannedWindow, window: Window): CapturedWindow {
  const keep = (name: string, text: string): string => {
    const path = `windows/${plan.name}.${name}.gz`;
    writeFileSync(join(folder, path), gzipSync(text, { level: 9 }));
    return path;
  };
  const kept: CaptureWindow = {
    ...plan,
    iterations: window.iterations,
    log: keep('hw', window.log),
    pages: window.pages === null ? null : keep('pages.csv', window.pages),
    truncated: window.isTruncated,
  };
  const log = readCpuLog(window.log, kept.log);
  return { window: kept, trips: log.hasPcpuColumn ? null : summarizeTrips(log) };
}

function manifestOf(
  request: CaptureRequest,
  emulator: Emulator,
  said: { readonly l0: readonly string[]; readonly l1: readonly string[] },
  captured: readonly CapturedWindow[],
): CaptureManifest {
  const { machine } = request;
  return {
    format: CAPTURE_FORMAT,
    version: 1,
    created: request.created,
    emulator: { qemu: emulator.version, changesSha256: emulator.changesSha256 },
    cpu: { model: machine.cpuModel, features: allFeatures(machine), asids: machine.asids },
    pCpus: machine.pCpus,
    kernel: {
      l0: kernelOf(request.l0Kernel, said.l0),
      l1: kernelOf(request.l1Kernel, said.l1),
      patch: request.patch,
    },
    windows: captured.map(({ window }) => window),
  };
}

/** `said`: release and parameters as a level printed them, once for each time it loaded kvm_amd. */
function kernelOf(kernel: Kernel, said: readonly string[]): CapturedKernel {
  const parsed = said.map((line) => line.split(' '));
  const [release = ''] = parsed[0] ?? [];
  const shared = (parsed[0] ?? [])
    .slice(1)
    .filter((word) => parsed.every((words) => words.includes(word)));
  const hash = (path: string): string => sha256Of(moduleBytes(path));
  return {
    release,
    bzImageSha256: sha256Of(readFileSync(kernel.bzImage)),
    modules: {
      'kvm.ko': hash(kernel.modules.kvm),
      'kvm-amd.ko': hash(kernel.modules['kvm-amd']),
    },
    parameters: Object.fromEntries(shared.map((word) => word.split('=') as [string, string])),
  };
}
