import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { QUICK_BOUNDS } from '../../src/checker/check.ts';
import { checkWorld } from '../../src/checker/check-world.ts';
import { behaviourHash, parseVerdicts, verdictFor } from '../../src/checker/verdict.ts';
import { WORLDS } from '../../src/checker/worlds.ts';
import { STRATEGIES, strategyById } from '../../src/hypervisor/strategies.ts';
import { UserError } from '../../src/util/user-error.ts';

/** Some thousands of states each. */
const SMALL = ['restored', 'refused', 'off-line', 'dying', 'l1-shadow', 'no-flushbyasid'];

const PLACE = 'data/verdicts/verdicts.json';
const stored = parseVerdicts(readFileSync(PLACE, 'utf8'), PLACE);

describe('the stored verdicts', () => {
  test('are of the behaviours that the strategies have now', () => {
    for (const { strategy, behaviour } of stored.values()) {
      expect(behaviourHash(strategyById(strategy)?.behaviour ?? {}), strategy).toBe(behaviour);
    }
  });

  test('have one for each strategy that ships', () => {
    for (const { id, behaviour } of STRATEGIES) {
      expect(verdictFor(stored, behaviour), id).toBeDefined();
    }
  });

  test.each(['kvm-6.14', 'rfc-2025-03', 'asid-cache-4'])(
    'are what the checker finds of %s in the worlds that take a second',
    (id) => {
      const { behaviour } = strategyById(id)!;
      const { wrong } = verdictFor(stored, behaviour)!;
      const small = WORLDS.filter((world) => SMALL.includes(world.id));
      expect(small).toHaveLength(SMALL.length);
      for (const spec of small) {
        const options = { spec, behaviour, base: null, stopAtNew: false, ...QUICK_BOUNDS };
        const found = new Set(checkWorld(options).violations.map((each) => each.class));
        const known = wrong.find(({ world }) => world === spec.id)?.classes ?? [];
        expect([...found].sort(), spec.id).toEqual([...known].sort());
      }
    },
  );

  test('name worlds that there are, no more than were checked', () => {
    const ids = WORLDS.map(({ id }) => id);
    for (const { wrong, worlds, violations } of stored.values()) {
      expect(wrong.length).toBeLessThanOrEqual(worlds);
      expect(violations > 0).toBe(wrong.length > 0);
      for (const { world } of wrong) expect(ids).toContain(world);
    }
  });

  test('do not cover a combination of which one behaviour is changed', () => {
    const behaviour = strategyById('rfc-2025-03')?.behaviour ?? {};
    const changed = { ...behaviour, onPcpuChange: 'nothing' };
    expect(verdictFor(stored, changed)).toBeUndefined();
    expect(verdictFor(undefined, behaviour)).toBeUndefined();
  });

  test('of a damaged file are refused with the place of what is wrong', () => {
    expect(() => parseVerdicts('{', PLACE)).toThrow(UserError);
    expect(() => parseVerdicts('{"verdicts":[{"behaviour":1}]}', PLACE)).toThrow(
      `${PLACE}: verdicts.0.behaviour: `,
    );
  });
});
