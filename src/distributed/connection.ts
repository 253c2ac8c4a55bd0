import type { Redis } from 'ioredis';
import { UserError } from '../util/user-error.ts';
import type { QueuePackages } from './packages.ts';

/** How long the first answer of Redis may take. */
const FIRST_ANSWER_MILLISECONDS = 5000;
/** A lost connection is tried again after a tenth of a second at first, and every 2 s in the end. */
const RETRY_STEP_MILLISECONDS = 100;
const RETRY_MAX_MILLISECONDS = 2000;

export interface Connection {
  readonly redis: Redis;
  /** The address without its password, for messages. */
  readonly shown: string;
}

/** `redis://host:6379` with user and password left out. Throws UserError('usage') for no such URL. */
export function shownAddress(url: string): string {
  const cure = 'Write redis://host:6379, or rediss://user:password@host:6380 with TLS';
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new UserError('usage', '--redis', 'this is no URL', cure);
  }
  if (!/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '') {
    throw new UserError('usage', '--redis', 'the URL is not one of a Redis server', cure);
  }
  const database = /^\/\d+$/.test(parsed.pathname) ? parsed.pathname : '';
  return `${parsed.protocol}//${parsed.host}${database}`;
}

/**
 * Connects to Redis, with TLS for rediss:// and with the user and password of the URL. A connection
 * that is lost later is made again by itself, and commands wait for it; `onNotice` is told when
 * it goes and when it is back. Throws UserError('input') if the first try fails.
 */
export async function connect(
  packages: QueuePackages,
  url: string,
  onNotice: (sentence: string) => void,
): Promise<Connection> {
  const shown = shownAddress(url);
  await tryOnce(packages, url, shown);
  const redis = new packages.Redis(url, {
    // BullMQ asks for it: a command waits for Redis to come back, however long that takes.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * RETRY_STEP_MILLISECONDS, RETRY_MAX_MILLISECONDS),
  });
  let isLost = false;
  // Without a listener an error of the connection would end the process.
  redis.on('error', () => undefined);
  redis.on('close', () => {
    if (!isLost && redis.status !== 'end') onNotice(`${shown} does not answer; waiting for it.`);
    isLost = true;
  });
  redis.on('ready', () => {
    if (isLost) onNotice(`${shown} answers again.`);
    isLost = false;
  });
  return { redis, shown };
}

async function tryOnce({ Redis }: QueuePackages, url: string, shown: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: FIRST_ANSWER_MILLISECONDS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let lastError: Error | null = null;
  redis.on('error', (error: Error) => {
    lastError = error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    const cause = lastError ?? error;
    throw new UserError('input', shown, causeInWords(cause), cureFor(cause));
  } finally {
    redis.disconnect();
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error ? String(error.code) : '';
}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at this address',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name of the host can not be looked up now',
  ETIMEDOUT: 'there was no answer in time',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an authority that is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an authority that is not known',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

function causeInWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/NOAUTH/.test(text)) return 'it wants a password';
  if (/WRONGPASS|invalid password/.test(text)) return 'it refuses this user or password';
  return CAUSES[codeOf(error)] ?? `it can not be used: ${text.split('\n')[0]}`;
}

function cureFor(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/NOAUTH|WRONGPASS|invalid password/.test(text)) {
    return 'Give user and password in the URL: redis://user:password@host:6379';
  }
  if (/CERT|TLS|SIGNATURE/.test(codeOf(error))) {
    return 'Name the file of your authority in NODE_EXTRA_CA_CERTS';
  }
  return 'Start it with "redis-server --appendonly yes", or correct the URL';
}
