import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../util/user-error.ts';
import { keyOf, madeOnce, withLock } from './once.ts';
import type { Rig } from './rig.ts';
import { runCommand } from './run-command.ts';

/** A file of Debian 12, fetched by apt-get and known by its hash. */
interface DebianFile {
  /** As apt-get names what it has fetched. */
  readonly file: string;
  readonly sha256: string;
}

interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly files: readonly DebianFile[];
  /** Paths in it that are unpacked; patterns of tar. */
  readonly takes: readonly string[];
}

/** The kernel that every level runs unless told otherwise. */
export const KERNEL_RELEASE = '6.12.117+deb12-amd64';
const KERNEL_VERSION = '6.12.117-1~deb12u1';
/** QEMU's, without the epoch. */
export const QEMU_VERSION = '7.2+dfsg-7+deb12u18';

/** QEMU's source, as Debian builds it: the tarball and Debian's patches. */
export const QEMU_SOURCE: DebianPackage = {
  name: 'qemu',
  version: `1:${QEMU_VERSION}`,
  takes: [],
  files: [
    {
      file: 'qemu_7.2+dfsg.orig.tar.xz',
      sha256: '91aca71520040edc40b8d437aa3004dae614f58e286cf653ee8996c07af2962f',
    },
    {
      file: `qemu_${QEMU_VERSION}.debian.tar.xz`,
      sha256: '28a1c86310ee53b6bf1854cffe6f6be6ed29a08db7d05759f8ac57b8d6a6cb2f',
    },
  ],
};

/** What an emulated PC needs beside the emulator. */
export const FIRMWARE: readonly DebianPackage[] = [
  binary(
    'seabios',
    '1.16.2-1',
    'all',
    '08e5b3f761379f17a6051731cafa03e97686049e2cc1b8bdccc5a910646e2d8e',
    './usr/share/seabios/bios-256k.bin',
  ),
  binary(
    'qemu-system-data',
    `1:${QEMU_VERSION}`,
    'all',
    '8d7647370573fe9871949acf60d0c000546c2c089008a70accb3d015781e6bf1',
    './usr/share/qemu/*.bin',
  ),
];

export const BUSYBOX = binary(
  'busybox-static',
  '1:1.35.0-4+deb12u1+b1',
  'amd64',
  '3d3fdbe91d4660c873e14b092c213fe81c1da6362daa236eb25d0171eb108744',
  './bin/busybox',
);

export const KERNEL_IMAGE = binary(
  `linux-image-${KERNEL_RELEASE}`,
  KERNEL_VERSION,
  'amd64',
  '803d36a7cda13355ae8152122470288b2636f19f1cb58162dd9d8b408af9b1b4',
  './boot/vmlinuz-*',
  '*/kvm.ko.xz',
  '*/kvm-amd.ko.xz',
  '*/ccp.ko.xz',
  '*/irqbypass.ko.xz',
);

/** What modules of this kernel are built with. */
export const KERNEL_HEADERS: readonly DebianPackage[] = [
  binary(
    `linux-headers-${KERNEL_RELEASE}`,
    KERNEL_VERSION,
    'amd64',
    '8ee4c67f8399bc6f9aa1c5256d9d1b1b7eace76c7acca519e63f1b7df5fc4bd0',
    './usr',
  ),
  binary(
    'linux-headers-6.12.117+deb12-common',
    KERNEL_VERSION,
    'all',
    '0c70107dda266a9d26dc119d80a71589202b17fbf4d4ddf544681c89e2002742',
    './usr',
  ),
  binary(
    'linux-kbuild-6.12.117+deb12',
    KERNEL_VERSION,
    'amd64',
    '69761d1daf39e43485d278cc7066f77c15edc3b881d6e47afd61cf0da0985677',
    './usr',
  ),
];

export const KERNEL_SOURCE = binary(
  'linux-source-6.12',
  KERNEL_VERSION,
  'all',
  'e849faf31ca3555757f3a8877cb01af92122f744f75d1f3102734651c4e14703',
  './usr/src',
);

