import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { buildHash } from '../../src/cli/running/build-hash.ts';
import { cellOfPayload, jobIdOf, payloadOf } from '../../src/distributed/payload.ts';
import { KEY_PREFIX, queueName } from '../../src/distributed/queue.ts';
import type { CellResult } from '../../src/run/results.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { loadSuites } from '../../src/suite/load-suite.ts';
import { planCells } from '../../src/suite/plan.ts';
import { commandLine, MAIN, temporaryFolder } from '../cli/command-line.ts';
import { tinySuite } from '../cli/tiny-suite.ts';
import { DEMANDED, freePort, HAS_REDIS, type RedisServer, startRedis } from './redis-server.ts';

const QUEUE = queueName(buildHash(join(process.cwd(), 'dist/src/')));
const folder = temporaryFolder();
afterAll(folder.remove);

/** Long enough cells to be killed in the middle of one. */
const suite = tinySuite(folder.path);
writeFileSync(
  suite,
  readFileSync(suite, 'utf8').replace(/^trips: .*$/m, 'trips: {warmUp: 2, measured: 300}'),
);
const words = [suite, '--seeds', '3'];
const CELLS = 3 * (loadSuites(suite)[0]?.strategies.length ?? 0);

let names = 0;
function newFolder(name: string): string {
  names += 1;
  return join(folder.path, `${name}-${names}`);
}

interface Program {
  readonly child: ChildProcess;
  /** Exit code and what it said on stderr. */
  readonly ended: Promise<{ code: number | null; stderr: string }>;
}

const running = new Set<ChildProcess>();
function program(args: readonly string[], environment: Record<string, string> = {}): Program {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  });
  running.add(child);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]: unknown[]) => {
    running.delete(child);
    return { code: typeof code === 'number' ? code : null, stderr };
  });
  return { child, ended };
}

let server: RedisServer | null = null;
let queue: Queue | null = null;
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await queue?.close();
  await server?.kill();
});

async function newQueue(): Promise<{ redis: RedisServer; jobs: Queue }> {
  const path = newFolder('redis');
  mkdirSync(path);
  server = await startRedis(path);
  queue = queueAt(server.url);
  return { redis: server, jobs: queue };
}

function queueAt(url: string): Queue {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  connection.on('error', () => undefined);
  const made = new Queue(QUEUE, { connection, prefix: KEY_PREFIX });
  made.on('error', () => undefined);
  return made;
}

const worker = (url: string) => program(['worker', '--redis', url, '--jobs', '1', '--lock', '2']);
function client(url: string, more: readonly string[] = []): Program & { readonly out: string } {
  const out = newFolder('run');
  const flags = ['--engine', 'bullmq', '--redis', url, '--out', out, ...more];
  return { ...program([...words, ...flags]), out };
}

/** Cells that a worker says it has computed, after a friendly end. */
async function cellsOf({ child, ended }: Program): Promise<number> {
  child.kill('SIGTERM');
  return Number(/(\d+) cells computed/.exec((await ended).stderr)?.[1]);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(5);
}

let local: string | null = null;
/** Fails unless a run has the bytes of a run on threads in every file. */
function expectLocalBytes(out: string): void {
  if (local === null) {
    local = newFolder('local');
    expect(commandLine(...words, '--out', local).code).toBe(0);
  }
  expect(readdirSync(out).sort()).toEqual(readdirSync(local).sort());
  for (const name of readdirSync(local)) {
    const bytes = readFileSync(join(out, name));
    expect(bytes.equals(readFileSync(join(local, name))), name).toBe(true);
  }
}

/** What a hostile worker says instead of a cell's result. */
const FORGERIES: readonly ((own: CellResult) => unknown)[] = [
  () => 'done',
  () => null,
  () => [],
  () => ({ schemaVersion: 1, meanNs: 1 }),
  (own) => ({ ...own, meanNs: own.meanNs / 2 }),
  (own) => ({ ...own, tripNs: [own.meanNs] }),
  (own) => ({ ...own, tripNs: [own.meanNs], roundTrips: 1, p50Ns: own.meanNs, p99Ns: own.meanNs }),
  (own) => ({ ...own, events: { ...own.events, magic: 1 } }),
  (own) => ({ ...own, seed: own.seed + 1 }),
  (own) => ({ ...own, strategy: 'ideal', cellId: 'ffffffffffffffff' }),
  (own) => ({ ...own, tripNs: own.tripNs.map(String) }),
  (own) => ({ ...own, walksPerTrip: own.walksPerTrip + 1 }),
];

