import { type MutantResult, mutantTask } from '../../../checker/kill-mutants.ts';
import { MUTANTS } from '../../../checker/mutants.ts';
import { openPool } from '../../../parallel/pool.ts';
import { EXIT_CODES } from '../../../util/user-error.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';

/** `check --mutants`: how many wrong steps the checker notices. */
export async function checkMutants(jobs: number, json: boolean): Promise<number> {
  const results: MutantResult[] = [];
  const pool = openPool(mutantTask, null, { jobs });
  try {
    await pool.run(MUTANTS, (result) => {
      results.push(result);
      if (!json) print(mutantLine(result));
    });
  } finally {
    await pool.close();
  }
  const count = (verdict: MutantResult['verdict']) =>
    results.filter((result) => result.verdict === verdict).length;
  const killable = results.length - count('equivalent');
  if (json) {
    const body = {
      killed: count('killed'),
      survived: count('survived'),
      equivalent: count('equivalent'),
      mutants: results.map(({ killer, ...result }) => ({
        ...result,
        class: killer?.class ?? null,
        obligation: killer?.obligation ?? null,
        events: killer?.events ?? null,
        transcript: killer?.transcript ?? [],
      })),
    };
    print(jsonText(body));
  } else {
    print(
      `\n${count('killed')} of ${killable} mutants are killed; ` +
        `${count('equivalent')} more cannot be, by any event.\n`,
    );
  }
  return count('survived') === 0 ? EXIT_CODES.ok : EXIT_CODES.verdict;
}

function mutantLine({ id, verdict, killer, budget }: MutantResult): string {
  const by = killer === null ? '' : `${killer.events} of ${budget} events, ${killer.obligation}`;
  return `  ${id.padEnd(42)} ${verdict.padEnd(8)} ${by}`.trimEnd().concat('\n');
}
