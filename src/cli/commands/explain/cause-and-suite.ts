import { CAUSES } from '../../../cost/causes.ts';
import type { Suite } from '../../../suite/suite.ts';
import { definition, nameColumns, wrap } from '../../../util/wrap.ts';

/** A cause with those that share its group in reports. */
export function explainCause(cause: (typeof CAUSES)[number]): string {
  const others = CAUSES.filter((each) => each.group === cause.group && each.id !== cause.id);
  const columns = nameColumns(others.map((each) => each.id));
  return [
    `cause ${cause.id}`,
    wrap(`${cause.label}. ${cause.what}`, '  '),
    wrap(
      'Why: every modelled cycle has exactly one cause, so a saving can be read off by where it comes from.',
      '  ',
    ),
    wrap(`Priced by: ${cause.pricedBy.join(', ')} ("explain" has the sources).`, '  '),
    '',
    others.length === 0 ? `Alone in group ${cause.group}.` : `Others of group ${cause.group}:`,
    ...others.map((each) => definition(each.id, each.label, columns)),
  ].join('\n');
}

/** A suite's question, what it expects, and everything that decides its cells. */
export function explainSuite(suite: Suite): string {
  return [
    `suite ${suite.id} (group ${suite.group})`,
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
