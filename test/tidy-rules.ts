/** Rules about the source tree that neither the compiler nor the linter knows. */

interface Permissions {
  readonly values: readonly string[];
  /** Folders whose types alone may be imported. */
  readonly types?: readonly string[];
}

/**
 * Which folder of src/ imports which, lowest first: a folder imports what stands above it here. No permission
 * goes unused. A folder may always import itself, and packages; `cli`, which nothing imports, may import all.
 */
export const MAY_IMPORT: Readonly<Record<string, Permissions>> = {
  units: { values: [] },
  util: { values: [] },
  parallel: { values: ['util'] },
  statistics: { values: [] },
  cost: { values: ['units'] },
  hardware: { values: ['util', 'cost'], types: ['units'] },
  oracle: { values: [], types: ['hardware'] },
  hypervisor: { values: ['cost', 'hardware'] },
  checker: { values: ['util', 'parallel', 'hardware', 'hypervisor'] },
  inputs: { values: ['util'] },
  workloads: {
    values: ['util', 'cost', 'hardware', 'oracle', 'hypervisor', 'inputs'],
    types: ['units'],
  },
  replay: { values: ['util', 'hardware', 'oracle', 'hypervisor', 'inputs'] },
  /** Hardware driven by what a captured kernel did: no hypervisor. */
  executed: { values: ['util', 'cost', 'hardware', 'oracle', 'inputs', 'workloads'] },
  uncertainty: {
    values: ['util', 'statistics', 'cost', 'hardware', 'workloads'],
    types: ['units'],
  },
  suite: { values: ['units', 'util', 'hardware', 'hypervisor', 'inputs', 'workloads', 'executed'] },
  run: {
    values: [
      'units',
      'util',
      'parallel',
      'statistics',
      'cost',
      'hardware',
      'hypervisor',
      'workloads',
      'executed',
      'uncertainty',
      'suite',
    ],
    types: ['oracle', 'inputs'],
  },
  calibrate: {
    values: ['units', 'hardware', 'hypervisor', 'workloads', 'uncertainty', 'suite', 'run'],
  },
  sensitivity: {
    values: [
      'util',
      'statistics',
      'hardware',
      'workloads',
      'uncertainty',
      'suite',
      'run',
      'calibrate',
    ],
    types: ['hypervisor'],
  },
  /** Costs from run and verdicts from checker, patch by patch. */
  series: { values: ['util', 'parallel', 'statistics', 'hypervisor', 'checker', 'suite', 'run'] },
  importers: { values: ['util', 'hardware', 'inputs'], types: ['suite'] },
  /** From what somebody says of a host to an answer for it. */
  host: { values: ['importers'], types: ['suite', 'run', 'sensitivity'] },
  compare: { values: ['util', 'statistics'], types: ['run'] },
  export: { values: ['util', 'cost'], types: ['run'] },
  /** Measures the host and knows nothing that is modelled. */
  probe: { values: ['units', 'util', 'statistics'] },
  /** The one folder in which what was measured meets what is modelled. */
  validation: {
    values: [
      'units',
      'util',
      'statistics',
      'cost',
      'hardware',
      'hypervisor',
      'inputs',
      'workloads',
      'replay',
      'suite',
      'run',
    ],
    types: ['parallel', 'probe'],
  },
  /** Runs programs and keeps files: with cli and probe it has a clock. */
  rig: { values: ['util', 'inputs'] },
  /** Reads what the emulator's shadow TLB saw, and tells it in the checker's words. */
  sanitizer: { values: ['util', 'checker', 'inputs', 'rig'] },
  distributed: { values: ['util', 'parallel', 'hardware', 'hypervisor', 'suite', 'run'] },
  /** From what a link says to an answer; for the command line and for pages, so without Node. */
  live: {
    values: ['util', 'statistics', 'cost', 'hardware', 'hypervisor', 'uncertainty', 'suite', 'run'],
    types: ['workloads'],
  },
  report: {
    values: [
      'util',
      'statistics',
      'cost',
      'hardware',
      'hypervisor',
      'checker',
      'run',
      'validation',
      'live',
    ],
    types: ['units', 'workloads', 'sensitivity', 'series', 'compare', 'probe', 'importers', 'host'],
  },
  /** The script of a page. */
  page: { values: ['util', 'workloads', 'run', 'live', 'report'], types: ['suite'] },
};
export const EVERY_FOLDER: readonly string[] = [...Object.keys(MAY_IMPORT), 'cli'];

