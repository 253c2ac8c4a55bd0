import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Kernel, withModules } from '../../rig/images.ts';
import type { Rig, RigProgress } from '../../rig/rig.ts';
import { UserError } from '../../util/user-error.ts';
import { cacheFolder } from '../files/cache-folder.ts';
import { progressStream } from '../output/io.ts';
import { duration, startTerminalStatus } from '../output/progress.ts';
import { projectRoot } from '../project-root.ts';

/** A rate says little before. */
const TRUSTED_AFTER_MILLISECONDS = 5000;

/**
 * The rig of this user, with progress on stderr: one line that is rewritten on a terminal, a line
 * for each new thing and every ten seconds elsewhere. Call `finish` before printing anything else.
 */
function openRig(isQuiet: boolean): { readonly rig: Rig; readonly finish: () => void } {
  const stream = isQuiet ? null : progressStream();
  const status = stream === null ? null : startTerminalStatus();
  let what = '';
  let started = 0;
  const tell = (progress: RigProgress): void => {
    const isNew = progress.what !== what;
    if (isNew) [what, started] = [progress.what, performance.now()];
    if (isNew && stream?.isTTY !== true) stream?.write(`${what} ...\n`);
    const since = started;
    status?.show(() => rigLine(progress, performance.now() - since));
  };
  const finish = (): void => status?.finish();
  const rig = {
    cache: cacheFolder(),
    sources: join(projectRoot(), 'capture'),
    jobs: availableParallelism(),
    tell,
  };
  return { rig, finish };
}

/** Work with the rig of this user; progress is gone when it ends, also by an error. */
export async function withRig<Result>(
  isQuiet: boolean,
  work: (rig: Rig, finish: () => void) => Promise<Result>,
): Promise<Result> {
  const { rig, finish } = openRig(isQuiet);
  try {
    return await work(rig, finish);
  } finally {
    finish();
  }
}

/** `compiling QEMU, 312 of 1206, 7 min left` */
function rigLine({ what, done, total }: RigProgress, elapsedMilliseconds: number): string {
  if (done === undefined || total === undefined) return what;
  const counted = `${what}, ${done} of ${total}`;
  if (elapsedMilliseconds < TRUSTED_AFTER_MILLISECONDS || done === 0) return counted;
  return `${counted}, ${duration(((total - done) * elapsedMilliseconds) / done / 1000)} left`;
}

interface KernelFlags {
  readonly kernel?: string | undefined;
  readonly modules?: string | undefined;
}

/**
 * Throws UserError for what is not there, and for an image without modules: Debian's would not load in it. Call it before
 * anything is built.
 */
export function checkKernelFlags(flags: KernelFlags): void {
  for (const path of [flags.kernel, flags.modules]) {
    if (path === undefined || existsSync(path)) continue;
    throw new UserError('input', path, 'there is no such file or folder', 'Check the path');
  }
  if (flags.modules !== undefined || flags.kernel === undefined) return;
  const cause = "Debian's modules do not fit another kernel";
  throw new UserError('usage', '--kernel', cause, 'Give its own with --modules');
}

/** This kernel, or the one that checked flags name. */
export function kernelOfFlags(kernel: Kernel, flags: KernelFlags): Kernel {
  return flags.modules === undefined ? kernel : withModules(kernel, flags.modules, flags.kernel);
}
