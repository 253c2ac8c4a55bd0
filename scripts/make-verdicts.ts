/**
 * Writes data/verdicts/verdicts.json: what `check --quick` finds of every strategy that ships or that a shipped suite
 * runs, by the hash of its behaviours. What is there stays; `npm run make -- verdicts --all` asks everything
 * again, as a change of the checker or of KVM's model demands (two minutes on two idle cores).
 * Same code, same bytes.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { checkEverything, QUICK_BOUNDS } from '../src/checker/check.ts';
import { behaviourHash, parseVerdicts, type Verdict, verdictOf } from '../src/checker/verdict.ts';
import { worldsFor } from '../src/checker/worlds.ts';
import { reportError } from '../src/cli/output/errors.ts';
import { STRATEGIES, type Strategy, strategyById } from '../src/hypervisor/strategies.ts';
import { shippedSuites } from '../src/suite/load-suite.ts';

const PATH = 'data/verdicts/verdicts.json';

/** One strategy for each set of behaviours, those that ship first. */
function askedAbout(): Strategy[] {
  const inSuites = shippedSuites().flatMap(({ baseline, strategies }) => [baseline, ...strategies]);
  const ids = new Set([...STRATEGIES.map(({ id }) => id), ...inSuites]);
  const byHash = new Map<string, Strategy>();
  for (const id of ids) {
    const strategy = strategyById(id);
    if (strategy === undefined) throw new Error(`no strategy ${id}`);
    const hash = behaviourHash(strategy.behaviour);
    if (!byHash.has(hash)) byHash.set(hash, strategy);
  }
  return [...byHash.values()];
}

async function check(strategy: Strategy): Promise<Verdict> {
  const { behaviour } = strategy;
  const worlds = worldsFor(behaviour);
  const request = {
    behaviour,
    base: null,
    worlds,
    bounds: QUICK_BOUNDS,
    jobs: availableParallelism(),
  };
  return verdictOf(strategy, await checkEverything(request));
}

function write(verdicts: readonly Verdict[]): void {
  const lines = verdicts.map((each) => JSON.stringify(each));
  writeFileSync(PATH, `{"verdicts":[\n${lines.join(',\n')}\n]}\n`);
}

try {
  const keeps = existsSync(PATH) && !process.argv.includes('--all');
  const known = keeps ? parseVerdicts(readFileSync(PATH, 'utf8'), PATH) : new Map();
  const verdicts: Verdict[] = [];
  for (const strategy of askedAbout()) {
    const verdict = known.get(behaviourHash(strategy.behaviour)) ?? (await check(strategy));
    verdicts.push({ ...verdict, strategy: strategy.id });
    const { wrong, worlds, statesExplored } = verdict;
    process.stdout.write(
      `${strategy.id}: wrong in ${wrong.length} of ${worlds} worlds, ${statesExplored} states\n`,
    );
    write(verdicts);
  }
} catch (error) {
  process.exitCode = reportError(error);
}
