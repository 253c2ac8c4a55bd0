import { COMMANDS } from '../../src/cli/commands.ts';

/** Lines that no test performs, by how they begin, and why; each is read by the command's own parser all the same. */
export const NOT_PERFORMED: Readonly<Record<string, string>> = {
  capture: 'it runs an emulator for minutes; .ci/run does',
  sanitize: 'it runs an emulator for minutes; .ci/run does',
  'compare data/captures/stock captures/mine': 'the capture before it is not made here',
  record: 'it runs Valgrind; test/cli/record.test.ts does with a stand-in',
  'run sqlite3.yaml':
    'the recording before it is not made here; job.yaml below it is imported and run',
  probe: 'it measures this host for a minute; test/probe does with small settings',
  'run cpuid-npt-npt --machine my-host/machine.json': 'the probe before it is not made here',
  worker: 'it waits for a queue in Redis; test/distributed does',
  'run headline --engine bullmq': 'it needs a queue in Redis; test/distributed does',
  'run --capture data/captures/stock':
    'it runs for minutes; test/cli/captures.test.ts runs one window',
  'compare data/captures/stock data/captures/rfc':
    'it runs for minutes; test/cli/captures.test.ts compares one window',
  'compare RUN': 'RUN stands for a folder',
  'import host.trace.gz job.lk': 'it is part of a sentence about import job.lk, which is performed',
  ID: 'ID stands for a name',
  'explain strategy ID': 'ID stands for a name',
  'sensitivity SUITE': 'SUITE stands for a name',
  'check --series': 'it takes two minutes on two idle cores; test/series runs one suite of it',
};

/** Lines of npm and npx that are not the program, by how they begin, and why none is performed. */
export const NOT_THE_PROGRAM: Readonly<Record<string, string>> = {
  'npm ci': 'it needs a registry; .ci/run does it in a clean clone',
  'npm test': 'it is what runs this test',
  'npm run test:all': 'it is what runs this test',
  'npm run dev': 'it waits for changes',
  'npm run make': 'it writes parts of the project; test/docs.test.ts holds the names',
  'npm run -s make': 'it measures for minutes; test/docs.test.ts holds the names',
  'npx biome': 'PATHS stands for names; npm test runs it',
};

/**
 * Lines that take more than two seconds on an idle core, or need the result of one that does: they are performed by
 * `npm run test:all`, and so is whatever runs suites.
 */
const LONG: readonly string[] = [
  'report reports/mine',
  'report reports/cpuid-npt-npt-zen3-milan',
  'compare reports/cpuid-npt-npt-zen3-milan',
  'compare reports/example --before kvm-6.14 --after ideal --html',
  'answer --machine zen4-genoa --exits',
  'answer before.txt',
  'answer data/',
  'sensitivity kv-redis-l2',
  'check --without 17',
  'check --set invlpga=as-invlpg --quick',
  'check --set vmcb12AsidChange=flush --set onPcpuChange=nothing',
  'check --set onPcpuChange=nothing',
  'check --strategy rfc-2025-03 --without 18 --quick',
  'validate',
  'replay data/nested-kvm/hw',
  'replay data/nested-vmcb12/vmcb12',
  'replay data/captures/rfc',
  'fit',
];

/** The entry of `starts` with which a line begins: whole words, or a path up to a slash. */
export function startOf(line: string, starts: readonly string[]): string | undefined {
  return starts.find(
    (start) => line === start || line.startsWith(start.endsWith('/') ? start : `${start} `),
  );
}

const isCommand = (word: string | undefined) => COMMANDS.some(({ name }) => name === word);

/** When a line is performed; `never` is in `NOT_PERFORMED`. */
export function timeOf(words: readonly string[]): 'quick' | 'long' | 'never' {
  const line = words.join(' ');
  const [first] = words;
  if (startOf(line, Object.keys(NOT_PERFORMED)) !== undefined) return 'never';
  if (first === 'run' || !isCommand(first) || startOf(line, LONG) !== undefined) return 'long';
  return 'quick';
}

/** Entries of all tables with which none of `lines` begins. */
export function staleEntries(lines: readonly string[], others: readonly string[]): string[] {
  const unused = (starts: readonly string[], all: readonly string[]) =>
    starts.filter((start) => !all.some((line) => startOf(line, [start]) !== undefined));
  return [
    ...unused([...Object.keys(NOT_PERFORMED), ...LONG], lines),
    ...unused(Object.keys(NOT_THE_PROGRAM), others),
  ];
}
