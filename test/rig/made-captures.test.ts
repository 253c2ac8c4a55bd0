import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MADE_CAPTURES } from '../../scripts/made-captures.ts';
import { openCapture } from '../../src/inputs/capture.ts';
import { dataPath } from '../../src/inputs/load-data.ts';
import { WORKLOADS } from '../../src/rig/workloads.ts';

const FOLDERS = readdirSync(dataPath('captures')).filter((name) => !name.endsWith('.md'));
const INDEX = readFileSync(dataPath('captures', 'INDEX.md'), 'utf8');
const MADE = Object.entries(MADE_CAPTURES);

/** The value of a flag, written either way. */
function flagValue(flags: readonly string[], flag: string): string | undefined {
  const joined = flags.find((word) => word.startsWith(`${flag}=`));
  return joined?.slice(flag.length + 1) ?? flags[flags.indexOf(flag) + 1];
}

describe('the index of data/captures', () => {
  test.each(FOLDERS)('has a row for %s', (name) => {
    expect(INDEX).toContain(`\n| \`${name}\` |`);
  });

  test('names all folders that a command makes anew', () => {
    const sentence = /`npm run make -- captures` makes (.*) anew\./.exec(INDEX)?.[1] ?? '';
    const named = [...sentence.matchAll(/`([\w-]+)`/g)].map(([, name]) => name);
    expect(named).toEqual(MADE.map(([name]) => name));
  });
});

describe('the table of make-captures', () => {
  test.each(MADE)('%s is a folder that ships, of the machine that the table says', (name, made) => {
    const { manifest } = openCapture(dataPath('captures', name));
    const pCpus = made.flags.includes('--pcpus') ? Number(flagValue(made.flags, '--pcpus')) : 1;
    expect(manifest.pCpus).toBe(pCpus);
    const wanted = flagValue(made.flags, '--workloads')?.split(',') ?? [];
    const known = WORKLOADS.map((workload) => workload.name);
    expect(wanted.filter((workload) => !known.includes(workload))).toEqual([]);
    const shipped = new Set(manifest.windows.map(({ workload }) => workload));
    expect([...shipped].filter((workload) => !wanted.includes(workload))).toEqual([]);
  });
});
