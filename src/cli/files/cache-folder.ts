import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of everything that can be made again: `$XDG_CACHE_HOME/asidbench`. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'asidbench');
}
