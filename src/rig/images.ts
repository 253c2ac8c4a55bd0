import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../util/user-error.ts';
import { checkBuildTools } from './build-tools.ts';
import { cpioArchive, type Member } from './cpio.ts';
import { BUSYBOX, KERNEL_IMAGE, KERNEL_RELEASE, unpackPackages } from './debian.ts';
import { hashesOf, keyOf, madeOnceOfMany, sha256Of } from './once.ts';
import type { Rig } from './rig.ts';
import { runCommand } from './run-command.ts';
import { vmlinuxOf } from './vmlinux.ts';
import { workloadHeader } from './workloads.ts';

/** A kernel with the modules of KVM that fit it. */
export interface Kernel {
  readonly bzImage: string;
  /** Files named `kvm.ko` and so on, `.xz` or `.zst` behind it or not. */
  readonly modules: Readonly<Record<ModuleName, string>>;
}

/** Of 160 MB each; every kernel, and every change of the guests, makes one. */
export const MOST_IMAGES = 12;
/** More than any module has. */
const LARGEST_BYTES = 100_000_000;

export const MODULE_NAMES = ['irqbypass', 'ccp', 'kvm', 'kvm-amd'] as const;
export type ModuleName = (typeof MODULE_NAMES)[number];

/** What QEMU boots. */
export interface Image {
  readonly bzImage: string;
  readonly initrd: string;
}

/** Debian's kernel with its own modules. */
export async function stockKernel(rig: Rig): Promise<Kernel> {
  const root = await unpackPackages(rig, 'kernel', [KERNEL_IMAGE]);
  const modules = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const find = (name: ModuleName): string =>
    join(root, modules.find((path) => basename(path) === `${name}.ko.xz`)!);
  return {
    bzImage: join(root, 'boot', `vmlinuz-${KERNEL_RELEASE}`),
    modules: {
      irqbypass: find('irqbypass'),
      ccp: find('ccp'),
      kvm: find('kvm'),
      'kvm-amd': find('kvm-amd'),
    },
  };
}

/**
 * A kernel with the modules of a folder, which are looked for at any depth. With an image of its own all
 * four must be there, since another kernel's do not fit; else those that the folder lacks stay.
 */
export function withModules(kernel: Kernel, folder: string, bzImage?: string): Kernel {
  const found = { ...kernel.modules };
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of MODULE_NAMES) {
    const names = ['', '.xz', '.zst'].map((end) => `${name}.ko${end}`);
    const path = files.find((each) => names.includes(basename(each)));
    if (path !== undefined) found[name] = join(folder, path);
    else if (name.startsWith('kvm') || bzImage !== undefined) {
      throw new UserError(
        'input',
        folder,
        `there is no ${name}.ko in it`,
        "Give the folder of your kernel's build, or /lib/modules/RELEASE, with kvm.ko, kvm-amd.ko, irqbypass.ko and ccp.ko somewhere below it",
      );
    }
  }
  return { bzImage: bzImage ?? kernel.bzImage, modules: found };
}

/** The bytes of a module as the kernel loads it. */
export function moduleBytes(path: string): Buffer {
  if (!/\.(xz|zst)$/.test(path)) return readFileSync(path);
  const program = path.endsWith('.xz') ? 'xz' : 'zstd';
  const { status, stdout } = spawnSync(program, ['-dc', path], { maxBuffer: LARGEST_BYTES });
  if (status === 0) return stdout;
  throw new UserError('input', path, `${program} can't decompress it`, 'Give a whole module');
}

/**
 * The image of L0, which holds that of L1, which holds that of a Linux L2. Made once for each
 * pair of kernels.
 */
