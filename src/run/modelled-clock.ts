import { Bench, type TimestampProvider } from 'tinybench';
import { TICKS_PER_CYCLE } from '../cost/ledger.ts';
import { cycles, cyclesToNanoseconds, type Nanoseconds, nanoseconds } from '../units/quantity.ts';

export interface Distribution {
  readonly p50Ns: Nanoseconds;
  readonly p99Ns: Nanoseconds;
}

const NS_PER_MS = 1_000_000;

/**
 * Measures a modelled operation with tinybench, whose timestamps are the model's clock: no host time.
 * Samples come back in run order; tinybench sorts its own. Each iteration is one sample.
 */
export function measureModelled(
  ticks: () => number,
  frequencyGhz: number,
  iterations: number,
  operation: () => void,
): { readonly samplesNs: Nanoseconds[]; readonly distribution: Distribution } {
  const ticksPerMs = frequencyGhz * NS_PER_MS * TICKS_PER_CYCLE;
  const provider: TimestampProvider = {
    name: 'modelled ticks',
    fn: ticks,
    toMs: (value) => Number(value) / ticksPerMs,
    fromMs: (ms) => ms * ticksPerMs,
  };
  const bench = new Bench({
    timestampProvider: provider,
    // Samples are counted, not timed: a modelled operation may cost nothing.
    time: 0,
    iterations,
    warmup: false,
    throws: true,
  });
  const samplesNs: Nanoseconds[] = [];
  bench.add(
    'round trip',
    () => {
      const before = ticks();
      operation();
      const spent = cycles((ticks() - before) / TICKS_PER_CYCLE);
      samplesNs.push(cyclesToNanoseconds(spent, frequencyGhz));
    },
    // Told, so that tinybench doesn't call the function once to find out.
    { async: false },
  );
  const [task] = bench.runSync();
  const result = task?.result;
  if (result === undefined || result.state !== 'completed') {
    throw new Error(`tinybench ended in state ${result?.state ?? 'none'}`);
  }
  const { p50, p99 } = result.latency;
  const distribution = {
    p50Ns: nanoseconds(p50 * NS_PER_MS),
    p99Ns: nanoseconds(p99 * NS_PER_MS),
  };
  return { samplesNs, distribution };
}
