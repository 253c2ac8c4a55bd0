import { describe, expect, test } from 'vitest';
import { QUICK_BOUNDS } from '../../src/checker/check.ts';
import { checkWorld } from '../../src/checker/check-world.ts';
import { WORLDS } from '../../src/checker/worlds.ts';
import { strategyById } from '../../src/hypervisor/strategies.ts';

describe('ASIDs that are kept for several L2s of a vCPU', () => {
  const spec = WORLDS.find(({ id }) => id === 'two-npt12s')!;

  /** A slot that a state leaves out comes back empty, and a path that needs it is no path. */
  test.each(['asid-cache-2', 'asid-cache-4', 'asid-cache-8'])(
    '%s: a state holds a slot for each L2 on each NPT12, and every path is one',
    (id) => {
      const { behaviour } = strategyById(id)!;
      const options = { spec, behaviour, base: null, stopAtNew: false, ...QUICK_BOUNDS };
      const { exhaustive, violations } = checkWorld(options);
      expect(exhaustive).toBe(true);
      expect(violations.map((violation) => violation.class)).toEqual(['guest']);
    },
  );
});