function binary(
  name: string,
  version: string,
  architecture: 'all' | 'amd64',
  sha256: string,
  ...takes: readonly string[]
): DebianPackage {
  const file = `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`;
  return { name, version, files: [{ file, sha256 }], takes };
}

const ARCHIVES: readonly (readonly [url: string, suite: string])[] = [
  ['http://deb.debian.org/debian', 'bookworm'],
  ['http://deb.debian.org/debian-security', 'bookworm-security'],
];
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Fetches a package's files into the cache and returns their paths. apt-get is given a
 * configuration, lists and a cache of its own there, so nothing of the system changes and nobody
 * need be root. Throws `UserError` where a file can't be had or is not the one that is pinned.
 */
export async function fetchPackage(rig: Rig, wanted: DebianPackage): Promise<readonly string[]> {
  const folder = join(rig.cache, 'debian', 'packages');
  const paths = wanted.files.map(({ file }) => join(folder, file));
  if (paths.every((path) => existsSync(path))) return paths;
  return withLock(rig, join(rig.cache, 'debian'), async () => {
    if (paths.every((path) => existsSync(path))) return paths;
    rig.tell({ what: `fetching ${wanted.name} ${wanted.version} from Debian` });
    const incoming = join(rig.cache, 'debian', 'incoming');
    mkdirSync(folder, { recursive: true });
    mkdirSync(incoming, { recursive: true });
    const aptGet = privateAptGet(rig);
    const log = join(rig.cache, 'debian', 'apt-get.log');
    const isSource = wanted === QEMU_SOURCE;
    const words = isSource ? ['source', '--download-only'] : ['download'];
    await runCommand("Debian's lists", [...aptGet, 'update'], { log });
    await runCommand(
      `${wanted.name} ${wanted.version}`,
      [...aptGet, ...words, `${wanted.name}=${wanted.version}`],
      { log, folder: incoming },
    );
    for (const { file, sha256 } of wanted.files) {
      await checkHash(join(incoming, file), sha256);
      renameSync(join(incoming, file), join(folder, file));
    }
    return paths;
  });
}

function privateAptGet(rig: Rig): [string, ...string[]] {
  const folder = join(rig.cache, 'debian');
  for (const needed of ['lists/partial', 'archives/partial']) {
    mkdirSync(join(folder, needed), { recursive: true });
  }
  const sources = join(folder, 'sources.list');
  const lines = ARCHIVES.flatMap(([url, suite]) =>
    ['deb', 'deb-src'].map((kind) => `${kind} [signed-by=${KEYRING}] ${url} ${suite} main\n`),
  );
  writeFileSync(sources, lines.join(''));
  const settings = {
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': folder,
    'APT::Sandbox::User': '',
  };
  return [
    'apt-get',
    ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
  ];
}

async function checkHash(path: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  if (hash.digest('hex') === expected) return;
  throw new UserError(
    'input',
    path,
    'its SHA-256 hash is not the one that is pinned',
    'Delete it and try again; if it stays so, the archive serves another file under this name',
  );
}

/** Unpacks what is taken of packages into a folder of the cache, and returns it. Installs nothing. */
export async function unpackPackages(
  rig: Rig,
  name: string,
  packages: readonly DebianPackage[],
): Promise<string> {
  const folder = join(rig.cache, `${name}-${keyOf(packages)}`);
  if (existsSync(folder)) return folder;
  const archives: (readonly [path: string, takes: readonly string[]])[] = [];
  for (const wanted of packages) {
    for (const path of await fetchPackage(rig, wanted)) archives.push([path, wanted.takes]);
  }
  return madeOnce(rig, folder, async (unfinished) => {
    rig.tell({ what: `unpacking ${packages.map((one) => one.name).join(', ')}` });
    const log = join(rig.cache, 'debian', 'unpack.log');
    const unpack =
      'set -o pipefail; package=$1 folder=$2; shift 2; ' +
      'dpkg-deb --fsys-tarfile "$package" | tar -x -C "$folder" --wildcards "$@"';
    for (const [path, takes] of archives) {
      const words = ['bash', '-c', unpack, 'unpack', path, unfinished, ...takes] as const;
      await runCommand(path, [...words], { log });
    }
  });
}
