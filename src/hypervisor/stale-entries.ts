import type { KvmBehaviour } from './behaviour.ts';

/** False for the bound in which exactly the stale entries vanish: it flushes nothing and pays nothing. */
export function needsFlushes({ staleEntries }: KvmBehaviour): boolean {
  switch (staleEntries) {
    case 'until-flushed':
      return true;
    case 'vanish':
      return false;
    default:
      return staleEntries satisfies never;
  }
}
