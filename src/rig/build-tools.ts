import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UserError } from '../util/user-error.ts';

/** What a build calls or includes, and the package of Debian that has it. */
const PROGRAMS: Readonly<Record<string, string>> = {
  gcc: 'gcc',
  make: 'make',
  ninja: 'ninja-build',
  meson: 'meson',
  'pkg-config': 'pkg-config',
  python3: 'python3',
  flex: 'flex',
  bison: 'bison',
  patch: 'patch',
  xz: 'xz-utils',
  zstd: 'zstd',
  setpriv: 'util-linux',
};
const LIBRARIES: Readonly<Record<string, string>> = {
  'glib-2.0': 'libglib2.0-dev',
  'pixman-1': 'libpixman-1-dev',
  zlib: 'zlib1g-dev',
};
const HEADERS: Readonly<Record<string, string>> = {
  '/usr/include/libfdt.h': 'libfdt-dev',
  '/usr/include/stdio.h': 'libc6-dev',
};

/** What compiles the kernel's modules besides, as Debian's headers call it. */
const MODULE_PROGRAMS: Readonly<Record<string, string>> = {
  'x86_64-linux-gnu-gcc-12': 'gcc-12',
  'x86_64-linux-gnu-ld': 'binutils',
  bc: 'bc',
};

type Missing = readonly (readonly [tool: string, debianPackage: string])[];

/** Throws `UserError` ('usage') with the command that brings whatever the emulator needs. */
export function checkBuildTools(): void {
  refuse('the emulator', missingTools());
}

/** The same for modules of KVM. */
export function checkModuleTools(): void {
  refuse("KVM's modules", missingModuleTools());
}

/** Debian's packages that building the emulator and the modules needs and this machine lacks. */
export function missingPackages(): readonly string[] {
  return packagesOf([...missingTools(), ...missingModuleTools()]);
}

function missingTools(): Missing {
  return [
    ...Object.entries(PROGRAMS).filter(([program]) => !isOnPath(program)),
    ...Object.entries(LIBRARIES).filter(([library]) => !isKnownLibrary(library)),
    ...Object.entries(HEADERS).filter(([header]) => !existsSync(header)),
  ];
}

function missingModuleTools(): Missing {
  const programs = { make: PROGRAMS.make!, ...MODULE_PROGRAMS };
  return Object.entries(programs).filter(([program]) => !isOnPath(program));
}

function packagesOf(missing: Missing): readonly string[] {
  return [...new Set(missing.map(([, name]) => name))];
}

function refuse(what: string, missing: Missing): void {
  if (missing.length === 0) return;
  const tools = missing.map(([tool]) => tool).join(', ');
  throw new UserError(
    'usage',
    what,
    `this is built from source, and ${tools} is missing here`,
    `As root: apt-get install --no-install-recommends ${packagesOf(missing).join(' ')}`,
  );
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function isKnownLibrary(library: string): boolean {
  return spawnSync('pkg-config', ['--exists', library], { stdio: 'ignore' }).status === 0;
}
