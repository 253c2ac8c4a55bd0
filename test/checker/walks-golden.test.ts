import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Codec } from '../../src/checker/codec.ts';
import { eventsOf } from '../../src/checker/events.ts';
import { MUTANT_WORLDS, worldById } from '../../src/checker/mutant-worlds.ts';
import { step } from '../../src/checker/step.ts';
import { Truth } from '../../src/checker/truth.ts';
import { World } from '../../src/checker/world.ts';
import type { WorldSpec } from '../../src/checker/world-spec.ts';
import { WORLDS } from '../../src/checker/worlds.ts';
import { BEHAVIOURS } from '../../src/hypervisor/behaviour.ts';
import { prngFor } from '../../src/util/prng.ts';
import { strategyNamed } from '../hypervisor/transcript.ts';

/**
 * All of KVM's state after each event of long random walks, as a hash: no change of what KVM does in any world
 * goes unseen, whether or not it is unsafe. What it should do, the transcripts say.
 */
const EVENTS = 250;
/** Most events of a world can't happen at most times. */
const TRIES = 4000;
const STRATEGIES = [
  'kvm-6.14',
  'kvm-6.12.117',
  'rfc-2025-03',
  'rfc-2026-06',
  'rfc-2026-06+nestedTagLife=until-svme-clears',
  'rfc-2026-06+tagExhaustion=shared-fallback',
  'asid-cache-2',
  'vmx-vpid',
  'flush-always',
];

/** One line: events that happened, what went wrong first, and the hash of all states. */
function walk(spec: WorldSpec, strategy: string): string {
  const { behaviour } = strategyNamed(strategy);
  const events = eventsOf(spec);
  const prng = prngFor(23, `golden walk of ${spec.id} under ${strategy}`);
  const hash = createHash('sha256');
  let happened = 0;
  let wrong = '';
  let begun: { world: World; codec: Codec } | null = null;
  for (let i = 0; i < TRIES && happened < EVENTS; i += 1) {
    if (begun === null) {
      const truth = new Truth(spec, behaviour);
      const world = new World(spec, behaviour, truth);
      begun = { world, codec: new Codec(world, truth) };
      begun.codec.keepNames();
    }
    const { world, codec } = begun;
    if (!step(world, events[prng.nextInt(events.length)]!)) continue;
    happened += 1;
    codec.encode();
    hash.update(codec.words.subarray(0, codec.stride / 4));
    if (world.wrong === null) continue;
    hash.update(JSON.stringify(world.wrong));
    if (wrong === '') wrong = `, wrong at ${happened}`;
    begun = null;
  }
  return `${happened} events${wrong}  ${hash.digest('hex').slice(0, 12)}`;
}

test('KVM does in every world what it did', async () => {
  const lines = [...WORLDS, ...MUTANT_WORLDS].flatMap((spec) => [
    spec.id,
    ...STRATEGIES.map((strategy) => `  ${strategy}: ${walk(spec, strategy)}`),
  ]);
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../golden/walks.txt');
});

/** Where most of KVM can happen: nesting, moving, dying, SEV, Hyper-V's flushes, shadow paging. */
const BUSY = ['default', 'moving', 'two-vms', 'sev', 'hyper-v', 'l0-shadow-moving'];

test('each value of each behaviour does in some worlds what it did', async () => {
  const lines = Object.entries(BEHAVIOURS).flatMap(([key, { values }]) =>
    Object.keys(values).flatMap((value) => {
      const walks = BUSY.map((id) => walk(worldById(id), `rfc-2026-06+${key}=${value}`));
      return [`${key}=${value}`, ...walks.map((line, at) => `  ${BUSY[at]}: ${line}`)];
    }),
  );
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../golden/behaviours.txt');
});