/** Who may touch files; everything else gets bytes or text. */
const FILE_ACCESS = [
  /^src\/cli\//,
  /^src\/inputs\/(load-data|read-file)\.ts$/,
  /^src\/suite\/load-suite\.ts$/,
  /^src\/suite\/suite-index\.ts$/,
  /^src\/probe\/(host|cpuid-rate)\.ts$/,
  /^src\/parallel\/task\.ts$/,
  /^src\/rig\//,
];

const MAX_LINES = 400;
const DATA_TABLES = [
  /^src\/hardware\/presets\//,
  /^src\/hypervisor\/behaviour\.ts$/,
  /^src\/checker\/mutants\.ts$/,
];

interface Import {
  readonly line: number;
  readonly specifier: string;
  readonly isType: boolean;
}

/** Imports and re-exports of a module, dynamic ones included. */
export function importsOf(text: string): readonly Import[] {
  const statement = /(?:^|\n)[ \t]*(import|export)\b(\s+type\b)?[^'";]*?\bfrom\s*['"]([^'"]+)['"]/g;
  const bare = /(?:^|\n)[ \t]*(import)(\s+type)?\s*['"]([^'"]+)['"]/g;
  const dynamic = /\b(import)(\s+type)?\s*\(\s*['"]([^'"]+)['"]/g;
  return [statement, bare, dynamic].flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => ({
      line: lineAt(text, match.index + match[0].length),
      specifier: match[3] ?? '',
      isType: match[2] !== undefined,
    })),
  );
}

/** `file:line: folder A must not import B`, for each import that the table forbids. */
export function forbiddenImports(path: string, text: string): readonly string[] {
  const from = folderOf(path);
  if (from === 'cli') return [];
  const rule = MAY_IMPORT[from];
  return importsOf(text).flatMap((found) => {
    if (!found.specifier.startsWith('.')) return [];
    const to = folderOf(resolvePath(path, found.specifier));
    if (to === from) return [];
    // The public entry beside the folders may re-export all but the command line.
    const isAllowed =
      from === ''
        ? to !== 'cli'
        : rule !== undefined &&
          (rule.values.includes(to) || (found.isType && rule.types?.includes(to) === true));
    if (isAllowed) return [];
    const what = rule?.types?.includes(to) ? `more than types of ${to}` : to === '' ? 'src' : to;
    return [`${path}:${found.line}: folder ${from} must not import ${what}`];
  });
}

/** `folder: …` for each permission of the table that no module uses, or uses for types alone. */
export function unusedPermissions(
  files: readonly { readonly path: string; readonly text: string }[],
  table: Readonly<Record<string, Permissions>> = MAY_IMPORT,
): readonly string[] {
  const uses = { value: new Set<string>(), type: new Set<string>() };
  for (const { path, text } of files) {
    for (const { specifier, isType } of importsOf(text)) {
      const to = folderOf(resolvePath(path, specifier));
      uses[isType ? 'type' : 'value'].add(`${folderOf(path)} ${to}`);
    }
  }
  return Object.entries(table).flatMap(([folder, { values, types = [] }]) => [
    ...values
      .filter((to) => !uses.value.has(`${folder} ${to}`))
      .map((to) => `${folder}: imports no value of ${to}`),
    ...types
      .filter((to) => !uses.type.has(`${folder} ${to}`))
      .map((to) => `${folder}: imports no type of ${to}`),
  ]);
}

/** The line of docs/why/architecture.md that says what a folder imports. */
export function importsLine(folder: string): string {
  if (folder === 'cli') return '**Imports** anything; nothing imports it.';
  const { values, types = [] } = MAY_IMPORT[folder] ?? { values: [] };
  const names = (list: readonly string[]) => list.map((name) => `\`${name}\``).join(', ');
  const parts = [
    ...(values.length === 0 ? [] : [names(values)]),
    ...(types.length === 0 ? [] : [`types of ${names(types)}`]),
  ];
  return `**Imports** ${parts.join('; ') || 'nothing'}.`;
}

/** Folders of src/ that the table doesn't know. */
export function unknownFolders(paths: readonly string[]): readonly string[] {
  const folders = paths.filter((path) => path.startsWith('src/')).map(folderOf);
  return [...new Set(folders)].filter((name) => name !== '' && !EVERY_FOLDER.includes(name));
}

/**
 * `file:line: …` for each word of a hypervisor in the hardware layer, comments included.
 * Presets are left out: their sources are cited by the subject of a mail or the name of a file.
 * "VMCB" in capitals is the manual's word for what VMRUN reads.
 */
export function hypervisorWords(path: string, text: string): readonly string[] {
  if (!path.startsWith('src/hardware/') || path.startsWith('src/hardware/presets/')) return [];
  return matches(text, /\bKVM|\bkvm|\bL1 hypervisor|\bvCPU|\bVcpu|\bvcpu|\bL2 guest|\bvmcb/g).map(
    ({ line, found }) => `${path}:${line}: hardware must not know "${found}"`,
  );
}

