import { rmSync } from 'node:fs';
import { importFiles } from '../../src/cli/host-files/import-files.ts';
import { readDataBytes } from '../../src/inputs/load-data.ts';
import { readPageTrace } from '../../src/inputs/page-trace.ts';
import { UserError } from '../../src/util/user-error.ts';
import { peakResidentBytes } from '../peak-memory.ts';

/** What became of a file, with the processor time of this process and the most memory it ever had. */
export interface ChildAnswer {
  readonly outcomes: readonly string[];
  readonly cpuMilliseconds: number;
  readonly peakBytes: number;
}

/** Whole sentences are one line; anything but a user's error is a finding. */
async function outcomeOf(read: () => unknown): Promise<string> {
  try {
    await read();
    return 'read';
  } catch (error) {
    if (!(error instanceof UserError)) {
      return `FOUND ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    }
    return /^[^\n]{10,1500}$/.test(error.message)
      ? `refused: ${error.message}`
      : `FOUND no sentence: ${JSON.stringify(error.message)}`;
  }
}

async function answer(path: string): Promise<ChildAnswer> {
  const before = process.cpuUsage();
  const trace = `${path}.ptr.br`;
  const outcomes = [
    await outcomeOf(() => importFiles([path], { seconds: 10, tscGhz: 2 }, () => trace)),
    await outcomeOf(() => readPageTrace(readDataBytes(path), path)),
  ];
  rmSync(trace, { force: true });
  const { user, system } = process.cpuUsage(before);
  return { outcomes, cpuMilliseconds: (user + system) / 1000, peakBytes: peakResidentBytes() };
}

process.on('message', (path) => {
  void answer(String(path)).then((found) => process.send?.(found));
});
