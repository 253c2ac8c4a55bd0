import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importFile } from '../../src/importers/import-file.ts';
import type { Imported } from '../../src/importers/importer.ts';
import { UserError } from '../../src/util/user-error.ts';
import { TOOL_RECORDINGS, type ToolRecording } from './tool-recordings.ts';

/**
 * `npm run make -- samples`: records a small file of each format with the tool itself, where it is
 * installed and the kernel lets it, and imports it. A new version of a tool with another layout shows
 * here first. Exit code 1 if a file is not read as it should be.
 */
const FOLDER = mkdtempSync(join(tmpdir(), 'asidbench-samples-'));
const TIMEOUT_MILLISECONDS = 120_000;
const SHOWN = 160;

interface Outcome {
  readonly isWrong: boolean;
  readonly text: string;
}

/** Runs a command of bash with the name of the file that it is to write in $FILE. */
function bash(command: string, file: string): { readonly ok: boolean; readonly output: string } {
  const environment = { ...process.env, LC_ALL: 'C', FILE: file, FOLDER };
  const ran = spawnSync('bash', ['-c', command], {
    env: environment,
    encoding: 'utf8',
    timeout: TIMEOUT_MILLISECONDS,
  });
  return { ok: ran.status === 0, output: `${ran.stdout}${ran.stderr}`.trim() };
}

async function tried({ tool, debian, record, expected }: ToolRecording): Promise<Outcome> {
  if (!bash(`command -v ${tool}`, '').ok) {
    return {
      isWrong: false,
      text: `not had: ${tool} is not installed (apt-get install ${debian})`,
    };
  }
  const file = join(FOLDER, 'sample');
  rmSync(file, { force: true });
  const { ok, output } = bash(record, file);
  if (!ok || !existsSync(file) || statSync(file).size === 0) {
    const said = output.split('\n').at(-1) ?? '';
    return { isWrong: false, text: `not had: ${said === '' ? 'nothing was recorded' : said}` };
  }
  const text = await outcomeOf(readFileSync(file));
  const isWrong = !expected.test(text);
  return { isWrong, text: isWrong ? `WRONG, not ${expected.source}: ${text}` : text };
}

async function outcomeOf(bytes: Uint8Array): Promise<string> {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  const context = { name: 'sample', tscGhz: null, pageSwitches: { record: () => {} } };
  try {
    return described(await importFile(source(), context, () => null));
  } catch (error) {
    if (error instanceof UserError) return `refused: ${error.message}`;
    throw error;
  }
}

function described(imported: Imported): string {
  const { format, report } = imported;
  const passed = report.unknown.filter(({ text }) => text.includes('passed over'));
  return [
    `read as ${format}`,
    ...[...report.understood.slice(0, 1), ...passed].map(({ text }) => text),
  ].join('; ');
}

function versionOf(tool: string): string {
  const { output } = bash(`${tool} --version 2>&1 || ${tool} version`, '');
  return /\d+(?:\.\d+)+/.exec(output)?.[0] ?? '';
}

let wrong = 0;
for (const recording of TOOL_RECORDINGS) {
  const { isWrong, text } = await tried(recording);
  if (isWrong) wrong += 1;
  const version = text.startsWith('not had') ? '' : ` ${versionOf(recording.tool)}`;
  const line = `${recording.what}${version}: ${text.slice(0, SHOWN)}`;
  process.stdout.write(`${line.replace(/[^ -~]/g, ' ')}\n`);
}
rmSync(FOLDER, { recursive: true, force: true });
process.stdout.write(`${TOOL_RECORDINGS.length} recordings, ${wrong} read wrongly\n`);
process.exitCode = wrong === 0 ? 0 : 1;
