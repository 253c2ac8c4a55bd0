import type { ManifestParameter } from '../../run/results.ts';
import {
  type Block,
  cell,
  left,
  paragraph,
  right,
  type Section,
  type Table,
} from '../blocks/document.ts';
import { formatExact } from '../blocks/numbers.ts';
import { counted, listed } from '../blocks/words.ts';
import type { ReportModel } from './model.ts';
import { parameterTable, rangeOf, sourceText } from './tables.ts';

/** A table of what is assumed that is longer is folded away. */
const MOST_ROWS = 12;
/** More owners of one row are counted, not named. */
const MOST_OWNERS = 2;

interface Group {
  readonly name: string;
  readonly parameters: readonly ManifestParameter[];
}

/** An assumed parameter and whose it is. */
interface Assumed {
  readonly owners: readonly string[];
  readonly parameter: ManifestParameter;
}

/** What is assumed in tables of their own, then all parameters with their sources. */
export function parameterSection(model: ReportModel): Section {
  const { machines, scenarios } = model.manifest;
  const groups: readonly Group[] = [
    ...machines.map((each) => ({
      name: `Parameters of ${each.id}: ${each.name}`,
      parameters: each.parameters,
    })),
    ...scenarios.map((each) => ({ name: `Parameters of ${each.id}`, parameters: each.parameters })),
  ].filter((group) => group.parameters.length > 0);
  const all = groups.flatMap((group) => group.parameters);
  const assumed = all.filter(isAssumed);
  return {
    id: 'parameters',
    short: 'Parameters',
    heading: parameterFinding(assumed.length, all.length),
    tone: 'plain',
    blocks: [
      ...(assumed.length === 0 ? [] : assumedBlocks(model)),
      ...groups.map(
        ({ name, parameters }): Block => ({
          kind: 'table',
          table: parameterTable(name, parameters),
          folded: true,
        }),
      ),
    ],
  };
}

const isAssumed = ({ confidence }: ManifestParameter): boolean => confidence === 'assumed';

function parameterFinding(assumed: number, all: number): string {
  if (all === 0) return 'The run lists no parameter';
  const parameters = counted(all, 'parameter');
  if (assumed === 0) return `None of ${parameters} is assumed`;
  return `${assumed} of ${parameters} ${assumed === 1 ? 'is' : 'are'} assumed`;
}

/** A table for each machine, and one for all scenarios, which often assume the same. */
function assumedBlocks({ manifest }: ReportModel): readonly Block[] {
  const tables = [
    ...manifest.machines.map(({ id, parameters }) =>
      assumedTable(`Assumed about the machine ${id}`, null, ownedBy([{ name: id, parameters }])),
    ),
    assumedTable(
      'Assumed about scenarios',
      'Scenarios',
      ownedBy(manifest.scenarios.map(({ id, parameters }) => ({ name: id, parameters }))),
    ),
  ].filter(({ rows }) => rows.length > 0);
  return [
    paragraph('Nobody has published these. Each has a range and a reason.'),
    ...tables.map(
      (table): Block => ({ kind: 'table', table, folded: table.rows.length > MOST_ROWS }),
    ),
  ];
}

/** What several owners assume in the same words and numbers is one row. */
function ownedBy(groups: readonly Group[]): readonly Assumed[] {
  const rows = new Map<string, { owners: string[]; parameter: ManifestParameter }>();
  for (const { name, parameters } of groups) {
    for (const parameter of parameters.filter(isAssumed)) {
      const { path, value, low, high, unit, source } = parameter;
      const key = JSON.stringify([path, value, low, high, unit, source]);
      const row = rows.get(key);
      if (row === undefined) rows.set(key, { owners: [name], parameter });
      else row.owners.push(name);
    }
  }
  return [...rows.values()];
}

/** A bare count needs no unit beside its range. */
const unitOf = ({ unit }: ManifestParameter): string => (unit === 'count' ? '' : unit);

/** `whose` heads a column of owners; null: the caption names the only one. */
function assumedTable(caption: string, whose: string | null, rows: readonly Assumed[]): Table {
  return {
    caption,
    columns: [
      left('Parameter'),
      right('Value'),
      right('Range'),
      ...(whose === null ? [] : [left(whose)]),
      left('Reason'),
    ],
    rows: rows.map(({ owners, parameter }) => [
      cell(parameter.path, 'code'),
      cell(formatExact(parameter.value)),
      cell(`${rangeOf(parameter)} ${unitOf(parameter)}`.trim(), 'quiet'),
      ...(whose === null
        ? []
        : [cell(owners.length > MOST_OWNERS ? `${owners.length} of them` : listed(owners))]),
      cell(sourceText(parameter), 'quiet'),
    ]),
  };
}
