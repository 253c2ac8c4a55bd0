import { Command } from 'commander';
import { endWith } from '../../output/io.ts';
import { SANITIZE_HELP } from '../../rig/rig-help.ts';
import { collect, wholeNumber } from '../../select/strategies.ts';

export interface SanitizeFlags {
  readonly kernel?: string;
  readonly modules?: string;
  readonly qemuSource?: string;
  readonly l2?: string;
  readonly pcpus?: number;
  readonly run?: readonly string[];
  readonly variant?: string;
  readonly symbols?: boolean;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `sanitize`: a real KVM on an emulated CPU whose TLB never forgets, watched for stale entries. */
export function sanitizeCommand(): Command {
  return new Command('sanitize')
    .description('run a real KVM on an emulated CPU and look for TLB flushes that are missing')
    .option('--kernel <bzImage>', "kernel of L0 and L1 (default: Debian's 6.12.117)")
    .option('--modules <dir>', 'folder with kvm.ko and kvm-amd.ko of L0, at any depth')
    .option('--qemu-source <dir>', "source of QEMU 7.2 (default: Debian's)")
    .option('--l2 <kind>', 'only runs with this L2: flat, nest, linux or none')
    .option('--pcpus <n>', 'only runs with so many pCPUs', wholeNumber('--pcpus', 2, 1))
    .option('--run <id>', 'only this run; repeatable', collect)
    .option('--variant <id>', 'take one flush out of the stock kernel, which must be found')
    .option('--symbols', "name the kernel's functions in transcripts; L0 takes longer to boot")
    .option('--out <dir>', 'folder for reports and consoles (default: one in the cache)')
    .option('--json', 'print one JSON object')
    .option('--quiet', 'show no progress')
    .addHelpText('after', SANITIZE_HELP)
    .action(async (flags: SanitizeFlags) => {
      const { performSanitize } = await import('./perform.ts');
      endWith(await performSanitize(flags));
    });
}
