import { Ledger } from '../../src/cost/ledger.ts';
import { Pcpu } from '../../src/hardware/pcpu.ts';
import { planTouches, type TouchPlan } from '../../src/hardware/touch-plan.ts';
import { firstLevelUse } from '../../src/hardware/touch-stream.ts';
import { HOST_OWNER, KERNEL_SCENARIOS, type KernelScenario } from './kernel-scenarios.ts';

/**
 * One process, one measurement: `kernel-child SCENARIO planned|each PASSES`. As in the C reference every
 * pass starts from empty arrays and the first ones are not timed. Prints one line of JSON.
 */
const WARM_UP_PASSES = 2;

const [name, variant, passes] = process.argv.slice(2);
const isPlanned = variant === 'planned';
/** Made in the first pass, which is not timed: a trace is decoded once and run many times. */
let plan: TouchPlan | null = null;

const make = KERNEL_SCENARIOS.get(name ?? '');
if (make === undefined) throw new RangeError(`there is no scenario "${name}"`);
const scenario = make();
for (let pass = 0; pass < WARM_UP_PASSES; pass += 1) onePass(scenario);
let micros = 0;
let ledger: Ledger | undefined;
for (let pass = 0; pass < Number(passes); pass += 1) {
  const done = onePass(scenario);
  ledger = done.ledger;
  micros += done.micros;
}
const counts = [...(ledger?.counts ?? [])];
process.stdout.write(
  `${JSON.stringify({ cpuSeconds: micros / 1e6, ticks: ledger?.ticks, counts })}\n`,
);

function onePass({ config, tables, touches, rows, steps }: KernelScenario): {
  ledger: Ledger;
  micros: number;
} {
  tables.forgetWalks();
  const ledger = new Ledger(config.prices);
  const pcpu = new Pcpu({
    config,
    tables,
    ledger,
    stale: {
      staleHit: () => {
        throw new Error('a stale hit in a scenario without any');
      },
    },
    hostOwner: HOST_OWNER,
    now: () => 1,
    skipsStale: false,
  });
  pcpu.reserve();
  if (isPlanned && plan === null) {
    const use = firstLevelUse(pcpu.arrays, tables, rows);
    if (use === null) throw new Error('these arrays are not true LRU');
    plan = planTouches(touches, use);
  }
  const stream = { touches, rows, plan };
  const before = process.cpuUsage();
  for (const { asid, tlbControl, owner, from, to } of steps) {
    pcpu.vmrun(asid, tlbControl, owner);
    pcpu.run(stream, from, to);
    pcpu.vmexit();
  }
  const { user, system } = process.cpuUsage(before);
  return { ledger, micros: user + system };
}