/** `file:line: …` for each use of the file system where data should come as an argument. */
export function fileSystemUse(path: string, text: string): readonly string[] {
  if (!path.startsWith('src/') || FILE_ACCESS.some((allowed) => allowed.test(path))) return [];
  return importsOf(text)
    .filter((found) => /^(node:)?fs(\/promises)?$/.test(found.specifier))
    .map((found) => `${path}:${found.line}: only the edges of the program read and write files`);
}

/** A message for a source file that should be two. */
export function tooLong(path: string, text: string): readonly string[] {
  if (!path.startsWith('src/') || DATA_TABLES.some((table) => table.test(path))) return [];
  const lines = text.split('\n').length - 1;
  return lines > MAX_LINES ? [`${path}: ${lines} lines, more than ${MAX_LINES}`] : [];
}

/** `file:line: …` for each comparison with the name of a strategy: behaviours decide, not names. */
export function comparedNames(
  path: string,
  text: string,
  names: readonly string[],
): readonly string[] {
  if (!path.startsWith('src/')) return [];
  const choices = names.map((name) => name.replace(/[.+]/g, '\\$&')).join('|');
  const pattern = new RegExp(`(?:[!=]==\\s*|\\bcase\\s+)'(?:${choices})'`, 'g');
  return matches(text, pattern).map(
    ({ line, found }) => `${path}:${line}: no decision by the name of a strategy ("${found}")`,
  );
}

/** Where ids of strategies, suites and obligations are defined. */
const DEFINES_IDS = [/^src\/hypervisor\/strategies\.ts$/, /^src\/checker\/obligations\.ts$/];

/**
 * `file:line: …` for each table that tells something of a strategy, a suite or an obligation by its id.
 * What is told of one is a field of it.
 */
export function tablesById(path: string, text: string, ids: readonly string[]): readonly string[] {
  if (!path.startsWith('src/') || DEFINES_IDS.some((place) => place.test(path))) return [];
  const choices = ids.map((id) => id.replace(/[.+]/g, '\\$&')).join('|');
  const keys = [
    ...matches(text, new RegExp(`^ +'?(?:${choices})'?: `, 'gm')),
    ...matches(text, new RegExp(`\\bMap\\(\\[\\s*\\[\\s*'(?:${choices})'`, 'g')),
    ...matches(text, /\bRecord<(?:Obligation|StrategyId|SuiteId)\b/g),
  ];
  return keys.map(
    ({ line, found }) => `${path}:${line}: make it a field of what "${found.trim()}" names`,
  );
}

/** `file:line: …` for each way around the type checker, the linter or a test. */
export function escapes(path: string, text: string): readonly string[] {
  if (!path.endsWith('.ts')) return [];
  const pattern =
    /\bas any\b|\bas unknown as\b|@ts-[i]gnore|@ts-[n]ocheck|biome-[i]gnore|\.(?:skip|only|todo)\(/g;
  return matches(text, pattern).map(({ line, found }) => `${path}:${line}: no "${found}"`);
}

/** `file:line: …` for each path that exists on somebody's machine alone. */
export function machinePaths(path: string, text: string): readonly string[] {
  // Brackets keep these patterns from finding themselves.
  const pattern = /(?<![\w.@~:-])\/(?:work|tmp|root|home|[U]sers|var\/tmp)\/[\w.]+|\.l[i]brary\b/g;
  return matches(text, pattern).map(
    ({ line, found }) => `${path}:${line}: "${found}" is a path of one machine`,
  );
}

function matches(text: string, pattern: RegExp): { line: number; found: string }[] {
  return [...text.matchAll(pattern)].map((match) => ({
    line: lineAt(text, match.index),
    found: match[0],
  }));
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** `src/hardware/presets/x.ts` is in folder `hardware`; `src/index.ts` in ``. */
export function folderOf(path: string): string {
  const parts = path.split('/');
  return parts.length > 2 ? (parts[1] ?? '') : '';
}

/** The path that a relative specifier in a module means. */
export function resolvePath(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** `file:line: …` for each import of a subject in the blocks that all subjects are told in. */
export function subjectsInBlocks(path: string, text: string): readonly string[] {
  if (!path.startsWith('src/report/blocks/')) return [];
  return importsOf(text)
    .filter(({ specifier }) => /^\.\.\/(?!\.\.\/)/.test(specifier))
    .map(({ line, specifier }) => `${path}:${line}: blocks must not import ${specifier}`);
}
