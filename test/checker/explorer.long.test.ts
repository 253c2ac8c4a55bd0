import { describe, expect, test } from 'vitest';
import type { CheckerEvent } from '../../src/checker/events.ts';
import { type Exploration, type ExploreOptions, Explorer } from '../../src/checker/explore.ts';
import { worldById } from '../../src/checker/mutant-worlds.ts';
import { eventText } from '../../src/checker/transcript.ts';
import { WORLDS } from '../../src/checker/worlds.ts';
import type { KvmBehaviour } from '../../src/hypervisor/behaviour.ts';
import { behaviourWithout } from '../../src/hypervisor/patches.ts';
import { strategyNamed } from '../hypervisor/transcript.ts';
import { explorePlainly } from './plain-explorer.ts';

const STRATEGIES = ['kvm-6.14', 'rfc-2025-03', 'asid-cache-2', 'vmx-vpid'];
const STATES = 300;

type Explored = Exploration & { readonly paths: readonly string[] };

function both(options: Omit<ExploreOptions, 'onViolation'>, stops = false): [Explored, Explored] {
  const explored = (run: (all: ExploreOptions) => Exploration): Explored => {
    const paths: string[] = [];
    const onViolation = (path: readonly CheckerEvent[]): boolean => {
      paths.push(path.map(eventText).join('; '));
      return stops;
    };
    return { ...run({ ...options, onViolation }), paths };
  };
  return [explored((all) => new Explorer(all).run()), explored(explorePlainly)];
}

describe('the explorer does what step() does in every state', () => {
  const cases = WORLDS.flatMap(({ id }) => STRATEGIES.map((strategy) => [id, strategy] as const));

  test.each(cases)('of %s under %s', (world, strategy) => {
    const { behaviour } = strategyNamed(strategy);
    const options = { spec: worldById(world), behaviour, base: null };
    const [fast, plain] = both({ ...options, maxDepth: 60, maxStates: STATES });
    expect(fast).toEqual(plain);
  });

  test.each([
    ['dying', 'kvm-6.14', true],
    ['two-npt12s', 'rfc-2025-03', true],
    ['l1-shadow', 'rfc-2025-03', false],
    ['refused', 'kvm-6.14', false],
  ])('to the end of %s under %s, symmetry %s', (world, strategy, symmetry) => {
    const { behaviour } = strategyNamed(strategy);
    const options = { spec: worldById(world), behaviour, base: null, symmetry };
    const [fast, plain] = both({ ...options, maxDepth: 200, maxStates: 20_000 });
    expect(fast.exhaustive).toBe(true);
    expect(fast).toEqual(plain);
  });

  test('of a small depth', () => {
    const { behaviour } = strategyNamed('kvm-6.14');
    const options = { spec: worldById('one-vcpu'), behaviour, base: null };
    const [fast, plain] = both({ ...options, maxDepth: 7, maxStates: 20_000 });
    expect(fast.depth).toBe(7);
    expect(fast).toEqual(plain);
  });
});

describe('beside a base, the explorer does what both do in every state', () => {
  const BASE = strategyNamed('rfc-2025-03').behaviour;
  const changes: readonly (readonly [string, KvmBehaviour])[] = [
    ['one-vcpu', behaviourWithout([20])],
    ['moving', behaviourWithout([5])],
    ['sharing', behaviourWithout([9])],
    ['two-npt12s', behaviourWithout([18])],
    ['two-l1s', strategyNamed('kvm-6.14').behaviour],
    ['sharing', strategyNamed('asid-cache-2').behaviour],
  ];

  test.each(changes)('of %s', (world, behaviour) => {
    const options = { spec: worldById(world), behaviour, base: BASE };
    const [fast, plain] = both({ ...options, maxDepth: 60, maxStates: 2_500 });
    expect(fast).toEqual(plain);
    const [first, plainFirst] = both({ ...options, maxDepth: 60, maxStates: 2_500 }, true);
    expect(first).toEqual(plainFirst);
  });
});
