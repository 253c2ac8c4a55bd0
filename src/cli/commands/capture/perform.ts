import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CAPTURE_MANIFEST_FILE } from '../../../inputs/capture-manifest.ts';
import { textTable } from '../../../report/blocks/text-table.ts';
import { buildQemu } from '../../../rig/build-qemu.ts';
import { capture, type RecordedWindow } from '../../../rig/capture.ts';
import { stockKernel } from '../../../rig/images.ts';

import { hasNpt, type KvmParameters } from '../../../rig/plan-boots.ts';
import { type RigWorkload, WORKLOADS } from '../../../rig/workloads.ts';
import { EXIT_CODES, UserError } from '../../../util/user-error.ts';
import { INVOCATION } from '../../output/invocation.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import { checkKernelFlags, kernelOfFlags, withRig } from '../../rig/open-rig.ts';
import { unknownName } from '../../select/names.ts';
import type { CaptureFlags } from './flags.ts';

const MEMORY_MEGABYTES = 2048;
const WIDTH = 100;

/** `capture`: what a real KVM makes an emulated AMD CPU do, recorded. */
export async function perform(_: readonly string[], flags: CaptureFlags): Promise<number> {
  const workloads = selectWorkloads(flags);
  const l0 = parameterSets('--l0', flags.l0 ?? ['npt=1']);
  const l1 = parameterSets('--l1', flags.l1 ?? ['npt=1', 'npt=0']);
  const features = cpuFeatures(flags.features);
  if (flags.sequence && (!flags.pages || flags.pcpus > 1)) {
    const cause = 'a sequence needs the pages, and these are recorded with one pCPU';
    throw new UserError('usage', '--sequence', cause, 'Leave out --no-pages and --pcpus');
  }
  checkKernelFlags(flags);
  const folder = captureFolder(flags.out);
  return withRig(flags.quiet, async (rig, finish) => {
    const stock = await stockKernel(rig);
    const captured = await capture(rig, await buildQemu(rig, flags.qemuSource ?? null), {
      machine: {
        cpuModel: flags.cpu,
        features,
        asids: flags.asids,
        pCpus: flags.pcpus,
        memoryMegabytes: MEMORY_MEGABYTES,
      },
      l0Kernel: kernelOfFlags(stock, flags),
      l1Kernel: stock,
      patch: patchOf(flags),
      l0,
      l1,
      workloads,
      vCpus: flags.vcpus,
      // Instructions of several pCPUs are counted together, so their segments have no length.
      hasPages: flags.pages && flags.pcpus === 1,
      hasSequence: flags.sequence,
      folder,
      created: `${new Date().toISOString().slice(0, 19)}Z`,
    });
    finish();
    print(flags.json ? jsonText({ folder, windows: captured }) : textOf(folder, captured));
    return EXIT_CODES.ok;
  });
}

function selectWorkloads({ workloads, pcpus, vcpus }: CaptureFlags): readonly RigWorkload[] {
  const hasCpusFor = (each: RigWorkload): boolean =>
    each.fewestPcpus <= pcpus &&
    each.fewestVcpus <= vcpus &&
    (each.guest !== 'host' || vcpus === 1);
  // An L3 takes as long as all others together.
  const isUsual = (each: RigWorkload): boolean => each.guest !== 'l3' && hasCpusFor(each);
  if (workloads === undefined) return WORKLOADS.filter(isUsual);
  return workloads.split(',').map((word) => {
    const found = WORKLOADS.find(({ name }) => name === word);
    const known = WORKLOADS.map(({ name }) => name);
    if (found === undefined) throw unknownName('workload', word, known, 'capture --help');
    if (hasCpusFor(found)) return found;
    if (found.guest === 'host' && vcpus > 1) {
      throw new UserError('usage', word, 'its L1 has one vCPU', 'Leave out --vcpus');
    }
    const [kind, count] =
      found.fewestPcpus > pcpus ? ['pCPUs', found.fewestPcpus] : ['vCPUs', found.fewestVcpus];
    const cure = `Add --${kind.toLowerCase()} ${count}`;
    throw new UserError('usage', word, `it takes ${count} ${kind}`, cure);
  });
}

function kvmParameters(flag: string, list: string): KvmParameters {
  const words = list.split(',');
  const wrong = words.find((word) => !/^[a-z_]+=[A-Za-z0-9]+$/.test(word));
  if (wrong === undefined) {
    return Object.fromEntries(words.map((word) => word.split('=') as [string, string]));
  }
  const cause = `"${wrong}" is no parameter with a value`;
  throw new UserError('usage', flag, cause, `Write for example ${flag} npt=1,vls=0`);
}

function parameterSets(flag: string, lists: readonly string[]): readonly KvmParameters[] {
  const all = lists.map((list) => kvmParameters(flag, list));
  if (new Set(all.map(hasNpt)).size === all.length) return all;
  const cause = 'two of them have the same npt, and their windows would have the same name';
  throw new UserError('usage', flag, cause, 'Capture them one after the other');
}

function cpuFeatures(list: string | undefined): readonly string[] {
  const words = list?.split(',') ?? [];
  const wrong = words.find((word) => !/^[+-][a-z0-9._-]+$/.test(word));
  if (wrong === undefined) return words;
  const cause = `"${wrong}" adds or takes nothing`;
  throw new UserError(
    'usage',
    '--features',
    cause,
    'Write for example --features=+pku,-flushbyasid',
  );
}

function captureFolder(out: string | undefined): string {
  const manifest = (folder: string): string => join(folder, CAPTURE_MANIFEST_FILE);
  if (out !== undefined) {
    if (!existsSync(manifest(out))) return out;
    throw new UserError('output', out, 'there is a capture in it', 'Name another folder');
  }
  for (let number = 1; ; number++) {
    const folder = join('captures', String(number));
    if (!existsSync(folder)) return folder;
  }
}

function patchOf(flags: CaptureFlags): string {
  if (flags.patch !== undefined) return flags.patch;
  return flags.kernel === undefined && flags.modules === undefined ? 'stock' : 'not told';
}

function textOf(folder: string, captured: readonly RecordedWindow[]): string {
  const whole = (value: number): string => value.toLocaleString('en-US');
  const rows = captured.map(({ window, trips }) =>
    trips === null
      ? [window.name, '-', '-', '-', '-', '-']
      : [
          window.name,
          whole(trips.trips),
          whole(trips.exits.length),
          whole(trips.l0Instructions),
          whole(trips.l1Instructions),
          trips.flushes.toFixed(2),
        ],
  );
  const right = (label: string) => ({ label, align: 'right' as const });
  const columns = [
    { label: 'window', align: 'left' as const },
    ...['trips', 'L0 exits', 'L0 instructions', 'L1 instructions', 'flushes'].map(right),
  ];
  return `${textTable(columns, rows, WIDTH).join('\n')}
${exitsText(captured)}
Written: ${folder}/
  ${INVOCATION} replay ${folder}/windows/*.hw.gz
`;
}

function exitsText(captured: readonly RecordedWindow[]): string {
  const lines = captured.flatMap(({ window, trips }) =>
    trips === null ? [] : [`  ${window.name}: ${trips.exits.join(' ')}\n`],
  );
  if (lines.length === 0) return '';
  return `
Medians of the most frequent round trip of each window, without those that were interrupted. Exits
that L0 handles in it, the first one reflected to L1:
${lines.join('')}`;
}
