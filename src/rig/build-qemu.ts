import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../util/user-error.ts';
import { checkBuildTools } from './build-tools.ts';
import { fetchPackage, QEMU_SOURCE, QEMU_VERSION } from './debian.ts';
import { hashesOf, keyOf, madeOnce, sha256Of, withLock } from './once.ts';
import { QEMU_EDITS } from './qemu-edits.ts';
import type { Rig } from './rig.ts';
import { runCommand } from './run-command.ts';
import { SANITIZER_EDITS } from './sanitizer-edits.ts';
import { applyEdits, type SourceEdit } from './source-edit.ts';

export interface Emulator {
  /** The program. */
  readonly path: string;
  /** Of QEMU itself, as its source says. */
  readonly version: string;
  /** Of the changes: all edits and the files of `capture/qemu`. */
  readonly changesSha256: string;
}

const PROGRAM = 'qemu-system-x86_64';
const EDITS: readonly SourceEdit[] = [...QEMU_EDITS, ...SANITIZER_EDITS];
/** Devices of the emulated machine: a PC of 1996 and a port to print to. */
const DEVICES = 'CONFIG_I440FX=y\nCONFIG_ISA_DEBUG=y\n';
const DEVICES_NAME = 'asidbench';
const CONFIGURE = [
  '--target-list=x86_64-softmmu',
  '--without-default-devices',
  `--with-devices-x86_64=${DEVICES_NAME}`,
  '--without-default-features',
  '--enable-tcg',
  '--enable-system',
  '--enable-fdt=system',
  '--disable-user',
  '--disable-tools',
  '--disable-docs',
  '--disable-debug-info',
  '--disable-werror',
  '--audio-drv-list=',
  '--meson=meson',
];
const CURE = 'The changes are made for QEMU 7.2: give its source with --qemu-source, or none';

/**
 * The emulator with the project's changes, built on first use: QEMU's source of Debian, or the tree
 * `ownSource`. Later changes of this project's own files compile what they touch and no more.
 */
export async function buildQemu(rig: Rig, ownSource: string | null): Promise<Emulator> {
  const origin = ownSource === null ? QEMU_VERSION : `own-${keyOf(ownSource)}`;
  const ours = join(rig.sources, 'qemu');
  const changesSha256 = sha256Of(Buffer.from(JSON.stringify([EDITS, hashesOf(ours)])));
  const workshop = join(rig.cache, `qemu-${origin}`);
  const finished = join(rig.cache, `emulator-${keyOf(origin, CONFIGURE, DEVICES, changesSha256)}`);
  const version = (): string => readFileSync(join(workshop, 'source', 'VERSION'), 'utf8').trim();
  if (!existsSync(finished)) {
    checkBuildTools();
    await withLock(rig, workshop, async () => {
      const source = await sourceTree(rig, workshop, ownSource);
      changeSource(source, join(workshop, 'original'), ours);
      await compile(rig, source, join(workshop, 'build'));
      await madeOnce(rig, finished, async (unfinished) => {
        copyFileSync(join(workshop, 'build', PROGRAM), join(unfinished, PROGRAM));
      });
    });
  }
  return { path: join(finished, PROGRAM), version: version(), changesSha256 };
}

async function sourceTree(rig: Rig, workshop: string, own: string | null): Promise<string> {
  const tree = join(workshop, 'source');
  if (existsSync(tree)) return tree;
  if (own !== null) {
    if (!existsSync(join(own, 'target/i386/tcg/sysemu/svm_helper.c'))) {
      throw new UserError('input', own, 'it is not the source of QEMU', CURE);
    }
    return madeOnce(rig, tree, async (unfinished) => cpSync(own, unfinished, { recursive: true }));
  }
  const [upstream, debian] = await fetchPackage(rig, QEMU_SOURCE);
  return madeOnce(rig, tree, async (unfinished) => {
    rig.tell({ what: "unpacking QEMU's source" });
    const log = join(workshop, 'unpack.log');
    const unpack = [
      'tar',
      '-x',
      '-C',
      unfinished,
      '--strip-components=1',
      '-f',
      upstream!,
    ] as const;
    await runCommand(upstream!, [...unpack], { log });
    await runCommand(debian!, ['tar', '-x', '-C', unfinished, '-f', debian!], { log });
    const series = readFileSync(join(unfinished, 'debian/patches/series'), 'utf8');
    for (const name of series.split('\n').filter((line) => /^[^#\s]/.test(line))) {
      const patch = join('debian/patches', name.trim());
      await runCommand(patch, ['patch', '-p1', '-s', '-i', patch], { log, folder: unfinished });
    }
  });
}

/** Writes what differs from what is there, so that no more is compiled than must be. */
function changeSource(tree: string, originals: string, ours: string): void {
  const include = join(tree, 'include', 'asidbench');
  mkdirSync(include, { recursive: true });
  const names = readdirSync(ours);
  for (const name of names) writeIfNew(join(include, name), readFileSync(join(ours, name), 'utf8'));
  for (const old of readdirSync(include)) if (!names.includes(old)) rmSync(join(include, old));
  writeIfNew(join(tree, `configs/devices/x86_64-softmmu/${DEVICES_NAME}.mak`), DEVICES);
  for (const file of new Set(EDITS.map((edit) => edit.file))) {
    const original = join(originals, file);
    if (!existsSync(original)) {
      mkdirSync(dirname(original), { recursive: true });
      copyFileSync(join(tree, file), original);
    }
    const edits = EDITS.filter((edit) => edit.file === file);
    writeIfNew(join(tree, file), applyEdits(readFileSync(original, 'utf8'), file, edits, CURE));
  }
}

function writeIfNew(path: string, text: string): void {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}

async function compile(rig: Rig, source: string, build: string): Promise<void> {
  mkdirSync(build, { recursive: true });
  if (!existsSync(join(build, 'build.ninja'))) {
    rig.tell({ what: 'configuring QEMU' });
    const configure = [join(source, 'configure'), ...CONFIGURE] as [string, ...string[]];
    await runCommand('QEMU', configure, { log: join(build, 'configure.log'), folder: build });
  }
  await runCommand('QEMU', ['ninja', `-j${rig.jobs}`, PROGRAM], {
    log: join(build, 'ninja.log'),
    folder: build,
    onLine: (line) => {
      const [, done, total] = /^\[(\d+)\/(\d+)\]/.exec(line) ?? [];
      if (total === undefined) return;
      rig.tell({ what: 'compiling QEMU', done: Number(done), total: Number(total) });
    },
  });
}
