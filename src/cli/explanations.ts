import { CAUSES } from '../cost/causes.ts';
import type { Suite } from '../experiment/suite.ts';
import { BEHAVIOUR_KEYS, BEHAVIOURS, type BehaviourKey } from '../hypervisor/behaviour.ts';
import {
  DEFAULT_BASELINE,
  STRATEGIES,
  type Strategy,
  strategyById,
} from '../hypervisor/strategies.ts';
import { definition, nameColumns, wrap } from '../util/wrap.ts';

/** What one value of a behaviour means. */
function valueText(key: BehaviourKey, value: string): string {
  const values: Readonly<Record<string, string>> = BEHAVIOURS[key].values;
  return values[value] ?? '';
}

/** A strategy as its behaviours; `*` marks those that differ from the default baseline. */
export function explainStrategy(strategy: Strategy): string {
  const baseline = strategyById(DEFAULT_BASELINE)?.behaviour;
  const lines = BEHAVIOUR_KEYS.flatMap((key) => {
    const value = strategy.behaviour[key];
    const mark = baseline === undefined || baseline[key] === value ? ' ' : '*';
    return [`${mark} ${key}: ${value}`, wrap(valueText(key, value), '      ')];
  });
  const isBaseline = strategy.id === DEFAULT_BASELINE;
  return [
    `strategy ${strategy.id}`,
    wrap(strategy.summary, '  '),
    wrap(`Source: ${strategy.source}`, '  '),
    '',
    isBaseline ? 'Behaviours:' : `Behaviours (* differs from ${DEFAULT_BASELINE}):`,
    ...lines,
  ].join('\n');
}

/** A behaviour as its values, each with the strategies that have it. */
export function explainBehaviour(key: BehaviourKey): string {
  const behaviour = BEHAVIOURS[key];
  const values = Object.keys(behaviour.values).flatMap((value) => {
    const owners = STRATEGIES.filter((strategy) => strategy.behaviour[key] === value);
    const names = owners.map((strategy) => strategy.id).join(', ');
    return [
      `  ${value}`,
      wrap(valueText(key, value), '      '),
      wrap(names === '' ? 'In no named strategy.' : `In ${names}.`, '      '),
    ];
  });
  return [
    `behaviour ${key}`,
    wrap(behaviour.what, '  '),
    wrap(`Source: ${behaviour.source}`, '  '),
    '',
    'Values:',
    ...values,
  ].join('\n');
}

/** A cause with those that share its group in reports. */
export function explainCause(cause: (typeof CAUSES)[number]): string {
  const others = CAUSES.filter((each) => each.group === cause.group && each.id !== cause.id);
  const columns = nameColumns(others.map((each) => each.id));
  return [
    `cause ${cause.id}`,
    wrap(cause.label, '  '),
    wrap(
      'Every modelled cycle is charged to exactly one cause; their sum is the time of a run.',
      '  ',
    ),
    '',
    others.length === 0 ? `Alone in group ${cause.group}.` : `Others of group ${cause.group}:`,
    ...others.map((each) => definition(each.id, each.label, columns)),
  ].join('\n');
}

/** A suite's question, what it expects, and everything that decides its cells. */
export function explainSuite(suite: Suite): string {
  return [
    `scenario ${suite.id} (group ${suite.group})`,
    wrap(suite.question, '  '),
    wrap(`Expected: ${suite.expected}`, '  '),
    '',
    definition('machines', suite.machines.join(', '), 10),
    definition('strategies', suite.strategies.join(', '), 10),
    definition('baseline', suite.baseline, 10),
    '',
    'As its file says it:',
    ...outline(
      {
        file: suite.file,
        workload: suite.workload,
        paging: suite.paging,
        pageSizes: suite.pageSizes,
        l2Cr4Pge: suite.l2Cr4Pge,
        trips: suite.trips,
        seeds: suite.seeds,
        expect: suite.expect,
      },
      '  ',
    ),
  ].join('\n');
}

/** Nested data as indented `key: value` lines; items of a list are numbered from 1. */
function outline(value: object, indent: string): string[] {
  return Object.entries(value).flatMap(([name, child]: [string, unknown]) => {
    const key = Array.isArray(value) ? String(Number(name) + 1) : name;
    if (typeof child !== 'object' || child === null) {
      return hangingLine(`${key}: ${String(child)}`, indent);
    }
    const list = Array.isArray(child) && child.every((item) => typeof item === 'string');
    if (list) return hangingLine(`${key}: ${child.join(', ')}`, indent);
    return [`${indent}${key}:`, ...outline(child, `${indent}  `)];
  });
}

/** A long value continues two columns further right. */
function hangingLine(text: string, indent: string): string[] {
  const [head = '', ...rest] = wrap(text, `${indent}  `).split('\n');
  return [`${indent}${head.trimStart()}`, ...rest];
}