export async function buildImage(rig: Rig, l0: Kernel, l1: Kernel): Promise<Image> {
  const inputs = [l0, l1].map((kernel) =>
    [kernel.bzImage, ...MODULE_NAMES.map((name) => kernel.modules[name])].map((path) =>
      sha256Of(readFileSync(path)),
    ),
  );
  const guest = join(rig.sources, 'guest');
  const key = keyOf(inputs, hashesOf(guest), workloadHeader(), BUSYBOX);
  const folder = await madeOnceOfMany(rig, 'image', key, MOST_IMAGES, async (unfinished) => {
    checkBuildTools();
    const programs = await compileGuests(rig, guest, join(unfinished, 'programs'));
    rig.tell({ what: 'making the images of L0, L1 and L2' });
    const busybox = join(await unpackPackages(rig, 'busybox', [BUSYBOX]), 'bin/busybox');
    const script = (name: string): Buffer => readFileSync(join(guest, name));
    const level = (init: string, ...more: readonly Member[]): Buffer =>
      cpioArchive([
        ...baseMembers(readFileSync(busybox)),
        file('init.sh', script('init.sh')),
        file('init', script(init), 0o755),
        ...programs,
        ...more,
      ]);
    const l1Image = readFileSync(l1.bzImage);
    const boot = [file('bzImage', l1Image), file('vmlinux', vmlinuxOf(l1Image, l1.bzImage))];
    const initrdL2 = level('init.L2', ...modules(l1));
    const initrdL1 = level('init.L1', ...boot, ...modules(l1), file('initrd.L2', initrdL2));
    const commands = readdirSync(join(guest, 'cmd'));
    const initrdL0 = level(
      'init.L0',
      ...boot,
      ...modules(l0),
      file('initrd.L1', initrdL1),
      folderMember('cmd'),
      ...commands.map((name) => file(`cmd/${name}`, script(`cmd/${name}`))),
    );
    writeFileSync(join(unfinished, 'initrd'), initrdL0);
    copyFileSync(l0.bzImage, join(unfinished, 'bzImage'));
    rmSync(join(unfinished, 'programs'), { recursive: true });
  });
  return { bzImage: join(folder, 'bzImage'), initrd: join(folder, 'initrd') };
}

function file(path: string, bytes: Uint8Array, mode: 0o644 | 0o755 = 0o644): Member {
  return { path, kind: 'file', bytes, mode };
}

function folderMember(path: string): Member {
  return { path, kind: 'folder' };
}

function modules(kernel: Kernel): readonly Member[] {
  return [
    folderMember('mods'),
    ...MODULE_NAMES.map((name) => file(`mods/${name}.ko`, moduleBytes(kernel.modules[name]))),
  ];
}

const BUSYBOX_COMMANDS =
  'sh mount insmod rmmod echo grep cat reboot sleep uname tr ls taskset kill mkdir seq ifconfig true';

function baseMembers(busybox: Uint8Array): readonly Member[] {
  const device = (path: string, major: number, minor: number): Member => {
    return { path, kind: 'device', major, minor };
  };
  return [
    ...['bin', 'proc', 'sys', 'dev', 'tmp'].map(folderMember),
    file('bin/busybox', busybox, 0o755),
    ...BUSYBOX_COMMANDS.split(' ').map((name): Member => {
      return { path: `bin/${name}`, kind: 'link', target: 'busybox' };
    }),
    device('dev/console', 5, 1),
    device('dev/null', 1, 3),
    device('dev/kmsg', 1, 11),
  ];
}

/** Linux programs of the levels, and flat guests; with the sources that each is made of. */
const LINUX_PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  vmm: ['vmm.c', 'vm.c', 'run.c', 'serial.c', 'mptable.c', 'linux.c', 'flat.c'],
  mover: ['mover.c'],
  loops: ['loops.c'],
};
const FLAT_PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  'payload.bin': ['start.S', 'payload.c', 'interrupts.c'],
  'nest.bin': ['start.S', 'nest.c'],
};
const FLAT_OPTIONS = [
  '-ffreestanding',
  '-fno-pic',
  '-fno-pie',
  '-no-pie',
  '-mno-red-zone',
  '-mgeneral-regs-only',
  '-fcf-protection=none',
  '-fno-stack-protector',
  '-nostdlib',
  '-Wl,-Ttext=0x100000,--oformat=binary,--build-id=none',
];

async function compileGuests(rig: Rig, guest: string, to: string): Promise<readonly Member[]> {
  rig.tell({ what: 'compiling the guests' });
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, 'workload-ids.h'), workloadHeader());
  const members: Member[] = [];
  const compile = async (name: string, sources: readonly string[], options: readonly string[]) => {
    const paths = sources.map((source) => join(guest, source));
    const output = join(to, name);
    const words = ['-O2', '-Wall', '-static', `-I${to}`, ...options, '-o', output, ...paths];
    await runCommand(name, ['gcc', ...words], { log: join(to, 'gcc.log') });
    members.push(file(name, readFileSync(output), 0o755));
  };
  for (const [name, sources] of Object.entries(LINUX_PROGRAMS)) {
    await compile(name, sources, ['-pthread']);
  }
  for (const [name, sources] of Object.entries(FLAT_PROGRAMS)) {
    await compile(name, sources, FLAT_OPTIONS);
  }
  return members;
}
