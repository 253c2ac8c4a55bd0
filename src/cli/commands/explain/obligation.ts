import { OBLIGATION_IDS, OBLIGATIONS } from '../../../checker/obligations.ts';
import type { BehaviourKey } from '../../../hypervisor/behaviour.ts';
import { PATCHES } from '../../../hypervisor/patches.ts';
import { wrap } from '../../../util/wrap.ts';

/** `O7`, by which an obligation is listed and found. */
export const OBLIGATION_NAMES = OBLIGATION_IDS.map((id) => id.split(' ')[0] ?? id);

/** An obligation by `O7`, `ALL-LEVELS` or both; undefined for anything else. */
export function explainObligation(name: string): string | undefined {
  const id = OBLIGATION_IDS.find((each) => each === name || each.split(' ').includes(name));
  if (id === undefined) return undefined;
  const { must, harms, threatenedBy, decidedBy } = OBLIGATIONS[id];
  const patches = PATCHES.filter((patch) =>
    decidedBy.some((key: BehaviourKey) => patch.changes[key] !== undefined),
  );
  const changed =
    patches.length === 0
      ? 'No patch of rfc-2025-03 changes them.'
      : `Changed by patch ${patches.map((patch) => patch.number).join(', ')} of rfc-2025-03.`;
  return [
    `obligation ${id}`,
    wrap(`What must hold: ${must}.`, '  '),
    wrap(
      `Why: where it is broken, a translation is used that its user may not use, and ${harms} may be harmed.`,
      '  ',
    ),
    wrap(`Threatened by: ${threatenedBy}.`, '  '),
    wrap(`Decided by: ${decidedBy.join(', ')} ("explain" has their values). ${changed}`, '  '),
    wrap('Source: this suite, from the code of KVM that these behaviours name.', '  '),
    wrap('To look for what breaks it: check --strategy ID', '  '),
  ].join('\n');
}
