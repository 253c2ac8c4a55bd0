import { harmless } from '../util/harmless.ts';

/**
 * Makes every text that this process prints harmless, whoever prints it: files, logs and queues of other
 * people are quoted in many places. Bytes pass as they are; Parquet and the line of progress are such.
 */
export function guardOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (...words: unknown[]) => boolean;
    stream.write = (chunk: unknown, ...more: unknown[]): boolean =>
      write(typeof chunk === 'string' ? harmless(chunk) : chunk, ...more);
  }
}
