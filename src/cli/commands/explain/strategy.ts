import {
  BEHAVIOUR_KEYS,
  BEHAVIOURS,
  type BehaviourKey,
  behaviourValues,
  isFault,
} from '../../../hypervisor/behaviour.ts';
import { PATCHES } from '../../../hypervisor/patches.ts';
import {
  DEFAULT_BASELINE,
  namedStrategy,
  STRATEGIES,
  type Strategy,
  strategyById,
} from '../../../hypervisor/strategies.ts';
import { wrap } from '../../../util/wrap.ts';

/** What one value of a behaviour means. */
export function valueText(key: BehaviourKey, value: string): string {
  const values: Readonly<Record<string, string>> = BEHAVIOURS[key].values;
  return values[value] ?? '';
}

/** A strategy as what it does otherwise than the default baseline, then what it shares with it. */
export function explainStrategy(strategy: Strategy): string {
  const baseline = strategyById(DEFAULT_BASELINE)?.behaviour;
  const differs = (key: BehaviourKey): boolean =>
    baseline !== undefined && baseline[key] !== strategy.behaviour[key];
  const changed = BEHAVIOUR_KEYS.filter(differs);
  const same = BEHAVIOUR_KEYS.filter((key) => !differs(key));
  const reason = namedStrategy(strategy.id)?.why;
  const isAllRead = strategy.read === undefined;
  const basis = (key: BehaviourKey): string => {
    if (isAllRead) return '';
    const mail = strategy.read?.[key];
    return mail === undefined ? '; assumed' : `; mail ${mail}`;
  };
  return [
    `strategy ${strategy.id}`,
    wrap(strategy.summary, '  '),
    ...(reason === undefined ? [] : [wrap(`Why: ${reason}`, '  ')]),
    wrap(`Source: ${strategy.source}`, '  '),
    ...(changed.length === 0 ? [] : ['', `Where it differs from ${DEFAULT_BASELINE}:`]),
    ...changed.flatMap((key) => {
      const own = strategy.behaviour[key];
      return [
        wrap(`${key}: ${own} (${DEFAULT_BASELINE}: ${baseline?.[key] ?? ''})${basis(key)}`, '  '),
        wrap(valueText(key, own), '      '),
      ];
    }),
    '',
    ...(changed.length === 0
      ? ['Behaviours:', ...same.flatMap((key) => valueLines(key, strategy))]
      : [
          `As ${DEFAULT_BASELINE}${isAllRead ? '' : ', assumed'}:`,
          wrap(same.map((key) => `${key}=${strategy.behaviour[key]}`).join(', '), '  '),
        ]),
  ].join('\n');
}

function valueLines(key: BehaviourKey, { behaviour }: Strategy): readonly string[] {
  const value = behaviour[key];
  return [`  ${key}: ${value}`, wrap(valueText(key, value), '      ')];
}

/** A behaviour as its values, each with the strategies that have it, and the patches that change it. */
export function explainBehaviour(key: BehaviourKey): string {
  const behaviour = BEHAVIOURS[key];
  const values = behaviourValues(key).flatMap((value) => {
    const owners = STRATEGIES.filter((strategy) => strategy.behaviour[key] === value);
    const names = owners.map((strategy) => strategy.id).join(', ');
    const fault = isFault(key, value) ? 'Nobody proposed it; the checker has to find it.' : '';
    const whose = names === '' ? fault || 'In no named strategy.' : `In ${names}.`;
    return [`  ${value}`, wrap(valueText(key, value), '      '), wrap(whose, '      ')];
  });
  const patches = PATCHES.filter((patch) => patch.changes[key] !== undefined);
  const changers =
    patches.length === 0
      ? 'No patch of rfc-2025-03 changes it.'
      : `Changed by ${patches.map((patch) => `patch ${patch.number} (${patch.subject})`).join(', ')}.`;
  return [
    `behaviour ${key}`,
    wrap(behaviour.what, '  '),
    wrap(`Source: ${behaviour.source}`, '  '),
    wrap(changers, '  '),
    wrap(`To change it alone: run SUITE --set ${key}=VALUE`, '  '),
    '',
    'FlagValues:',
    ...values,
  ].join('\n');
}
