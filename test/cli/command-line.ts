import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The built program, as users run it; `npm test` builds it first. */
export const MAIN = join(process.cwd(), 'dist/src/cli/main.js');

const PROGRAM = join(process.cwd(), 'dist/src/cli/program.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The built program in this process, which takes a tenth of the time: for everything but signals, pipes,
 * standard input and what a terminal sees.
 */
export async function program(...words: readonly string[]): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  const built = (await import(
    pathToFileURL(PROGRAM).href
  )) as typeof import('../../src/cli/program.ts');
  const decoder = new TextDecoder();
  const code = await built.program(words, {
    out: (chunk) => {
      stdout += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    },
    err: (text) => {
      stderr += text;
    },
  });
  return { code, stdout, stderr };
}

/** Runs the program as a process of its own to its end. */
export function commandLine(...words: readonly string[]): Ended {
  if (!existsSync(MAIN)) throw new Error('build first: npm run build');
  const ended = spawnSync(process.execPath, [MAIN, ...words], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}

/** Makes an empty folder and returns its path with a function that removes it. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'asidbench-cli-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Lines of a text that look like a line of a stack trace. */
export function stackLines(text: string): string[] {
  return text.split('\n').filter((line) => /^\s+at .*[:(]/.test(line));
}
