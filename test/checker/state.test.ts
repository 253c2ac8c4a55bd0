import { describe, expect, test } from 'vitest';
import { Codec } from '../../src/checker/codec.ts';
import { EVENTS } from '../../src/checker/event-kinds.ts';
import { type CheckerEvent, eventsOf } from '../../src/checker/events.ts';
import { worldById } from '../../src/checker/mutant-worlds.ts';
import { step } from '../../src/checker/step.ts';
import { Truth } from '../../src/checker/truth.ts';
import { World } from '../../src/checker/world.ts';
import type { WorldSpec } from '../../src/checker/world-spec.ts';
import { prngFor } from '../../src/util/prng.ts';
import { strategyNamed } from '../hypervisor/transcript.ts';

/**
 * Every field of KVM's state, and whether a state of the checker holds it. A field that is new makes
 * the first test fail: put it into src/checker/codec.ts and here, or say here why it cannot matter.
 */
const HELD = {
  kvm: ['usedAsids', 'sev', 'pcpus', 'vms'],
  pcpu: ['asidGeneration', 'nextAsid', 'flushAllAsids', 'asidVcpu', 'sevVmcbs'],
  vm: ['asid', 'nestedAsid', 'sevAsid', 'lastAsid12', 'vcpus'],
  vcpu: [
    'pcpu',
    'vmcb01',
    'nestedVmcb',
    'vmcb02',
    'current',
    'asid',
    'nestedAsid',
    'l2Slots',
    'guestMode',
    'nestedRunPending',
    'apicvActive',
    'requests',
    'vmcb12',
    'lastAsid12',
    'lastVmcb12Gpa',
    'cr4Pge',
    'l1Cr4Pge',
    'hyperV',
    'pvFlushPending',
    'rootMmu',
    'guestMmu',
    'mmu',
  ],
  vmcb: ['cpu', 'asidGeneration', 'asid', 'tlbControl', 'isClean', 'cachedAsid'],
  mmu: ['pages', 'roots', 'wanted', 'needsLoad'],
  sev: ['used', 'reclaimable'],
} as const;
const LEFT_OUT = {
  // Constants of a world, and what only counts or reports.
  kvm: [
    'behaviour',
    'nptEnabled',
    'flushByAsid',
    'minAsid',
    'maxAsid',
    'fallbackAsid',
    'owners',
    'charge',
    'onVmrun',
  ],
  pcpu: ['id', 'cpu'],
  vm: ['id'],
  vcpu: ['vm', 'index', 'requestReasons'],
  vmcb: ['kind', 'flushReasons'],
  mmu: ['name', 'isShadow'],
  sev: ['min', 'minSev', 'max', 'cacheFlushes'],
} as const;

const WORLD_IDS = [
  'one-vcpu',
  'default',
  'l0-shadow',
  'two-vms',
  'sev',
  'hyper-v',
  'paravirtual',
  'two-npt12s',
  'restored',
  'refused',
  'off-line',
  'l0-shadow-moving',
];
const STRATEGIES = [
  'kvm-6.14',
  'kvm-6.12.117',
  'rfc-2025-03',
  'rfc-2026-06',
  'asid-cache-2',
  'vmx-vpid',
];
const CASES = WORLD_IDS.flatMap((world) =>
  STRATEGIES.map((strategy) => [world, strategy] as const),
);

function newWorld(id: string, strategy: string): { world: World; truth: Truth } {
  const spec = worldById(id);
  const { behaviour } = strategyNamed(strategy);
  const truth = new Truth(spec, behaviour);
  return { world: new World(spec, behaviour, truth), truth };
}

