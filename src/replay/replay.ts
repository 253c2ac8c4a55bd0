import type { Strategy } from '../hypervisor/strategies.ts';
import { readCpuLog } from '../inputs/cpu-log.ts';
import { decompress } from '../inputs/decompress.ts';
import { readMigrationReport } from '../inputs/migration-report.ts';
import { decodeText } from '../inputs/text-lines.ts';
import { readVmcb12Log } from '../inputs/vmcb12-log.ts';
import { replayCpuLog } from './replay-cpu-log.ts';
import { replayMigrations } from './replay-migration.ts';
import type { ReplayResult } from './replay-result.ts';
import { replayVmcb12 } from './replay-vmcb12.ts';

/** First line of a vmcb12 log, and of a report of moves between pCPUs. */
const VMCB12_HEADER = '# one line per nested VMRUN';
const MIGRATION_HEADER = 'VMRUNs by tlb and vmcb';

/**
 * Replays one captured file, its kind told from its content: a CPU log, a log of the vmcb12s that
 * L1 ran, or a report of moves between pCPUs. Throws `UserError` for anything else.
 */
export function replayFile(path: string, bytes: Uint8Array, strategy: Strategy): ReplayResult {
  const text = decodeText(decompress(bytes, path), path);
  if (text.startsWith(VMCB12_HEADER)) return replayVmcb12(readVmcb12Log(text, path), strategy);
  if (text.startsWith(MIGRATION_HEADER)) {
    return replayMigrations(readMigrationReport(text, path), path, strategy);
  }
  return replayCpuLog(readCpuLog(text, path), strategy);
}
