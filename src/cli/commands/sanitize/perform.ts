import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildQemu, type Emulator } from '../../../rig/build-qemu.ts';
import { KERNEL_RELEASE } from '../../../rig/debian.ts';

import { keyOf } from '../../../rig/once.ts';
import type { Rig } from '../../../rig/rig.ts';
import { findingsOf } from '../../../sanitizer/findings.ts';
import { sanitizerJson } from '../../../sanitizer/json.ts';
import { SANITIZER_RUNS, type SanitizerRun } from '../../../sanitizer/runs.ts';
import { conclusionText, runText } from '../../../sanitizer/text.ts';
import { SELF_TESTS, VARIANTS, type Variant } from '../../../sanitizer/variants.ts';
import {
  conclude,
  exitCodeOf,
  type SelfTest,
  type WatchedRun,
} from '../../../sanitizer/verdict.ts';
import { UserError } from '../../../util/user-error.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import { checkKernelFlags, kernelOfFlags, withRig } from '../../rig/open-rig.ts';
import { kernelOf, watchKernel } from '../../rig/watch-kernel.ts';
import { named } from '../../select/names.ts';
import type { SanitizeFlags } from './flags.ts';

/** `sanitize`: a real KVM on an emulated CPU whose TLB never forgets, watched for stale entries. */
export async function perform(_: readonly string[], flags: SanitizeFlags): Promise<number> {
  const runs = selectRuns(flags);
  const variant = selectVariant(flags);
  checkKernelFlags(flags);
  return withRig(flags.quiet, async (rig, finish) => {
    const emulator = await buildQemu(rig, flags.qemuSource ?? null);
    const kernel = kernelOfFlags(await kernelOf(rig, variant), flags);
    const selfTests: readonly SelfTest[] = variant === null ? await testItself(rig, emulator) : [];
    const folder = flags.out ?? join(rig.cache, 'sanitizer', variant?.id ?? 'last');
    const watched: WatchedRun[] = [];
    for (const run of runs) {
      const seen = await watchKernel(rig, emulator, kernel, run, folder, {
        wantsSymbols: flags.symbols,
      });
      watched.push(seen);
      finish();
      if (!flags.json) print(runText(seen));
    }
    const conclusion = conclude(watched, selfTests);
    print(
      flags.json
        ? jsonText(sanitizerJson(watched, selfTests))
        : conclusionText(conclusion, selfTests),
    );
    return exitCodeOf(conclusion);
  });
}

function selectRuns(flags: SanitizeFlags): readonly SanitizerRun[] {
  for (const word of flags.run ?? []) named('run', word, SANITIZER_RUNS, 'sanitize --help');
  const chosen = SANITIZER_RUNS.filter(
    (run) =>
      (flags.run === undefined ? run.isUsual : flags.run.includes(run.id)) &&
      (flags.l2 === undefined || run.l2 === flags.l2) &&
      (flags.pcpus === undefined || run.pcpus === flags.pcpus),
  );
  if (chosen.length > 0) return chosen;
  const all = SANITIZER_RUNS.map((run) => `${run.id} (--l2 ${run.l2} --pcpus ${run.pcpus})`);
  const cause = 'no run has all that is asked for';
  throw new UserError('usage', 'sanitize', cause, `There are: ${all.join(', ')}`);
}

function selectVariant(flags: SanitizeFlags): Variant | null {
  if (flags.variant === undefined) return null;
  const found = named('variant', flags.variant, VARIANTS, 'sanitize --help');
  if (flags.modules === undefined && flags.kernel === undefined) return found;
  const cause = "a flush is taken out of Debian's kernel";
  throw new UserError('usage', '--variant', cause, 'Leave out --kernel and --modules');
}

/**
 * Takes a flush out of the stock kernel and looks whether that is noticed; remembered for as long as
 * emulator, kernel and run are the same.
 */
async function testItself(own: Rig, emulator: Emulator): Promise<readonly SelfTest[]> {
  const rig: Rig = {
    ...own,
    tell: ({ what, ...rest }) => own.tell({ what: `self-test, ${what}`, ...rest }),
  };
  const results: SelfTest[] = [];
  for (const variant of SELF_TESTS) {
    const run = SANITIZER_RUNS.find((each) => each.id === variant.seenIn[0])!;
    const key = keyOf(emulator.changesSha256, KERNEL_RELEASE, variant, run);
    const folder = join(rig.cache, 'sanitizer', `self-test-${variant.id}-${key}`);
    const path = join(folder, 'found');
    if (!existsSync(path)) {
      const kernel = await kernelOf(rig, variant);
      const seen = await watchKernel(rig, emulator, kernel, run, folder);
      if (findingsOf(seen.report).missed.length > 0) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(path, `${findingsOf(seen.report).missed.length}\n`);
      }
    }
    const isFound = existsSync(path) && readFileSync(path, 'utf8') !== '';
    results.push({ variant: variant.id, run: run.id, isFound });
  }
  return results;
}