describe('a state of the checker', () => {
  test('holds every field of the state of KVM', () => {
    const { kvm, vcpus } = newWorld('one-vcpu', 'rfc-2025-03').world;
    const vcpu = vcpus[0]!;
    const objects = {
      kvm,
      pcpu: kvm.pcpus[0]!,
      vm: kvm.vms[0]!,
      vcpu,
      vmcb: vcpu.vmcb01,
      mmu: vcpu.rootMmu,
      sev: kvm.sev,
    };
    for (const [name, object] of Object.entries(objects)) {
      const key = name as keyof typeof HELD;
      expect(Object.keys(object).sort(), name).toEqual([...HELD[key], ...LEFT_OUT[key]].sort());
    }
  });

  test.each(CASES)('of %s under %s decides all that follows', (id, strategy) => {
    const spec = worldById(id);
    const events = eventsOf(spec);
    const prng = prngFor(7, `walks of ${id} under ${strategy}`);
    const { world, truth } = newWorld(id, strategy);
    const { world: copy, truth: copyTruth } = newWorld(id, strategy);
    const codec = new Codec(world, truth);
    const copyCodec = new Codec(copy, copyTruth);
    for (let i = 0; i < 400; i += 1) {
      const event = events[prng.nextInt(events.length)]!;
      // The copy is made anew from the bytes before each event; the world goes on from its own.
      codec.encode();
      codec.decode();
      copyCodec.words.set(codec.words);
      copyCodec.decode();
      const happened = step(world, event);
      expect(step(copy, event)).toBe(happened);
      expect(copy.wrong).toEqual(world.wrong);
      if (world.wrong !== null) return;
      codec.encode();
      copyCodec.encode();
      const length = codec.stride / 4;
      expect(copyCodec.words.slice(0, length)).toEqual(codec.words.slice(0, length));
      codec.decode();
    }
  });

  test.each(CASES)('of %s under %s is as good as the state itself', (id, strategy) => {
    // One world is never encoded; the other goes through bytes, under its own names, at each event.
    const events = eventsOf(worldById(id));
    const prng = prngFor(11, `plain walks of ${id} under ${strategy}`);
    const { world: plain } = newWorld(id, strategy);
    const { world: coded, truth } = newWorld(id, strategy);
    const codec = new Codec(coded, truth);
    codec.keepNames();
    for (let i = 0; i < 400; i += 1) {
      const event = events[prng.nextInt(events.length)]!;
      codec.encode();
      codec.decode();
      const happened = step(plain, event);
      expect(step(coded, event), `event ${i}: ${event.kind}`).toBe(happened);
      expect(coded.wrong).toEqual(plain.wrong);
      if (plain.wrong !== null) return;
    }
  });

  test.each(CASES)('of %s under %s is restored over any other', (id, strategy) => {
    const events = eventsOf(worldById(id));
    const prng = prngFor(13, `states of ${id} under ${strategy}`);
    const { world, truth } = newWorld(id, strategy);
    const codec = new Codec(world, truth);
    const states: Int32Array[] = [];
    while (states.length < 300 && world.wrong === null) {
      codec.encode();
      codec.decode();
      states.push(codec.words.slice());
      while (!step(world, events[prng.nextInt(events.length)]!));
    }
    for (let i = 0; i < 300; i += 1) {
      const state = states[prng.nextInt(states.length)]!;
      codec.words.set(state);
      codec.decode();
      codec.encode();
      const length = codec.stride / 4;
      expect(codec.words.slice(0, length)).toEqual(state.slice(0, length));
    }
  });

  /** The first half of the vCPUs for the second, and their VMs where there are two. */
  const exchangeVcpus =
    (vms: readonly number[]) =>
    (event: CheckerEvent): CheckerEvent => {
      const { actor } = EVENTS[event.kind];
      if (actor === 'vm')
        return { ...event, actor: vms.length === 2 ? 1 - event.actor : event.actor };
      if (actor !== 'vcpu') return event;
      const half = vms.reduce((sum, count) => sum + count, 0) / 2;
      return { ...event, actor: (event.actor + half) % (2 * half) };
    };

  test.each([
    ['two-vms', [1, 1]],
    ['two-vms', [2, 2]],
    ['two-l1s', [1, 1]],
    ['sharing', [2]],
    ['default', [2]],
    ['paravirtual', [2]],
  ] as const)('of %s with VMs of %j vCPUs is that of its mirror', (id, vms) => {
    const spec: WorldSpec = { ...worldById(id), vms };
    const { behaviour } = strategyNamed('kvm-6.14');
    const events = eventsOf(spec);
    const mirror = exchangeVcpus(vms);
    const prng = prngFor(17, `mirrors of ${id}`);
    const sides = [0, 1].map(() => {
      const truth = new Truth(spec, behaviour);
      const world = new World(spec, behaviour, truth);
      return { world, codec: new Codec(world, truth) };
    });
    let alike = 0;
    for (let i = 0; i < 400; i += 1) {
      const event = events[prng.nextInt(events.length)]!;
      const [happened, mirrored] = sides.map(({ world }, side) =>
        step(world, side === 0 ? event : mirror(event)),
      );
      expect(mirrored).toBe(happened);
      expect(sides.map(({ world }) => world.wrong)).toEqual([null, null]);
      const [one, other] = sides.map(({ codec }) => {
        codec.encode();
        return codec.words.slice(0, codec.stride / 4);
      });
      if (one!.every((word, at) => word === other![at])) alike += 1;
    }
    // Where keys tie, names stay what they are: such states are seen twice, which is safe.
    expect(alike).toBeGreaterThan(390);
  });
});
