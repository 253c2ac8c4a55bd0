import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';

/** Set where these tests are demanded, so that a missing server is a failure. */
export const DEMANDED = process.env.ASIDBENCH_REQUIRE_REDIS === '1';
export const HAS_REDIS = spawnSync('redis-server', ['--version']).status === 0;

export interface RedisServer {
  readonly url: string;
  /** SIGKILL. What was acknowledged is in the append-only file. */
  readonly kill: () => Promise<void>;
  /** Starts it again where it was, with what it had. */
  readonly restart: () => Promise<void>;
}

/** A redis-server on loopback with an append-only file in `folder`. `flags` are added to its own. */
export async function startRedis(
  folder: string,
  flags: readonly string[] = [],
): Promise<RedisServer> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  let server: ChildProcess;
  const start = async (): Promise<void> => {
    server = spawn('redis-server', [...words, '--appendonly', 'yes', ...flags], {
      stdio: 'ignore',
    });
    if (flags.length === 0) await answering(url);
  };
  await start();
  return {
    url,
    kill: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.kill('SIGKILL');
      await once(server, 'exit');
    },
    restart: start,
  };
}

/** Waits until the server has read its file and answers. */
async function answering(url: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  redis.on('error', () => undefined);
  await redis.ping();
  redis.disconnect();
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
