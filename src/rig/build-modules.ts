import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { checkModuleTools } from './build-tools.ts';
import { KERNEL_HEADERS, KERNEL_RELEASE, KERNEL_SOURCE, unpackPackages } from './debian.ts';
import { keyOf, madeOnce, withLock } from './once.ts';
import type { Rig } from './rig.ts';
import { runCommand } from './run-command.ts';
import { applyEdits, type SourceEdit } from './source-edit.ts';

/** What the modules are made of, as paths in the kernel's source. */
const PARTS = ['arch/x86/kvm', 'virt'];
const MODULES = ['kvm.ko', 'kvm-amd.ko'];
const CURE = 'These changes are made for Linux 6.12';

/**
 * Folder with `kvm.ko` and `kvm-amd.ko` of Debian's kernel, compiled from its source with changes.
 * The first takes some minutes of CPU time, each later one what its changes touch. Throws
 * `UserError` where something to compile with is missing, or the compiler fails.
 */
export async function buildModules(
  rig: Rig,
  name: string,
  edits: readonly SourceEdit[],
): Promise<string> {
  const finished = join(rig.cache, `modules-${name}-${keyOf(KERNEL_RELEASE, edits)}`);
  if (existsSync(finished)) return finished;
  checkModuleTools();
  const workshop = join(rig.cache, `kvm-${KERNEL_RELEASE}`);
  return withLock(rig, workshop, async () => {
    const original = await originalSource(rig, join(workshop, 'original'));
    const tree = join(workshop, 'source');
    changeSource(original, tree, edits);
    const build = await linkHeaders(rig, join(workshop, 'build'), tree);
    await compile(rig, name, build, tree, join(workshop, `${name}.log`));
    return madeOnce(rig, finished, async (unfinished) => {
      for (const module of MODULES) {
        copyFileSync(join(tree, PARTS[0]!, module), join(unfinished, module));
      }
      const log = join(workshop, 'strip.log');
      const paths = MODULES.map((module) => join(unfinished, module));
      await runCommand('strip', ['strip', '--strip-debug', ...paths], { log });
    });
  });
}

async function originalSource(rig: Rig, folder: string): Promise<string> {
  if (existsSync(folder)) return folder;
  const unpacked = await unpackPackages(rig, 'linux-source', [KERNEL_SOURCE]);
  const archives = join(unpacked, 'usr/src');
  const archive = readdirSync(archives).find((each) => /^linux-source-.*\.tar\.xz$/.test(each))!;
  const root = archive.replace('.tar.xz', '');
  return madeOnce(rig, folder, async (unfinished) => {
    rig.tell({ what: "unpacking KVM's source" });
    const unpack = ['tar', '-x', '-C', unfinished, '--strip-components=1'] as const;
    const parts = PARTS.map((part) => `${root}/${part}`);
    await runCommand(archive, [...unpack, '-f', join(archives, archive), ...parts], {
      log: `${folder}.log`,
    });
  });
}

/** Makes the tree the original with these changes, and touches nothing that is so already. */
function changeSource(original: string, tree: string, edits: readonly SourceEdit[]): void {
  for (const path of filesOf(original, PARTS)) {
    const mine = edits.filter((edit) => edit.file === path);
    const text = readFileSync(join(original, path), 'utf8');
    const changed = applyEdits(text, path, mine, CURE);
    const target = join(tree, path);
    if (existsSync(target) && readFileSync(target, 'utf8') === changed) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, changed);
  }
}

function filesOf(root: string, parts: readonly string[]): readonly string[] {
  return parts.flatMap((part) =>
    readdirSync(join(root, part), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
  );
}

/**
 * Debian's headers beside the changed source, as a kernel's build folder expects to find it: a copy,
 * because headers include others by way of their own folder's parent.
 */
async function linkHeaders(rig: Rig, build: string, tree: string): Promise<string> {
  const headers = await unpackPackages(rig, 'headers', KERNEL_HEADERS);
  const common = `usr/src/linux-headers-${KERNEL_RELEASE.replace(/-amd64$/, '-common')}`;
  const own = `usr/src/linux-headers-${KERNEL_RELEASE}`;
  await madeOnce(rig, build, async (unfinished) => {
    cpSync(headers, unfinished, { recursive: true, verbatimSymlinks: true });
    writeFileSync(
      join(unfinished, own, 'Makefile'),
      `include ${join(build, common, 'Makefile')}\n`,
    );
    for (const part of PARTS) symlinkSync(join(tree, part), join(unfinished, common, part));
  });
  return join(build, own);
}

async function compile(
  rig: Rig,
  name: string,
  build: string,
  tree: string,
  log: string,
): Promise<void> {
  rig.tell({ what: `compiling KVM (${name})` });
  let done = 0;
  await runCommand(
    `KVM (${name})`,
    [
      'make',
      '-C',
      build,
      `M=${join(tree, PARTS[0]!)}`,
      'CONFIG_KVM_INTEL=',
      'CONFIG_DEBUG_INFO_BTF_MODULES=',
      `-j${rig.jobs}`,
      'modules',
    ],
    {
      log,
      onLine: (line) => {
        if (!/^\s+CC /.test(line)) return;
        done += 1;
        rig.tell({ what: `compiling KVM (${name}), file ${done}` });
      },
    },
  );
}
