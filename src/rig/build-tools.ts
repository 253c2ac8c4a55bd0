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

/** Throws `UserError` ('usage') with the command that brings whatever is missing. */
export function checkBuildTools(): void {
  const missing = [
    ...Object.entries(PROGRAMS).filter(([program]) => !isOnPath(program)),
    ...Object.entries(LIBRARIES).filter(([library]) => !isKnownLibrary(library)),
    ...Object.entries(HEADERS).filter(([header]) => !existsSync(header)),
  ];
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))];
  throw new UserError(
    'usage',
    'the emulator',
    `it is built from source, and ${missing.map(([what]) => what).join(', ')} is missing here`,
    `As root: apt-get install --no-install-recommends ${packages.join(' ')}`,
  );
}

export function isOnPath(program: string): boolean {
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
