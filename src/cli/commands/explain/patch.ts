import type { KvmBehaviour } from '../../../hypervisor/behaviour.ts';
import { behaviourAfter, LAST_PATCH, PATCHES, type Patch } from '../../../hypervisor/patches.ts';
import { isBehaviourKey } from '../../../hypervisor/strategies.ts';
import { wrap } from '../../../util/wrap.ts';
import { valueText } from './strategy.ts';

/** What the kinds of patches are to the series. */
const KINDS: Readonly<Record<Patch['kind'], string>> = {
  refactoring: 'refactoring: it changes no behaviour',
  preparation: 'preparation: a later patch builds on it',
  behaviour: 'behaviour: it changes what is flushed, or under which ASID a VMCB runs',
  optimisation: 'optimisation: it takes away work that others have made unnecessary',
};

/** Patch 17 of the series as what it changes, what it needs, and how to see its effect. */
export function explainPatch(patch: Patch): string {
  const { number } = patch;
  const before = behaviourAfter(number - 1);
  const neededBy = PATCHES.filter((each) => each.needs.includes(number));
  return [
    wrap(`patch ${number} of ${LAST_PATCH}: ${patch.subject}`),
    wrap(patch.what, '  '),
    wrap(`Kind: ${KINDS[patch.kind]}.`, '  '),
    wrap(`Source: ${patch.source}`, '  '),
    wrap(
      `Needs: ${numbers(patch.needs)}. Needed by: ${numbers(neededBy.map((each) => each.number))}.`,
      '  ',
    ),
    '',
    ...changes(patch.changes, before),
    ...(patch.whenDropped === undefined ? [] : ['', ...dropped(patch.whenDropped)]),
    '',
    'Its effect alone:',
    wrap(`run SUITE --strategy rfc-2025-03@${number - 1} --strategy rfc-2025-03@${number}`, '  '),
    wrap(`run SUITE --strategy rfc-2025-03 --without ${number}`, '  '),
  ].join('\n');
}

function changes(to: Partial<KvmBehaviour>, from: KvmBehaviour): readonly string[] {
  const entries = Object.entries(to);
  if (entries.length === 0) return ['It changes no behaviour.'];
  return [
    'Changes:',
    ...entries.flatMap(([key, value]) =>
      isBehaviourKey(key)
        ? [
            wrap(`${key}: ${from[key]} becomes ${value}`, '  '),
            wrap(valueText(key, value), '      '),
          ]
        : [],
    ),
  ];
}

function dropped(behaviour: Partial<KvmBehaviour>): readonly string[] {
  return [
    'Left out of the full series, later patches make it:',
    ...Object.entries(behaviour).flatMap(([key, value]) =>
      isBehaviourKey(key)
        ? [wrap(`${key}: ${value}`, '  '), wrap(valueText(key, value), '      ')]
        : [],
    ),
  ];
}

function numbers(list: readonly number[]): string {
  return list.length === 0 ? 'none' : list.join(', ');
}
