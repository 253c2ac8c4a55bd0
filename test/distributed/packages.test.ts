import { describe, expect, test } from 'vitest';
import { shownAddress } from '../../src/distributed/connection.ts';
import { loadPackages, type QueuePackages } from '../../src/distributed/packages.ts';

describe('the optional packages of the queue', () => {
  test('that are absent are said in one sentence', async () => {
    const absent = async (): Promise<QueuePackages> => {
      throw Object.assign(new Error("Cannot find package 'bullmq'"), {
        code: 'ERR_MODULE_NOT_FOUND',
      });
    };
    await expect(loadPackages(absent)).rejects.toMatchObject({
      kind: 'usage',
      message:
        '--redis: the packages bullmq and ioredis, which are optional, are not installed. ' +
        'Install them with "npm ci --include=optional".',
    });
  });

  test('that are there and broken are not said to be absent', async () => {
    const broken = async (): Promise<QueuePackages> => {
      throw new SyntaxError('Unexpected token');
    };
    await expect(loadPackages(broken)).rejects.toThrow('Unexpected token');
  });

  test('are there', async () => {
    expect(Object.keys(await loadPackages()).sort()).toEqual([
      'Queue',
      'Redis',
      'UnrecoverableError',
      'Worker',
    ]);
  });
});

describe('the address of Redis', () => {
  test('is shown without user and password', () => {
    expect(shownAddress('rediss://me:secret@host:6380/2')).toBe('rediss://host:6380/2');
    expect(shownAddress('redis://:secret@[::1]:6379')).toBe('redis://[::1]:6379');
  });

  test.each(['host:6379', 'http://host', 'redis://', 'secret', ''])('is not "%s"', (url) => {
    expect(() => shownAddress(url)).toThrow('--redis: ');
    // A mistyped URL may hold a password.
    expect(() => shownAddress(url)).not.toThrow('secret');
  });
});
