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
  isBehaviourKey,
  STRATEGIES,
  type Strategy,
  strategyById,
  withBehaviour,
} from '../../../hypervisor/strategies.ts';
import { wrap } from '../../../util/wrap.ts';

/** Why each strategy is worth running; ids that end in a number share a reason. */
const REASONS: Readonly<Record<string, string>> = {
  'kvm-6.14': 'It is the "before" of every comparison: the kernel that the series was posted for.',
  'kvm-6.12.117':
    'It is what the captured logs show, VMRUN by VMRUN: the same rules, with later fixes.',
  'rfc-2025-02': 'The only published AMD measurement of the change was made with it.',
  'static-2025-03-13':
    'It is known to be unsafe: a tool that does not say so can not be trusted about the others.',
  'rfc-2025-03': 'It is the series whose steps this suite prices and checks one by one.',
  'rfc-2026-06': 'It is where the work went: one ASID per vCPU and level instead of per VM.',
  'vmx-vpid': 'It is how the other vendor does it, with tags that were always per vCPU and level.',
  'xen-generation': 'It is how another hypervisor does it, and how an L1 may behave.',
  'asid-cache':
    'Several L2s on one vCPU share one ASID in all proposals; this asks what more would give.',
  'flush-always': 'It bounds the cost from above: nothing that KVM could do flushes more.',
  'no-asid': 'It is the machine without tags, and shows what tags are worth.',
  ideal: 'It bounds the cost from below: each result can be read as a share of what was possible.',
};

/** Why a strategy is there; undefined for one that a user made. */
export function strategyReason(id: string): string | undefined {
  return REASONS[id] ?? REASONS[id.replace(/-\d+$/, '')];
}

/** What one value of a behaviour means. */
export function valueText(key: BehaviourKey, value: string): string {
  const values: Readonly<Record<string, string>> = BEHAVIOURS[key].values;
  return values[value] ?? '';
}

/** A strategy by name, by prefix (`rfc-2025-03@17`) or with changes (`rfc-2025-03+invlpga=as-invlpg`). */
export function namedStrategy(name: string): Strategy | undefined {
  const [id = '', ...changes] = name.split('+');
  return changes.reduce((strategy: Strategy | undefined, change) => {
    const [key = '', value = ''] = change.split('=');
    return strategy !== undefined && isBehaviourKey(key)
      ? withBehaviour(strategy, key, value)
      : undefined;
  }, strategyById(id));
}

/** A strategy as what it does otherwise than the default baseline, then what it shares with it. */
export function explainStrategy(strategy: Strategy): string {
  const baseline = strategyById(DEFAULT_BASELINE)?.behaviour;
  const differs = (key: BehaviourKey): boolean =>
    baseline !== undefined && baseline[key] !== strategy.behaviour[key];
  const changed = BEHAVIOUR_KEYS.filter(differs);
  const same = BEHAVIOUR_KEYS.filter((key) => !differs(key));
  const reason = strategyReason(strategy.id);
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
