import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { prngFor } from '../../src/util/prng.ts';
import { scriptCommand, wholeNumberFrom } from '../script-options.ts';
import { EQUIVALENT_MUTANTS } from './equivalent-mutants.ts';
import { lineOf, type Mutant, mutantsOf, mutatedSource } from './mutants.ts';

/**
 * `npm run make -- mutation --sample 100 --seed 1`: small faults, one at a time, in a copy of the project.
 * The tests of its folder, or all that import the faulty file, have to fail or to end in an error; those of the
 * command line, which run what is built, are left out. Prints the survivors; exit code 1 if fewer than 95 % were killed.
 */
const OPTIONS = scriptCommand('mutation', 'small faults in the sources, which tests have to notice')
  .option('--sample <n>', 'mutants to try', wholeNumberFrom(1), 100)
  .option('--seed <n>', 'of the choice', wholeNumberFrom(0), 1)
  .option('--patience <s>', 'seconds after which tests count as failed', wholeNumberFrom(1), 300)
  .option('--near', 'only the tests that know it best, as those of the same folder')
  .option('--only <text>', 'only files whose path contains this', '')
  .parse()
  .opts<{ sample: number; seed: number; patience: number; near?: true; only: string }>();

const FOLDERS = [
  'hardware',
  'hypervisor',
  'workloads',
  'statistics',
  'checker',
  'importers',
  'suite',
  'run',
  'calibrate',
];
/** Tests elsewhere that know a folder best. The checker and the goldens of results are the tests of the model. */
const RESULTS = 'test/run/results-golden.test.ts';
const WALKS = 'test/checker/walks-golden.test.ts';
const NEAR_BY: Readonly<Record<string, readonly string[]>> = {
  hardware: [RESULTS],
  hypervisor: [RESULTS, WALKS, 'test/checker/transcripts.test.ts'],
  run: ['test/executed/', 'test/report/example.test.ts'],
  workloads: [RESULTS],
  suite: [RESULTS],
};
/** Presets and tables of text are data: their tests are their sources. */
const DATA = /\/presets\/|\/strategies\.ts$|\/behaviours\/|\/mutants\.ts$|-events\.ts$/;
const LEAST_KILLED = 0.95;

const COPIED = [
  'src',
  'test',
  'scripts',
  'suites',
  'data',
  'examples',
  'docs',
  'capture',
  'reports',
];

const OUTCOME = z.object({
  testResults: z.array(z.object({ name: z.string(), status: z.string() })),
});

/** A copy in which files can be broken; packages are shared, and never written to. */
function copyOfProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'asidbench-mutation-'));
  for (const name of COPIED) cpSync(name, join(folder, name), { recursive: true });
  const files = readdirSync('.', { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name } of files) cpSync(name, join(folder, name));
  for (const shared of ['node_modules', 'dist']) symlinkSync(resolve(shared), join(folder, shared));
  return folder;
}

const NOTHING = (): void => undefined;
/** Ends the tests that run now. */
let endTests = NOTHING;

/** In place of a test file: an error outside of all tests ended them. */
const NO_TEST = 'an error';

/** Files of tests that failed, `[]` if all passed; null if they took too long. */
async function failedTests(folder: string, words: readonly string[]): Promise<string[] | null> {
  const output = join(folder, 'outcome.json');
  rmSync(output, { force: true });
  const report = ['--reporter=json', `--outputFile=${output}`];
  const child = spawn(
    'npx',
    ['vitest', ...words, '--run', '--mode', 'sources', '--bail', '1', ...report],
    {
      cwd: folder,
      stdio: 'ignore',
      detached: true,
    },
  );
  return await new Promise((settle, fail) => {
    let isLate = false;
    // A fault may loop for ever in a thread: the whole group that was started here ends.
    endTests = () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    const timer = setTimeout(() => {
      isLate = true;
      endTests();
    }, OPTIONS.patience * 1000);
    child.on('error', fail);
    child.on('exit', (code) => {
      clearTimeout(timer);
      endTests = NOTHING;
      if (isLate) settle(null);
      else settle(code === 0 ? [] : failedIn(folder, output));
    });
  });
}

