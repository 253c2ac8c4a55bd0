import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { prngFor } from '../../src/util/prng.ts';
import { amount } from '../amount.ts';
import { MAIN, program, temporaryFolder } from './command-line.ts';

/**
 * Files that never end, that nobody writes, or that unpack to far more than they are. Each ends with a
 * sentence, with bounded processor time and memory, and leaves no process behind.
 */
const folder = temporaryFolder();
afterAll(folder.remove);

const LIMIT_CPU_SECONDS = 10;
/** Of address space beyond what Node itself reserves nothing can be said; this is what data takes. */
const LIMIT_DATA_KIBIBYTES = 1_500_000;

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder.path, name);
  writeFileSync(path, bytes);
  return path;
}

function packed(program: 'xz' | 'zstd', bytes: Uint8Array): Buffer {
  const made = spawnSync(program, ['-c'], { input: bytes, maxBuffer: 1e9 });
  if (made.status !== 0) throw new Error(`${program} is needed by this test: ${made.stderr}`);
  return made.stdout;
}

interface Bounded {
  readonly code: number | null;
  readonly stderr: string;
}

/** Ends by itself, or fails the test: by its limit of processor time, or by the limit of the test. */
function bounded(words: readonly string[], input: Uint8Array | null = null): Promise<Bounded> {
  const limits = `ulimit -t ${LIMIT_CPU_SECONDS}; ulimit -d ${LIMIT_DATA_KIBIBYTES}`;
  const child = spawn(
    'bash',
    ['-c', `${limits}; exec "$0" "$@"`, process.execPath, MAIN, ...words],
    {
      stdio: [input === null ? 'ignore' : 'pipe', 'ignore', 'pipe'],
    },
  );
  let stderr = '';
  child.stderr?.on('data', (piece: Buffer) => {
    stderr += piece.toString();
  });
  const ended = once(child, 'close').then(([code]: unknown[]) => ({
    code: typeof code === 'number' ? code : null,
    stderr,
  }));
  // What stays open longer than the program must not keep it.
  child.stdin?.on('error', () => undefined);
  child.stdin?.write(input);
  return ended;
}

/**
 * What has to be refused before it is read to its end: by a process with limits in `npm run test:all`. In the tests'
 * own process, which has none, a fault shows as another sentence or as a test that does not end.
 */
function refused(words: readonly string[]): Promise<Bounded> {
  return amount({ quick: () => program(...words), all: () => bounded(words) })();
}

const UNKNOWN = file('unknown.xz', packed('xz', new Uint8Array(300_000)));
const UNKNOWN_ZSTD = file('unknown.zst', packed('zstd', new Uint8Array(300_000)));

describe('what is in no known format', () => {
  test.each([
    ['import', UNKNOWN],
    ['answer', UNKNOWN],
    ['fit', UNKNOWN, '--cpuid-before', '100000'],
    ['import', UNKNOWN_ZSTD],
  ])('ends %s, compressed by another program', async (...words) => {
    const { code, stderr } = await refused(words);
    expect(stderr).toMatch(/^asidbench: .*unknown\.(xz|zst).*no known format.*\n$/);
    expect(code).toBe(4);
  });

  const prng = prngFor(1, 'noise');
  test('ends an import from a pipe that stays open', async () => {
    const noise = Buffer.from(Array.from({ length: 400_000 }, () => prng.nextInt(256)));
    const { code, stderr } = await bounded(['import', '-'], packed('xz', noise));
    expect(stderr).toContain('no known format');
    expect(code).toBe(4);
  });
});

function header(sections: readonly [number, number, number]): string {
  return `${JSON.stringify({
    ...{ format: 'PTR1', name: 'bomb', source: 'x', pageSize: 4096, pages: 1 },
    ...{ records: sections[1], instructions: 1, sections },
  })}\n`;
}

/** `head`, then zeros up to a size that no such file has. */
function bomb(head: string, bytes: number): Buffer {
  return Buffer.concat([Buffer.from(head), Buffer.alloc(bytes)]);
}

const HUGE = 202_000_000;

describe('a bomb', () => {
  test.each<[string, () => string[], RegExp]>([
    [
      'of a page trace, in brotli',
      () => [
        'import',
        file('a.ptr.br', brotliCompressSync(bomb(header([1, HUGE, HUGE]), 1_000_000))),
      ],
      /a\.ptr\.br: the page trace is larger than 192 MiB/,
    ],
    [
      'of a page trace that says it is small',
      () => ['import', file('b.ptr.br', brotliCompressSync(bomb(header([1, 9, 9]), 1_000_000)))],
      /goes on after the \d+ bytes that line 1 announces/,
    ],
    [
      'of a log to replay, in gzip',
      () => ['replay', file('c.hw.gz', gzipSync(bomb('', HUGE), { level: 1 }))],
      /c\.hw\.gz: the content is larger than/,
    ],
  ])('%s', async (_what, words, sentence) => {
    const { code, stderr } = await bounded(words());
    expect(stderr).toMatch(sentence);
    expect(code).toBe(4);
  });
});

const ENDLESS = join(folder.path, 'endless');
symlinkSync('/dev/zero', ENDLESS);
const PIPE = join(folder.path, 'pipe');
spawnSync('mkfifo', [PIPE]);
const RUN = join(folder.path, 'run');
mkdirSync(RUN);
symlinkSync('/dev/zero', join(RUN, 'manifest.json'));
symlinkSync('/dev/zero', join(RUN, 'plan.json'));
const SUITE = join(folder.path, 'endless.yaml');
symlinkSync('/dev/zero', SUITE);

describe('a file without an end', () => {
  test.each([
    ['import', ENDLESS],
    ['fit', ENDLESS, '--cpuid-before', '100000'],
    ['replay', ENDLESS],
    ['check', '--replay', ENDLESS],
    ['run', SUITE],
    ['run', '--resume', RUN],
    ['run', 'cpuid-npt-npt', '--machine', join(folder.path, 'endless.json')],
    ['report', RUN],
    ['compare', RUN, RUN],
    ['probe', '--from', ENDLESS],
  ])('is refused by %s %s', async (...words) => {
    symlinkOnce(join(folder.path, 'endless.json'));
    const { code, stderr } = await refused(words);
    expect(stderr).toMatch(/it is a device\. Name a file or a pipe, or - for standard input\.\n$/);
    expect(code).toBe(4);
  });

  test('that is regular and of the wrong kind is read up to the limit of its kind', async () => {
    const large = file('large.yaml', Buffer.alloc(2_000_000, '#'));
    const { stderr } = await refused(['run', large]);
    expect(stderr).toMatch(/large\.yaml: it is larger than 1 MiB/);
  });
});

describe('a pipe', () => {
  test('without a writer is given up', async () => {
    const [imported, replayed] = await Promise.all([
      bounded(['import', PIPE]),
      bounded(['replay', PIPE]),
    ]);
    for (const { code, stderr } of [imported, replayed]) {
      expect(stderr).toMatch(/pipe: nobody writes to this pipe \(after 5 s\)/);
      expect(code).toBe(4);
    }
  });

  test('is read to its end, whoever comes first', async () => {
    const path = join(folder.path, 'late');
    spawnSync('mkfifo', [path]);
    const reading = bounded(['replay', path]);
    const log = 'data/nested-vmcb12/vmcb12/l1smp.vmcb12.gz';
    spawn('bash', ['-c', 'zcat "$0" > "$1"', log, path]);
    const { code, stderr } = await reading;
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });
});

function symlinkOnce(path: string): void {
  try {
    symlinkSync('/dev/zero', path);
  } catch {
    // Made for the case before.
  }
}