let forger: Worker | null = null;
/** A worker that takes jobs as ours do, and answers with what `forge` makes of the true result. */
async function forgingWorker(
  url: string,
  forge: (own: CellResult, count: number) => unknown,
): Promise<void> {
  let count = 0;
  const answer = async (job: Job): Promise<unknown> => {
    const own = runCell(cellOfPayload(job.data, job.id ?? ''));
    count += 1;
    return forge(own, count - 1);
  };
  forger = new Worker(QUEUE, answer, {
    connection: { url, maxRetriesPerRequest: null },
    prefix: KEY_PREFIX,
    name: 'a liar',
  });
  // It loses its lock when the machine is busy, and its jobs when its lie is found.
  forger.on('error', () => undefined);
  await forger.waitUntilReady();
}

if (HAS_REDIS) describe('a run over a queue in Redis', queueTests);
else console.info('No redis-server on the PATH: the tests of the queue are left out.');

function queueTests(): void {
  test('by two workers has the bytes of a local run', async () => {
    const { redis } = await newQueue();
    const workers = [worker(redis.url), worker(redis.url)];
    const run = client(redis.url);
    expect((await run.ended).code).toBe(0);
    expectLocalBytes(run.out);
    const counts = await Promise.all(workers.map(cellsOf));
    expect(counts[0]! + counts[1]!).toBe(CELLS);
  });

  test('loses nothing when a worker is killed in the middle of a job', async () => {
    const { redis, jobs } = await newQueue();
    const run = client(redis.url);
    // A job may end just before the kill: then the next worker is killed.
    for (let held = 0; held === 0; held = await jobs.getActiveCount()) {
      const victim = worker(redis.url);
      await until(async () => (await jobs.getActiveCount()) > 0);
      victim.child.kill('SIGKILL');
      await victim.ended;
    }
    const heir = worker(redis.url);
    expect((await run.ended).code).toBe(0);
    heir.child.kill('SIGTERM');
    expect((await heir.ended).stderr).toContain('its worker is gone; it is done again.');
    expectLocalBytes(run.out);
  });

  test('goes on when Redis is killed and started again', async () => {
    const { redis, jobs } = await newQueue();
    const run = client(redis.url);
    const computing = worker(redis.url);
    await until(async () => (await jobs.getCompletedCount()) > 1);
    await redis.kill();
    await setTimeout(1000);
    await redis.restart();
    const { code, stderr } = await run.ended;
    expect(code).toBe(0);
    expect(stderr).toContain(`${redis.url} does not answer; waiting for it.`);
    expect(stderr).toContain(`${redis.url} answers again.`);
    expectLocalBytes(run.out);
    expect(await jobs.getFailedCount()).toBe(0);
    expect(await cellsOf(computing)).toBeGreaterThanOrEqual(CELLS);
  });

  test('is submitted again when Redis comes back without anything', async () => {
    const { redis, jobs } = await newQueue();
    const run = client(redis.url);
    const computing = worker(redis.url);
    await until(async () => (await jobs.getCompletedCount()) > 1);
    await jobs.obliterate({ force: true });
    expect((await run.ended).code).toBe(0);
    expectLocalBytes(run.out);
    computing.child.kill('SIGTERM');
    await computing.ended;
  });

  test('is computed once when two clients submit it', async () => {
    const { redis } = await newQueue();
    const runs = [client(redis.url), client(redis.url)];
    const workers = [worker(redis.url), worker(redis.url)];
    for (const run of runs) {
      expect((await run.ended).code).toBe(0);
      expectLocalBytes(run.out);
    }
    const counts = await Promise.all(workers.map(cellsOf));
    expect(counts[0]! + counts[1]!).toBe(CELLS);
  });

  test('takes from the queue what an earlier client has left there', async () => {
    const { redis } = await newQueue();
    const computing = worker(redis.url);
    await client(redis.url).ended;
    expect(await cellsOf(computing)).toBe(CELLS);
    const run = client(redis.url);
    expect((await run.ended).code).toBe(0);
    expectLocalBytes(run.out);
  });

  test('survives twelve poisoned jobs, foreign ones and one under the name of a cell', async () => {
    const { redis, jobs } = await newQueue();
    const [cell] = planCells(request());
    const sent = payloadOf(cell!);
    const withText = (text: string) => ({ ...sent, suite: { ...sent.suite, text } });
    const poison: readonly object[] = [
      { payloadVersion: 1, exec: '/bin/sh' },
      { ...sent, version: '9.9.9' },
      { ...sent, cellId: '0000000000000000' },
      { ...sent, seed: 1e300 },
      { ...sent, machine: '../../etc/passwd' },
      { ...sent, strategy: { id: 'x', behaviour: { exec: 'sh' } } },
      withText('['.repeat(1_000_000)),
      withText(Array.from({ length: 95_000 }, (_, key) => `k${key}: 1`).join('\n')),
      withText('} '.repeat(500_000)),
      withText('id: [\u001b[2J'),
      { suite: 'x'.repeat(5e6) },
    ];
    for (const [index, data] of poison.entries()) {
      await jobs.add('cell', data, { jobId: `cell-foreign-${index}` });
    }
    await jobs.add('cell', { suite: { text: 'x'.repeat(2e6) } }, { jobId: jobIdOf(cell!) });
    const computing = worker(redis.url);
    await until(async () => (await jobs.getFailedCount()) === poison.length + 1);
    const run = client(redis.url);
    expect((await run.ended).code).toBe(0);
    expectLocalBytes(run.out);
    computing.child.kill('SIGTERM');
    const { stderr } = await computing.ended;
    expect(stderr).toContain('job cell-foreign-0: version is not as it should be');
    expect(stderr).toContain(`${CELLS} cells computed`);
    expect(stderr).not.toContain('\u001b');
    expect(stderr).not.toContain('its worker is gone');
  });

  test('takes no forged result, whatever is wrong with it', async () => {
    const { redis, jobs } = await newQueue();
    const cells = planCells(request());
    await forgingWorker(redis.url, (own, count) => FORGERIES[count % FORGERIES.length]!(own));
    for (const cell of cells) await jobs.add('cell', payloadOf(cell), { jobId: jobIdOf(cell) });
    await until(async () => (await jobs.getCompletedCount()) === CELLS);
    await forger?.close();
    const run = client(redis.url);
    const computing = worker(redis.url);
    expect((await run.ended).code).toBe(0);
    expectLocalBytes(run.out);
    expect(await cellsOf(computing)).toBe(CELLS);
  });

  test('finds with --verify a result that is forged without a contradiction, and its worker', async () => {
    const { redis, jobs } = await newQueue();
    const lie = (own: CellResult) => ({ ...own, staleHits: { host: 0, crossVm: 0, guest: 7 } });
    await forgingWorker(redis.url, lie);
    const run = client(redis.url, ['--verify', '5']);
    const { code, stderr } = await run.ended;
    await forger?.close();
    expect(code).toBe(4);
    expect(stderr).toMatch(/worker a liar: its result of tiny on zen3-milan, .* is false/);
    expect(await jobs.getCompletedCount()).toBe(0);
    const honest = worker(redis.url);
    const again = client(redis.url, ['--verify', '5']);
    expect((await again.ended).code).toBe(0);
    expectLocalBytes(again.out);
    honest.child.kill('SIGTERM');
    await honest.ended;
  });

  test('removes damaged jobs and submits them again', async () => {
    const { redis, jobs } = await newQueue();
    const [data, options, type] = planCells(request());
    const direct = new Redis(redis.url);
    for (const cell of [data!, options!]) {
      await jobs.add('cell', payloadOf(cell), { jobId: jobIdOf(cell) });
    }
    await direct.hset(jobs.toKey(jobIdOf(data!)), 'data', '{"torn');
    await direct.hset(jobs.toKey(jobIdOf(options!)), 'opts', '{"torn');
    await direct.set(jobs.toKey(jobIdOf(type!)), 'no job');
    direct.disconnect();
    const run = client(redis.url);
    const computing = worker(redis.url);
    const { code, stderr } = await run.ended;
    expect(stderr).toContain('is damaged, its data or its options are not JSON; it is submitted');
    expect(stderr).toContain(
      'is damaged, another type of value stands at its key; it is submitted',
    );
    expect(code).toBe(0);
    expectLocalBytes(run.out);
    computing.child.kill('SIGTERM');
    await computing.ended;
  });

  test('fails in one sentence when a cell fails again, and keeps what is before it', async () => {
    const { redis, jobs } = await newQueue();
    const computing = new Worker(QUEUE, async () => Promise.reject(new Error('no disk.')), {
      connection: { url: redis.url, maxRetriesPerRequest: null },
      prefix: KEY_PREFIX,
    });
    const run = client(redis.url);
    const { code, stderr } = await run.ended;
    await computing.close();
    expect(code).toBe(4);
    expect(stderr).toContain(
      'tiny on zen3-milan, kvm-6.14, seed 1: it failed on a worker: no disk.',
    );
    expect(await jobs.getFailedCount()).toBeGreaterThan(0);
  });

  test('that is stopped is resumed from the queue', async () => {
    const { redis, jobs } = await newQueue();
    const run = client(redis.url);
    const computing = worker(redis.url);
    await until(async () => (await jobs.getCompletedCount()) > 2);
    run.child.kill('SIGKILL');
    await run.ended;
    const flags = ['--engine', 'bullmq', '--redis', redis.url, '--resume', run.out];
    expect((await program([...words, ...flags]).ended).code).toBe(0);
    expectLocalBytes(run.out);
    expect(await cellsOf(computing)).toBe(CELLS);
  });

  test('goes over TLS with a user and a password', async () => {
    const path = newFolder('tls');
    mkdirSync(path);
    const [key, certificate] = [join(path, 'key.pem'), join(path, 'certificate.pem')];
    makeCertificate(key, certificate);
    const port = await freePort();
    server = await startRedis(path, [
      ...['--tls-port', String(port), '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', certificate, '--tls-key-file', key],
      ...'--user bench on >open-sesame ~* &* +@all --user default off'.split(' '),
    ]);
    const url = `rediss://bench:open-sesame@127.0.0.1:${port}`;
    const untrusting = program(['worker', '--redis', url]);
    expect((await untrusting.ended).stderr).toContain('its certificate is signed by itself');
    const trusting = { NODE_EXTRA_CA_CERTS: certificate };
    const wrong = program(['worker', '--redis', url.replace('open', 'shut')], trusting);
    expect((await wrong.ended).stderr).toContain('it refuses this user or password');
    const out = newFolder('run');
    const flags = ['--engine', 'bullmq', '--out', out];
    const run = program([...words, ...flags], { ...trusting, ASIDBENCH_REDIS: url });
    const computing = program(['worker', '--jobs', '1'], { ...trusting, ASIDBENCH_REDIS: url });
    const { code, stderr } = await run.ended;
    expect(code).toBe(0);
    expectLocalBytes(out);
    computing.child.kill('SIGTERM');
    const said = stderr + (await computing.ended).stderr;
    expect(said).toContain(`rediss://127.0.0.1:${port}`);
    expect(said).not.toContain('sesame');
    for (const name of readdirSync(out)) {
      expect(readFileSync(join(out, name), 'latin1'), name).not.toContain('sesame');
    }
  });
}

describe('the queue', () => {
  test('is tested wherever these tests are demanded', () => {
    expect(HAS_REDIS || !DEMANDED).toBe(true);
  });

  test('that nobody serves is said in one sentence', () => {
    const out = newFolder('none');
    const ended = commandLine(
      ...words,
      '--engine',
      'bullmq',
      '--redis',
      'redis://127.0.0.1:1',
      '--out',
      out,
    );
    expect(ended.code).toBe(4);
    expect(ended.stderr).toBe(
      'asidbench: redis://127.0.0.1:1: nothing listens at this address. ' +
        'Start it with "redis-server --appendonly yes", or correct the URL.\n',
    );
  });
});

function request() {
  return {
    suites: loadSuites(suite),
    machines: null,
    strategies: null,
    seeds: 3,
    jobs: 1,
    command: '',
  };
}

/** A certificate for 127.0.0.1 that is signed by itself. */
function makeCertificate(key: string, certificate: string): void {
  const files = ['-keyout', key, '-out', certificate];
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const kind = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  const made = spawnSync('openssl', [...kind, ...names, ...files], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`openssl, which comes with redis-server: ${made.stderr}`);
}
