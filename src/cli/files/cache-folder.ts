import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this user keeps what can be made anew. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'asidbench');
}
