import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = process.cwd();

/** A folder of somebody who has installed the tarball, and nothing else. */
export interface Consumer {
  readonly folder: string;
  /** Where the package lies in it. */
  readonly installed: string;
  readonly tarballBytes: number;
  /** Paths in the tarball. */
  readonly files: readonly string[];
  readonly run: (command: string, ...words: readonly string[]) => Ended;
  readonly remove: () => void;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Packs the built package and lays it out as npm does, without a registry: the tarball as a real
 * folder, each of its dependencies (not the optional ones) as a link, its program in .bin.
 */
export function installTarball(): Consumer {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'asidbench-consumer-')));
  const modules = join(folder, 'node_modules');
  const installed = join(modules, 'asidbench');
  mkdirSync(installed, { recursive: true });
  const run = runIn(folder);
  const tarball = pack(folder);
  mustEnd(run('tar', '-xzf', tarball, '--strip-components=1', '-C', installed));
  const { dependencies, bin } = JSON.parse(
    readFileSync(join(installed, 'package.json'), 'utf8'),
  ) as { dependencies: Record<string, string>; bin: Record<string, string> };
  for (const name of Object.keys(dependencies)) {
    const link = join(modules, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link);
  }
  mkdirSync(join(modules, '.bin'));
  for (const [name, path] of Object.entries(bin)) {
    chmodSync(join(installed, path), 0o755);
    symlinkSync(join('..', 'asidbench', path), join(modules, '.bin', name));
  }
  const files = mustEnd(run('tar', '-tzf', tarball))
    .stdout.trim()
    .split('\n');
  return {
    folder,
    installed,
    tarballBytes: statSync(tarball).size,
    files: files.map((path) => path.replace(/^package\//, '')),
    run,
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Packs what is built; its own build would take away the files that other tests run. */
function pack(folder: string): string {
  const words = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const name =
    mustEnd(runIn(ROOT)('npm', ...words))
      .stdout.trim()
      .split('\n')
      .pop() ?? '';
  return join(folder, name);
}

function runIn(folder: string): Consumer['run'] {
  return (command, ...words) => {
    const ended = spawnSync(command, words, { cwd: folder, encoding: 'utf8', maxBuffer: 1e8 });
    return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
  };
}

function mustEnd(ended: Ended): Ended {
  if (ended.code !== 0) throw new Error(`exit code ${ended.code}: ${ended.stderr}`);
  return ended;
}
