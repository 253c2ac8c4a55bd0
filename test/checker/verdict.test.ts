import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { behaviourHash, parseVerdicts, verdictFor } from '../../src/checker/verdict.ts';
import { WORLDS } from '../../src/checker/worlds.ts';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import { UserError } from '../../src/util/user-error.ts';

const PLACE = 'data/verdicts/verdicts.json';
const stored = parseVerdicts(readFileSync(PLACE, 'utf8'), PLACE);

describe('the stored verdicts', () => {
  test('are of the behaviours that the strategies have now', () => {
    for (const { strategy, behaviour } of stored.values()) {
      expect(behaviourHash(strategyById(strategy)?.behaviour ?? {}), strategy).toBe(behaviour);
    }
  });

  test('have one for what a report is about, and for its baseline', () => {
    for (const id of ['kvm-6.14', 'rfc-2025-03']) {
      expect(verdictFor(stored, strategyById(id)?.behaviour ?? {})?.strategy).toBe(id);
    }
  });

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
