import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { type Prng, prngFor } from '../util/prng.ts';
import type { CheckerEvent } from './events.ts';
import { eventsOf } from './events.ts';
import type { Findings } from './findings.ts';
import { step } from './step.ts';
import { World } from './world.ts';
import type { WorldSpec } from './world-spec.ts';

export interface SwarmOptions {
  readonly spec: WorldSpec;
  readonly behaviour: KvmBehaviour;
  readonly seed: number;
  readonly runs: number;
  /** Events of a run. */
  readonly length: number;
}

export interface SwarmResult {
  readonly steps: number;
  readonly violatingRuns: number;
}

/** Tries to find an event that can happen. */
const ATTEMPTS = 64;
const MAX_WEIGHT = 16;

/**
 * Random runs deeper than enumeration reaches. Each run draws which kinds of event it uses at all and
 * how often: a run without migrations or without invalidations gets to states that a run which uses
 * everything destroys (Groce and others, "Swarm testing", ISSTA 2012).
 */
export function swarm(options: SwarmOptions, findings: Findings): SwarmResult {
  const prng = prngFor(options.seed, `random runs of ${options.spec.id}`);
  const events = eventsOf(options.spec);
  let steps = 0;
  let violatingRuns = 0;
  for (let run = 0; run < options.runs; run += 1) {
    const path = walk(options, prng, drawWeights(prng, events));
    steps += path.events.length;
    if (!path.isViolation) continue;
    violatingRuns += 1;
    findings.add(path.events);
  }
  return { steps, violatingRuns };
}

/** The events of one run by kind: a kind stands there once for each unit of its weight. */
type Bag = readonly (readonly CheckerEvent[])[];

/** What makes guests run and shows what they see is always there, and often. */
const NEEDED = new Set<string>(['load', 'enter', 'touch']);

function drawWeights(prng: Prng, events: readonly CheckerEvent[]): Bag {
  const kinds = new Map<string, CheckerEvent[]>();
  for (const event of events) {
    const same = kinds.get(event.kind);
    if (same === undefined) kinds.set(event.kind, [event]);
    else same.push(event);
  }
  return [...kinds].flatMap(([kind, same]) => {
    const weight = NEEDED.has(kind) ? MAX_WEIGHT : prng.nextInt(2) * (1 + prng.nextInt(MAX_WEIGHT));
    return Array.from({ length: weight }, () => same);
  });
}

function walk(
  options: SwarmOptions,
  prng: Prng,
  bag: Bag,
): { events: readonly CheckerEvent[]; isViolation: boolean } {
  const world = new World(options.spec, options.behaviour);
  const events: CheckerEvent[] = [];
  while (events.length < options.length) {
    let event: CheckerEvent | undefined;
    for (let attempt = 0; attempt < ATTEMPTS && event === undefined; attempt += 1) {
      const same = bag[prng.nextInt(bag.length)]!;
      const drawn = same[prng.nextInt(same.length)]!;
      if (step(world, drawn)) event = drawn;
    }
    if (event === undefined) break;
    events.push(event);
    if (world.wrong !== null) return { events, isViolation: true };
  }
  return { events, isViolation: false };
}
