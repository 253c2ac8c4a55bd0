import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CAPTURED_KERNEL, type Strategy } from '../../../hypervisor/strategies.ts';
import { readDataFile } from '../../../inputs/load-data.ts';
import type { ReplayResult } from '../../../replay/replay-result.ts';
import { escapeTerminal } from '../../../report/blocks/escape.ts';
import { EXIT_CODES } from '../../../util/user-error.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import { applyChange, selectStrategy } from '../../select/strategies.ts';
import type { ReplayFlags } from './flags.ts';

/** `replay FILE…`: the model against captured logs, VMRUN by VMRUN. */
export async function perform(files: readonly string[], flags: ReplayFlags): Promise<number> {
  const strategy = (flags.set ?? []).reduce(applyChange, selectStrategy(flags.strategy));
  const { replayFile } = await import('../../../replay/replay.ts');
  const results: ReplayResult[] = [];
  for (const file of (await Promise.all(files.map(filesOf))).flat()) {
    const result = replayFile(file, readDataFile(file), strategy);
    results.push(result);
    if (!flags.json) print(replayText(result));
  }
  print(flags.json ? jsonText({ files: results }) : replayVerdict(results, strategy));
  return results.every(agrees) ? EXIT_CODES.ok : EXIT_CODES.verdict;
}

/** A capture stands for its windows' logs, another folder for its files in the order of their names. */
async function filesOf(path: string): Promise<string[]> {
  if (!existsSync(path) || !statSync(path).isDirectory()) return [path];
  const [{ openCapture }, { CAPTURE_MANIFEST_FILE }] = await Promise.all([
    import('../../../inputs/capture.ts'),
    import('../../../inputs/capture-manifest.ts'),
  ]);
  if (existsSync(join(path, CAPTURE_MANIFEST_FILE))) {
    return openCapture(path).manifest.windows.map(({ log }) => join(path, log));
  }
  return readdirSync(path)
    .sort()
    .map((name) => join(path, name));
}

function agrees(result: ReplayResult): boolean {
  return result.agree === result.vmruns && result.firstDisagreement === null;
}

/**
 * One file's outcome; the transcript only where model and capture part.
 * A log without hardware VMRUNs shows whether the model's own flush exactly when they should.
 */
export function replayText(result: ReplayResult): string {
  const { flushes } = result;
  const compared = flushes.captured === null ? 'flush exactly when due' : 'as captured';
  const captured = flushes.captured === null ? '' : `, ${flushes.captured} captured`;
  const where =
    `nested entry ${flushes.nestedEntry}, nested exit ${flushes.nestedExit}, ` +
    `elsewhere ${flushes.elsewhere}; for CR4.PGE alone ${flushes.onlyForCr4Pge}`;
  const lines = [
    result.file,
    `  ${agrees(result) ? 'agrees  ' : 'DISAGREES'} ${result.agree} of ${result.vmruns} VMRUNs ${compared}` +
      `, ${count(result.fromLog, 'event')} taken from the log`,
    `  flushes   ${flushes.model} by the model${captured}`,
    `            ${where}`,
  ];
  if (result.firstDisagreement !== null) {
    lines.push('  first disagreement:', indent(result.firstDisagreement));
  }
  return `${lines.join('\n')}\n`;
}

function replayVerdict(results: readonly ReplayResult[], strategy: Strategy): string {
  const vmruns = results.reduce((sum, result) => sum + result.vmruns, 0);
  const agree = results.reduce((sum, result) => sum + result.agree, 0);
  const good = results.filter(agrees).length;
  return (
    `\n${strategy.id} agrees with ${good} of ${results.length} files, ` +
    `${agree} of ${vmruns} VMRUNs.\n${differenceHint(results, strategy)}`
  );
}

/** A capture is of one kernel: against another strategy it shows differences and not errors. */
function differenceHint(results: readonly ReplayResult[], strategy: Strategy): string {
  const isCaptured = results.some((result) => result.flushes.captured !== null);
  if (strategy.id === CAPTURED_KERNEL || !isCaptured || results.every(agrees)) return '';
  return (
    `A log of hardware VMRUNs is of one kernel, most of those in data/ of ${CAPTURED_KERNEL}:\n` +
    `where ${strategy.id} parts from it the two differ, which is no error.\n`
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${escapeTerminal(line)}`)
    .join('\n');
}
