import { describe, expect, test } from 'vitest';
import { BOUNDS, type CheckRequest, checkEverything, findNew } from '../../src/checker/check.ts';
import { checkWorld, type WorldCheck } from '../../src/checker/check-world.ts';
import { Explorer } from '../../src/checker/explore.ts';
import { worldById } from '../../src/checker/mutant-worlds.ts';
import { WORLDS } from '../../src/checker/worlds.ts';
import { behaviourWithout } from '../../src/hypervisor/patches.ts';
import { strategyNamed } from '../hypervisor/transcript.ts';

const RFC = strategyNamed('rfc-2025-03').behaviour;
const CHECK: Omit<WorldCheck, 'spec' | 'behaviour'> = {
  ...BOUNDS,
  base: null,
  maxStates: 30_000,
  runs: 0,
  stopAtNew: false,
};

/** Number of the patch, world, events of the shortest transcript. */
const DROPPED = [
  [4, 'no-flushbyasid', 'host', 6],
  [5, 'moving', 'host', 9],
  [9, 'sharing', 'guest', 8],
  [17, 'one-vcpu', 'host', 9],
  [18, 'one-vcpu', 'guest', 9],
  [19, 'one-vcpu', 'guest', 10],
  [20, 'one-vcpu', 'host', 11],
  [21, 'one-vcpu', 'guest', 11],
  [22, 'one-vcpu', 'guest', 13],
  [23, 'one-vcpu', 'guest', 8],
] as const;

describe('a patch left out of the series', () => {
  test.each(DROPPED)(
    '%d is missed in world %s, by class %s in %d events',
    (patch, world, cls, events) => {
      const { violations } = findNew({
        behaviour: behaviourWithout([patch]),
        base: RFC,
        worlds: [worldById(world)],
        bounds: BOUNDS,
        jobs: 1,
      });
      const found = violations.filter((violation) => violation.isNew);
      expect(found.map((violation) => [violation.class, violation.events])).toEqual([
        [cls, events],
      ]);
    },
  );

  test.each([7, 12, 16])('%d costs and is not missed in any nesting of one vCPU', (patch) => {
    const { violations } = findNew({
      behaviour: behaviourWithout([patch]),
      base: RFC,
      worlds: [worldById('nesting')],
      bounds: { ...BOUNDS, maxStates: 30_000 },
      jobs: 1,
    });
    expect(violations.filter((violation) => violation.isNew)).toEqual([]);
  });
});

describe('a plain exploration', () => {
  const found = (strategy: string, world: string): string[] =>
    checkWorld({
      ...CHECK,
      spec: worldById(world),
      behaviour: strategyNamed(strategy).behaviour,
      maxStates: 20_000,
    }).violations.map(
      (violation) => `${violation.class} ${violation.obligation} ${violation.events}`,
    );

  test('finds a generation that restarts under kvm-6.14 and not under kvm-6.12.117', () => {
    expect(found('kvm-6.14', 'off-line')).toContain('crossVm O15 ROLLOVER 9');
    expect(found('kvm-6.12.117', 'off-line')).toEqual([]);
  });

  test('finds that the series syncs one of two NPT12s, and that the baseline need not', () => {
    expect(found('rfc-2025-03', 'two-npt12s')).toEqual(['guest O11 SYNC 16']);
    expect(found('kvm-6.12.117', 'two-npt12s')).toEqual([]);
  });

  test('finds page flushes on a wrong pCPU: of a Hyper-V queue, and of an INVLPG that exits', () => {
    expect(found('kvm-6.12.117', 'hyper-v-moving')).toContain('guest O19 HV-FIFO 10');
    expect(found('kvm-6.12.117', 'l0-shadow-moving')).toContain('guest O12 RIGHT-PCPU 11');
  });
});

describe('an exploration', () => {
  const small: readonly string[] = ['l1-shadow', 'no-flushbyasid', 'dying'];

  test('says whether it saw every state', () => {
    const spec = worldById('l1-shadow');
    const whole = checkWorld({ ...CHECK, spec, behaviour: RFC });
    expect(whole.exhaustive).toBe(true);
    expect(checkWorld({ ...CHECK, spec, behaviour: RFC, maxStates: 100 }).exhaustive).toBe(false);
    const shallow = checkWorld({ ...CHECK, spec, behaviour: RFC, maxDepth: whole.depth - 1 });
    expect(shallow.exhaustive).toBe(false);
    expect(shallow.depth).toBe(whole.depth - 1);
  });

  test.each(small)('of %s finds with fewer states what it finds without symmetry', (id) => {
    const lengths = (symmetry: boolean): { states: number; shortest: number } => {
      let shortest = 0;
      const { states } = new Explorer({
        spec: worldById(id),
        behaviour: RFC,
        base: null,
        maxDepth: 40,
        maxStates: 200_000,
        symmetry,
        onViolation: (path) => {
          if (shortest === 0) shortest = path.length;
          return false;
        },
      }).run();
      return { states, shortest };
    };
    const reduced = lengths(true);
    const plain = lengths(false);
    expect(reduced.shortest).toBe(plain.shortest);
    // One vCPU alone has nobody to be exchanged with.
    if (id === 'dying') expect(reduced.states).toBeLessThan(plain.states);
    else expect(reduced.states).toBeLessThanOrEqual(plain.states);
  });

  test('is the same for any number of jobs', async () => {
    const request: CheckRequest = {
      behaviour: strategyNamed('kvm-6.14').behaviour,
      base: null,
      worlds: WORLDS.filter((world) => small.includes(world.id)),
      bounds: { ...BOUNDS, maxStates: 3_000, runs: 20 },
      jobs: 1,
    };
    expect(await checkEverything({ ...request, jobs: 2 })).toEqual(await checkEverything(request));
  });

  test('at random finds the forced leave of kvm-6.14 too, and shrinks it', () => {
    const { violations } = checkWorld({
      ...CHECK,
      spec: worldById('one-vcpu'),
      behaviour: strategyNamed('kvm-6.14').behaviour,
      maxDepth: 2,
      runs: 3_000,
    });
    const leaks = violations.filter((violation) => violation.obligation === 'O16 ALL-EXITS');
    expect(leaks.length).toBeGreaterThan(0);
    expect(Math.min(...leaks.map((violation) => violation.events))).toBeLessThanOrEqual(14);
  });
});