function failedIn(folder: string, output: string): string[] {
  if (!existsSync(output)) return [NO_TEST];
  const { testResults } = OUTCOME.parse(JSON.parse(readFileSync(output, 'utf8')));
  const failed = testResults.filter(({ status }) => status === 'failed');
  return failed.length === 0 ? [NO_TEST] : failed.map(({ name }) => relative(folder, name));
}

/** Words of tests that pass without a fault. */
const sound = new Set<string>();

/** Tests that fail without a fault kill nothing. */
async function checkSound(folder: string, words: readonly string[]): Promise<void> {
  const name = words.join(' ');
  if (sound.has(name)) return;
  const failed = await failedTests(folder, words);
  if (failed?.length !== 0) throw new Error(`${name}: fails without a fault, too (${failed})`);
  sound.add(name);
}

/** The test file that notices the fault in `path`, `time` if it made them hang; null: none does. */
async function killerOf(folder: string, path: string, restore: () => void): Promise<string | null> {
  // Tests of the same folder come first: they are few and know it best.
  const name = path.split('/')[1]!;
  const near = ['run', `test/${name}/`, ...(NEAR_BY[name] ?? [])];
  const others = ['related', path, '--exclude', 'test/cli/**'];
  for (const words of OPTIONS.near ? [near] : [near, others]) {
    const failed = await failedTests(folder, words);
    if (failed === null) return 'time';
    const [killer] = failed;
    if (killer === undefined) continue;
    restore();
    await checkSound(folder, killer === NO_TEST ? words : ['run', killer]);
    return killer;
  }
  return null;
}

function isEquivalent(source: string, mutant: Mutant): boolean {
  return EQUIVALENT_MUTANTS.some(
    ({ path, line, from, to }) =>
      path === mutant.path &&
      line === lineOf(source, mutant) &&
      from === mutant.from &&
      to === mutant.to,
  );
}

function sampled(mutants: Mutant[]): Mutant[] {
  const prng = prngFor(OPTIONS.seed, 'mutants');
  const rest = [...mutants];
  const count = Math.min(OPTIONS.sample, rest.length);
  return Array.from({ length: count }, () => rest.splice(prng.nextInt(rest.length), 1)[0]!);
}

const paths = FOLDERS.flatMap((folder) =>
  readdirSync(`src/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/${folder}/${name}`),
)
  .filter((path) => !DATA.test(path) && path.includes(OPTIONS.only))
  .sort();
const all = paths.flatMap((path) => {
  const source = readFileSync(path, 'utf8');
  return mutantsOf(path, source).filter((mutant) => !isEquivalent(source, mutant));
});
const chosen = sampled(all);
const folder = copyOfProject();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    endTests();
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  });
}
let killed = 0;
try {
  for (const [index, mutant] of chosen.entries()) {
    const { path, line, from, to } = mutant;
    const source = readFileSync(path, 'utf8');
    writeFileSync(join(folder, path), mutatedSource(source, mutant));
    const restore = () => writeFileSync(join(folder, path), source);
    const killer = await killerOf(folder, path, restore);
    restore();
    if (killer !== null) killed += 1;
    const fate = killer === null ? 'SURVIVED' : `killed by ${killer}`;
    process.stdout.write(
      `${index + 1}/${chosen.length} ${path}:${line}  ${from}  =>  ${to}  ${fate}\n`,
    );
    if (killer === null) process.stdout.write(`         ${lineOf(source, mutant)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(
  `${killed} of ${chosen.length} killed, of ${all.length} mutants in ${paths.length} files\n`,
);
process.exitCode = killed >= LEAST_KILLED * chosen.length ? 0 : 1;
