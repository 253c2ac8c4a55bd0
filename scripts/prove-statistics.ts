import { runCell } from '../src/run/run-cell.ts';
import { pairedPower } from '../src/statistics/power.ts';
import { loadSuites } from '../src/suite/load-suite.ts';
import { planCells } from '../src/suite/plan.ts';
import {
  BCA,
  coverage,
  deviationOf,
  EXPONENTIAL,
  falseEquivalence,
  falsePositives,
  familyErrors,
  LAPLACE,
  lognormal,
  NORMAL,
  observedPower,
  type Population,
  RARE,
  rareEvent,
  ratioCoverage,
  STUDENT3,
  sampled,
  settledInterval,
  stoppingInTwoStages,
  stoppingWhenShort,
  UNIFORM,
  withUnseen,
} from './statistics-trials.ts';

/** `npm run make -- statistics` prints the tables of docs/why/methodology.md, in some minutes. */
const TRIALS = 2000;
const SHIPPED_SEEDS = 20;
const SETTLED = { pilot: 8, most: SHIPPED_SEEDS };

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function printTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]) {
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  process.stdout.write(`${title}\n\n${lines.join('\n')}\n\n`);
}

/** Savings of many seeds of a suite: a population with the shape of our own results. */
function savingsOf(id: string, seeds: number): Population {
  const suites = loadSuites('suites').filter((suite) => suite.id === id);
  const request = { suites, machines: null, strategies: null, seeds, jobs: 1, command: '' };
  const bySeed = new Map<number, Record<string, number>>();
  for (const cell of planCells(request)) {
    if (!['kvm-6.14', 'rfc-2025-03'].includes(cell.strategy.id)) continue;
    const times = bySeed.get(cell.seed) ?? {};
    times[cell.strategy.id] = runCell(cell).meanNs;
    bySeed.set(cell.seed, times);
  }
  const savings = [...bySeed.values()].map((each) => each['kvm-6.14']! - each['rfc-2025-03']!);
  return sampled(`savings of ${id}, ${seeds} seeds`, savings);
}

const OWN: readonly Population[] = [savingsOf('cpuid-npt-npt', 400), savingsOf('kv-redis-l2', 400)];

function printCoverage(): void {
  const populations = [
    NORMAL,
    UNIFORM,
    LAPLACE,
    STUDENT3,
    lognormal(0.3),
    lognormal(0.6),
    lognormal(1),
    EXPONENTIAL,
    RARE,
    ...OWN,
  ];
  printTable(
    `Share of 95 % intervals that hold the true mean (${TRIALS} trials each)`,
    ['data', `${SHIPPED_SEEDS} seeds`, '10 seeds', '5 seeds', `BCa, ${SHIPPED_SEEDS} seeds`],
    populations.map((population) => [
      population.name,
      percent(coverage(population, SHIPPED_SEEDS, TRIALS)),
      percent(coverage(population, 10, TRIALS)),
      percent(coverage(population, 5, TRIALS)),
      percent(coverage(population, SHIPPED_SEEDS, TRIALS, BCA)),
    ]),
  );
  printTable(
    `The same for the saving ratio of pairs, ${SHIPPED_SEEDS} seeds`,
    ['data', 'coverage'],
    [NORMAL, LAPLACE, lognormal(0.6), EXPONENTIAL].map((population) => [
      population.name,
      percent(ratioCoverage(population, SHIPPED_SEEDS, TRIALS)),
    ]),
  );
}

function printRareEvents(): void {
  const rows = [0.005, 0.02, 0.05, 0.1, 0.2, 0.25].map((chance) => {
    const population = rareEvent(chance);
    const method = withUnseen(chance, 1);
    return [
      population.name,
      percent(coverage(population, SHIPPED_SEEDS, TRIALS)),
      ...[SHIPPED_SEEDS, 10, 5].map((seeds) =>
        percent(coverage(population, seeds, TRIALS, method)),
      ),
    ];
  });
  printTable(
    'The same where an event that a seed has or has not makes the whole difference',
    [
      'event',
      `${SHIPPED_SEEDS} seeds, what they saw alone`,
      `${SHIPPED_SEEDS} seeds`,
      '10 seeds',
      '5 seeds',
    ],
    rows,
  );
}

function printFalsePositives(): void {
  printTable(
    `Differences found at 5 % where there is none, ${SHIPPED_SEEDS} seeds (${TRIALS} trials each)`,
    ['data', 'sign flip', 'signed rank', '95 % interval without 0', 'equivalence'],
    [NORMAL, LAPLACE, STUDENT3, EXPONENTIAL].map((population) => {
      const found = falsePositives(population, SHIPPED_SEEDS, TRIALS);
      return [
        population.name,
        percent(found.signFlip),
        percent(found.signedRank),
        percent(found.interval),
        percent(falseEquivalence(population, SHIPPED_SEEDS, TRIALS)),
      ];
    }),
  );
  const family = percent(familyErrors(12, SHIPPED_SEEDS, TRIALS));
  process.stdout.write(`Of 12 comparisons at once Holm lets one through in ${family}.\n\n`);
}

function printPower(): void {
  printTable(
    `Differences found at 5 % where there is one, ${SHIPPED_SEEDS} seeds, normal data`,
    [
      'true mean, in standard deviations',
      'predicted (t)',
      "Student's t",
      'sign flip',
      'signed rank',
    ],
    [0.3, 0.5, 0.8].map((effect) => {
      const found = observedPower(effect, SHIPPED_SEEDS, TRIALS);
      return [
        String(effect),
        percent(pairedPower(SHIPPED_SEEDS, effect, 0.05)),
        percent(found.studentT),
        percent(found.signFlip),
        percent(found.signedRank),
      ];
    }),
  );
}

function printStopping(): void {
  const rows = [NORMAL, EXPONENTIAL].flatMap((population) =>
    [0.5, 0.25].map((halfWidth) => {
      const stein = stoppingInTwoStages(population, 10, halfWidth, TRIALS);
      const naive = stoppingWhenShort(population, 10, halfWidth, TRIALS);
      return [
        population.name,
        String(halfWidth),
        `${percent(stein.coverage)} with ${stein.meanSeeds.toFixed(0)} seeds`,
        `${percent(naive.coverage)} with ${naive.meanSeeds.toFixed(0)} seeds`,
      ];
    }),
  );
  printTable(
    'Running until ± a half width is reached: share that holds the truth, pilot of 10',
    ['data', 'half width, in standard deviations', 'in two stages', 'looking after each seed'],
    rows,
  );
}

/** Half widths, in standard deviations of one seed, for which a pilot is mostly enough, is not, and 20 are not. */
const SETTLING_HALF_WIDTHS = [1.2, 0.6, 0.3];

function printSettling(): void {
  const all = [NORMAL, LAPLACE, STUDENT3, lognormal(0.6), lognormal(1), EXPONENTIAL, RARE, ...OWN];
  const rows = all.map((population) => {
    const deviation = deviationOf(population);
    const cells = SETTLING_HALF_WIDTHS.map((half) => {
      const found = settledInterval(population, SETTLED, half * deviation, TRIALS);
      return `${percent(found.coverage)} with ${found.meanSeeds.toFixed(1)}`;
    });
    return [population.name, ...cells];
  });
  printTable(
    `Seeds that settle: share of reported intervals that hold the truth, pilot of ${SETTLED.pilot}, ${SETTLED.most} at most`,
    ['data', ...SETTLING_HALF_WIDTHS.map((half) => `± ${half} standard deviations`)],
    rows,
  );
}

printCoverage();
printSettling();
printRareEvents();
printFalsePositives();
printPower();
printStopping();
