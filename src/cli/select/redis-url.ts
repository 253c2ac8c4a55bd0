import { UserError } from '../../util/user-error.ts';

const REDIS_VARIABLE = 'ASIDBENCH_REDIS';

/** The URL of `--redis`, or of the environment: a password on a command line is seen by everybody. */
export function requiredRedisUrl(flag: string | undefined): string {
  const url = flag ?? process.env[REDIS_VARIABLE];
  if (url !== undefined && url !== '') return url;
  const cause = 'the address of the queue is missing';
  const cure = `Write --redis redis://host:6379, or set ${REDIS_VARIABLE}`;
  throw new UserError('usage', '--redis', cause, cure);
}
