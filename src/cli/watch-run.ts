import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runBoot } from '../rig/boot.ts';
import type { Emulator } from '../rig/build-qemu.ts';
import type { Image } from '../rig/images.ts';
import type { Rig } from '../rig/rig.ts';
import { readReport } from '../sanitizer/read-report.ts';
import type { SanitizerRun } from '../sanitizer/runs.ts';
import type { WatchedRun } from '../sanitizer/verdict.ts';
import { UserError } from '../util/user-error.ts';

const CPU_MODEL = 'EPYC-Milan';
const ASIDS = 32768;
const MEMORY_MEGABYTES = 3072;
/** A guest on a crowded machine can be this slow to say its next word. */
const SILENCE_SECONDS = 600;
const REPORT_FILE = 'report.txt';

/** Boots the guests of a run with the sanitizer on. Its report and console stay in `folder`. */
export async function watchRun(
  rig: Rig,
  emulator: Emulator,
  image: Image,
  run: SanitizerRun,
  folder: string,
): Promise<WatchedRun> {
  const path = join(folder, REPORT_FILE);
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
      parameters: { l0: run.l0, ...run.parameters },
      environment: { TLBSAN: path },
      folder,
      silenceSeconds: SILENCE_SECONDS,
      ...(run.endsAt === undefined ? {} : { endsAt: run.endsAt }),
      onLine: (line) => {
        const [, said] = /asidbench: (L\d .{1,40})/.exec(line) ?? [];
        if (said !== undefined) rig.tell({ what: `${run.id}: ${said}` });
      },
    }),
  );
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return { id: run.id, report: readReport(text, path), broken };
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
