import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runBoot } from '../../rig/boot.ts';
import type { Emulator } from '../../rig/build-qemu.ts';
import type { Image } from '../../rig/images.ts';
import type { Rig } from '../../rig/rig.ts';
import { readReport } from '../../sanitizer/read-report.ts';
import type { SanitizerRun } from '../../sanitizer/runs.ts';
import { Symbols } from '../../sanitizer/symbols.ts';
import type { WatchedRun } from '../../sanitizer/verdict.ts';
import { UserError } from '../../util/user-error.ts';

const CPU_MODEL = 'EPYC-Milan';
const ASIDS = 32768;
const MEMORY_MEGABYTES = 3072;
/** The guests' clock against the host's: at its own rate, timers of three levels leave no time for more. */
const ASIDBENCH_SLOWNESS = '4';
/** Characters of what a level says that progress has room for. */
const MOST_TOLD = 40;
const REPORT_FILE = 'report.txt';
const SYMBOLS_FILE = 'symbols.txt';

export interface WatchOptions {
  /** L0 writes the names of its functions out first, which takes it a while. */
  readonly wantsSymbols?: boolean;
  /** Linux guests run L0's image. */
  readonly guestsShareKernel?: boolean;
}

/** Boots the guests of a run with the sanitizer on. Its report and console stay in `folder`. */
export async function watchRun(
  rig: Rig,
  emulator: Emulator,
  image: Image,
  run: SanitizerRun,
  folder: string,
  options: WatchOptions = {},
): Promise<WatchedRun> {
  const path = join(folder, REPORT_FILE);
  const portFile = options.wantsSymbols === true ? join(folder, SYMBOLS_FILE) : null;
  const broken = await endOf(
    runBoot(rig, emulator, image, {
      machine: {
        cpuModel: CPU_MODEL,
        features: run.features ?? [],
        asids: run.asids ?? ASIDS,
        pCpus: run.pcpus,
        memoryMegabytes: MEMORY_MEGABYTES,
      },
      command: run.command,
      parameters: { l0: run.l0, ...run.parameters, ...(portFile === null ? {} : { symbols: '1' }) },
      environment: { TLBSAN: path, ASIDBENCH_SLOWNESS },
      ...(portFile === null ? {} : { portFile }),
      folder,
      ...(run.endsAt === undefined ? {} : { endsAt: run.endsAt }),
      onSaid: ({ level, text }) => {
        rig.tell({ what: `${run.id}: ${level} ${text.slice(0, MOST_TOLD)}` });
      },
    }),
  );
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const symbols =
    portFile !== null && existsSync(portFile)
      ? Symbols.parse(readFileSync(portFile, 'utf8'), options.guestsShareKernel === true)
      : null;
  return { id: run.id, report: readReport(text, path), broken, symbols };
}

/** Why guests did not come to their end; what they showed until then counts. */
async function endOf(boot: Promise<void>): Promise<string | null> {
  try {
    await boot;
    return null;
  } catch (error) {
    if (error instanceof UserError && error.kind === 'input') return error.message;
    throw error;
  }
}
