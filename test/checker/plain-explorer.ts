import { Codec } from '../../src/checker/codec.ts';
import { type CheckerEvent, eventsOf } from '../../src/checker/events.ts';
import type { Exploration, ExploreOptions } from '../../src/checker/explore.ts';
import { OBLIGATION_BITS, OBLIGATION_IDS } from '../../src/checker/obligations.ts';
import { step } from '../../src/checker/step.ts';
import { Truth } from '../../src/checker/truth.ts';
import { World } from '../../src/checker/world.ts';
import { hasBit } from '../../src/hypervisor/requests.ts';

interface Visited {
  readonly bytes: Int32Array;
  readonly baseBytes: Int32Array;
  readonly path: readonly CheckerEvent[];
}

/** A world whose state is kept as bytes, by the codec that the transcripts' tests hold. */
class Side {
  readonly world: World;
  readonly codec: Codec;

  constructor({ spec }: ExploreOptions, behaviour: ExploreOptions['behaviour']) {
    const truth = new Truth(spec, behaviour);
    this.world = new World(spec, behaviour, truth);
    this.codec = new Codec(this.world, truth);
  }

  bytes(): Int32Array {
    this.codec.encode();
    return this.codec.words.slice(0, this.codec.stride / 4);
  }

  restore(bytes: Int32Array): void {
    this.codec.words.set(bytes);
    this.codec.decode();
  }
}

/**
 * The exploration as it is meant: each event performed by step() in each state, whole states compared.
 * The explorer has to give the same counts and the same violating paths.
 */
export function explorePlainly(options: ExploreOptions): Exploration {
  const own = new Side(options, options.behaviour);
  const base = options.base === null ? null : new Side(options, options.base);
  if (options.symmetry === false) own.codec.keepNames();
  base?.codec.keepNames();
  const bytes = (): { bytes: Int32Array; baseBytes: Int32Array } => {
    const ownBytes = own.bytes();
    base?.codec.names.use(own.codec.names);
    return { bytes: ownBytes, baseBytes: base?.bytes() ?? new Int32Array(0) };
  };
  const visited: Visited[] = [{ ...bytes(), path: [] }];
  const known = new Set([keyOf(visited[0]!)]);
  const exercised = OBLIGATION_IDS.map(() => 0);
  let steps = 0;
  let violatingPaths = 0;
  let end = '';
  let index = 0;
  for (; index < visited.length && end === ''; index += 1) {
    const state = visited[index]!;
    if (state.path.length >= options.maxDepth) break;
    for (const event of eventsOf(options.spec)) {
      own.restore(state.bytes);
      base?.restore(state.baseBytes);
      const happened = step(own.world, event);
      const happenedInBase = base !== null && step(base.world, event);
      if (!happened && !happenedInBase) continue;
      steps += 1;
      if (base !== null && base.world.wrong !== null) continue;
      const path = [...state.path, event];
      if (own.world.wrong !== null) {
        violatingPaths += 1;
        if (options.onViolation(path)) end = 'stopped';
        if (end !== '') break;
        continue;
      }
      const next = { ...bytes(), path };
      if (known.has(keyOf(next))) continue;
      if (visited.length >= options.maxStates) end = 'full';
      if (end !== '') break;
      known.add(keyOf(next));
      visited.push(next);
      for (const [at, id] of OBLIGATION_IDS.entries()) {
        if (happened && hasBit(own.world.exercised, OBLIGATION_BITS[id])) exercised[at]! += 1;
      }
    }
  }
  // The level that was being reached when it ended is not complete.
  const deepest = end === '' ? visited.at(-1)! : visited[index - 1]!;
  return {
    states: visited.length,
    steps,
    depth: deepest.path.length,
    exhaustive: end === '' && index === visited.length,
    exercised,
    violatingPaths,
  };
}

function keyOf({ bytes, baseBytes }: Pick<Visited, 'bytes' | 'baseBytes'>): string {
  return `${bytes.join()}|${baseBytes.join()}`;
}
