import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import type { RunComparison } from '../../../compare/compare-runs.ts';
import type { GateOutcome } from '../../../compare/gate.ts';
import type { Side } from '../../../compare/match-cells.ts';
import { EXIT_CODES, UserError } from '../../../util/user-error.ts';
import { endWith, print } from '../../output/io.ts';
import { COMPARE_HELP } from '../../output/messages.ts';
import { writePage } from '../../output/write-file.ts';
import type { StoredRun } from '../../run-folder/read-run.ts';
import { collect, percentage, wholeNumber } from '../../select/strategies.ts';
import { MAX_JOBS, MAX_SEEDS, MIN_SEEDS } from '../run/flags.ts';
import type { CompareCapturesFlags } from './captures.ts';

const DEFAULT_WITHIN = 0.01;
const RUN_FLAGS = ['before', 'after', 'within', 'failIfSlower', 'html'] as const;
const CAPTURE_FLAGS = ['window', 'machine', 'model', 'seeds', 'out'] as const;

interface CompareFlags extends CompareCapturesFlags {
  readonly before?: readonly string[];
  readonly after?: readonly string[];
  readonly within?: number;
  readonly failIfSlower?: number;
  readonly html?: string;
}

/** `compare A [B]`: what is different between two runs, or between two parts of one. */
export function compareCommand(): Command {
  return new Command('compare')
    .description('compare two runs, or two strategies or machines, with intervals and a verdict')
    .argument('<a>', 'folder of a finished run, or of a capture')
    .argument('[b]', 'folder of the other (default: the same run)')
    .option('--before <id>', 'strategy or machine of A that counts; repeatable', collect)
    .option('--after <id>', 'strategy or machine of B that counts; repeatable', collect)
    .option('--within <percent>', 'difference that is none', percentage('--within'))
    .option(
      '--fail-if-slower <percent>',
      'exit code 1 if B is surely slower than A by more, or newly unsafe',
      percentage('--fail-if-slower'),
    )
    .option('--json', 'print one JSON object')
    .option('--html <file>', 'write a page as well')
    .option('--window <name>', 'of captures: window to compare; repeatable', collect)
    .option('--machine <id>', 'of captures: machine to price them on; repeatable', collect)
    .option(
      '--model <strategy>',
      'of captures: put beside B what the model says of the trips of A under this strategy',
    )
    .option('--seeds <n>', 'of captures: seeds', wholeNumber('--seeds', MAX_SEEDS, MIN_SEEDS))
    .option(
      '--jobs <n>',
      'of captures: worker threads',
      wholeNumber('--jobs', MAX_JOBS),
      availableParallelism(),
    )
    .option('--out <dir>', 'of captures: folder to write to (default: a new one under reports/)')
    .addHelpText('after', COMPARE_HELP)
    .action(async (a: string, b: string | undefined, flags: CompareFlags) => {
      endWith(await compare(a, b, flags));
    });
}

async function compare(a: string, b: string | undefined, flags: CompareFlags): Promise<number> {
  const { areCaptures } = await import('./captures.ts');
  if (b !== undefined && areCaptures(a, b)) {
    refuseFlags(flags, RUN_FLAGS, 'it is for runs', 'Compare the run that this writes with it');
    const { compareCaptures } = await import('./perform-captures.ts');
    return compareCaptures(a, b, flags);
  }
  refuseFlags(flags, CAPTURE_FLAGS, 'it is for captures', 'Leave it away');
  if (b === undefined && (flags.before === undefined || flags.after === undefined)) {
    const cause = 'one run alone has nothing to be compared with';
    const cure = 'Name a second folder, or two strategies of this one with --before and --after';
    throw new UserError('usage', `compare ${a}`, cause, cure);
  }
  const [{ readRun }, { compareRuns }, { judgeGate }] = await Promise.all([
    import('../../run-folder/read-run.ts'),
    import('../../../compare/compare-runs.ts'),
    import('../../../compare/gate.ts'),
  ]);
  const before = readRun(a);
  const after = b === undefined ? before : readRun(b);
  const comparison = compareRuns(
    sideOf(before, flags.before),
    sideOf(after, flags.after),
    flags.within ?? DEFAULT_WITHIN,
  );
  const gate = flags.failIfSlower === undefined ? null : judgeGate(comparison, flags.failIfSlower);
  if (flags.html !== undefined) await writeHtml(flags.html, comparison, gate);
  if (flags.json === true) {
    print(`${JSON.stringify({ ...comparison, gate }, null, 2)}\n`);
  } else {
    const { renderComparison } = await import('../../../report/comparison-text.ts');
    print(renderComparison(comparison, gate));
  }
  return gate === null || gate.passed ? EXIT_CODES.ok : EXIT_CODES.verdict;
}

function refuseFlags(
  flags: CompareFlags,
  refused: readonly (keyof CompareFlags)[],
  cause: string,
  cure: string,
): void {
  const given = refused.find((key) => flags[key] !== undefined);
  if (given === undefined) return;
  const name = `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new UserError('usage', name, cause, cure);
}

function sideOf({ folder, manifest, cells }: StoredRun, only: readonly string[] = []): Side {
  return { label: folder, manifest, cells, only };
}

async function writeHtml(
  path: string,
  comparison: RunComparison,
  gate: GateOutcome | null,
): Promise<void> {
  const { renderComparisonHtml } = await import('../../../report/comparison-html.ts');
  const page = await renderComparisonHtml(comparison, gate);
  writePage(path, page);
}
