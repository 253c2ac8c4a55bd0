import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { OBLIGATION_IDS } from '../src/checker/obligations.ts';
import { STRATEGIES } from '../src/hypervisor/strategies.ts';
import { circles, importGraph, namesTwice, type SourceFile } from './tidy-graph.ts';
import {
  comparedNames,
  EVERY_FOLDER,
  escapes,
  fileSystemUse,
  forbiddenImports,
  hypervisorWords,
  importsLine,
  MAY_IMPORT,
  machinePaths,
  subjectsInBlocks,
  tablesById,
  tooLong,
  unknownFolders,
  unusedPermissions,
} from './tidy-rules.ts';
import { exportsWithoutUser, longFunctions } from './tidy-syntax.ts';

const NOT_OURS = ['node_modules', 'dist', 'coverage', '.git', 'reports'];
const TEXT = /\.(ts|js|json|jsonl|md|yaml|yml|grit|csv|html|txt)$|^\.ci\/|^\.git[a-z]+$|^LICENSE$/;

function textFiles(folder: string): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (folder === '.' && NOT_OURS.includes(entry.name)) return [];
    if (entry.isDirectory()) return textFiles(path);
    return TEXT.test(path) ? [{ path, text: readFileSync(path, 'utf8') }] : [];
  });
}

const files = textFiles('.');
const sources = files.filter((file) => file.path.startsWith('src/') && file.path.endsWith('.ts'));

function complaints(rule: (path: string, text: string) => readonly string[]): string[] {
  return files.flatMap((file) => rule(file.path, file.text));
}

describe('the source tree', () => {
  test('has every folder of src in the table of imports', () => {
    expect(sources.length).toBeGreaterThan(0);
    expect(unknownFolders(sources.map((file) => file.path))).toEqual([]);
  });

  test('has imports that point down the layers only', () => {
    expect(sources.flatMap((file) => forbiddenImports(file.path, file.text))).toEqual([]);
  });

  test('has folders that import only those above them, and no permission without a use', () => {
    for (const [folder, { values, types = [] }] of Object.entries(MAY_IMPORT)) {
      const above = EVERY_FOLDER.slice(0, EVERY_FOLDER.indexOf(folder));
      expect(above, folder).toEqual(expect.arrayContaining([...values, ...types]));
    }
    expect(unusedPermissions(sources)).toEqual([]);
  });

  test('says in its document what each folder imports, in the order of the table', () => {
    const text = readFileSync('docs/why/architecture.md', 'utf8');
    const sections = text.split(/^### (?=`)/m).slice(1);
    const said = sections.map((section) => [
      /^`([\w-]+)`/.exec(section)?.[1],
      /^\*\*Imports\*\*.*$/m.exec(section)?.[0],
    ]);
    expect(said).toEqual(EVERY_FOLDER.map((folder) => [folder, importsLine(folder)]));
  });

  test('exports nothing for tests alone, and nothing for nobody', () => {
    const users = files.filter(({ path }) => /^(?:src|scripts|examples)\/.*\.ts$/.test(path));
    const tests = files.filter(({ path }) => /^test\/.*\.ts$/.test(path));
    expect(exportsWithoutUser(sources, users, tests)).toEqual([]);
  });

  test('has no two types of one name', () => {
    expect(namesTwice(sources)).toEqual([]);
  });

  test('has no function of more than 70 lines', () => {
    expect(sources.flatMap(longFunctions)).toEqual([]);
  });

  test('has no modules that import each other in a circle', () => {
    expect(circles(importGraph(sources))).toEqual([]);
  });

  test('has blocks of reports that know no subject', () => {
    expect(complaints(subjectsInBlocks)).toEqual([]);
    const line = "import { headline } from '../run/subject.ts';";
    expect(subjectsInBlocks('src/report/blocks/style.ts', line)).toHaveLength(1);
    expect(subjectsInBlocks('src/report/run/page.ts', line)).toEqual([]);
  });

  test('has a hardware layer that knows no hypervisor', () => {
    expect(complaints(hypervisorWords)).toEqual([]);
  });

  test('reads and writes files at its edges only', () => {
    expect(complaints(fileSystemUse)).toEqual([]);
  });

  test('has no source file of more than 400 lines but data tables', () => {
    expect(complaints(tooLong)).toEqual([]);
  });

  test('decides nothing by the name of a strategy', () => {
    const names = STRATEGIES.map((strategy) => strategy.id);
    expect(files.flatMap((file) => comparedNames(file.path, file.text, names))).toEqual([]);
  });

  test('tells what is known of a strategy, a suite or an obligation where it is defined', () => {
    const ids = [
      ...STRATEGIES.map(({ id }) => id),
      ...OBLIGATION_IDS,
      // Ids of one word, such as boot, are other things' names too.
      ...files.flatMap(({ path }) => /^suites\/\w[^/]*\/(\w+-.+)\.yaml$/.exec(path)?.[1] ?? []),
    ];
    expect(ids.length).toBeGreaterThan(70);
    expect(complaints((path, text) => tablesById(path, text, ids))).toEqual([]);
  });

  test('goes around neither the type checker nor the linter nor a test', () => {
    expect(complaints(escapes)).toEqual([]);
  });

  test('names no path of the machine that it was written on', () => {
    expect(complaints(machinePaths)).toEqual([]);
  });
});

describe('the rules themselves', () => {
  test.each([
    ['a static import', "import { a } from '../hypervisor/strategies.ts';"],
    ['a re-export', "export { a } from '../hypervisor/strategies.ts';"],
    ['a type', "import type { A } from '../hypervisor/strategies.ts';"],
    ['an import for its effects', "import '../hypervisor/strategies.ts';"],
    ['a dynamic import', "const a = await import('../hypervisor/strategies.ts');"],
    ['an import over several lines', "import {\n  a,\n} from '../hypervisor/strategies.ts';"],
  ])('see %s', (_, text) => {
    const line = text.split('\n').length;
    expect(forbiddenImports('src/hardware/tlb.ts', text)).toEqual([
      `src/hardware/tlb.ts:${line}: folder hardware must not import hypervisor`,
    ]);
  });

  test('see a permission that nothing uses, and one that types would do for', () => {
    const table = { a: { values: ['b', 'c'], types: ['d'] } };
    const text = "import { x } from '../b/x.ts';\nimport type { Y } from '../c/y.ts';\n";
    expect(unusedPermissions([{ path: 'src/a/a.ts', text }], table)).toEqual([
      'a: imports no value of c',
      'a: imports no type of d',
    ]);
  });

  test('see an export that only a test uses, and one that nobody does', () => {
    const text = `export const one = 1;
export const two = 2;
export const three = two;
export const four = 4;
export const five = four;
`;
    const sources = [{ path: 'src/a/a.ts', text }];
    const user = { path: 'src/a/b.ts', text: "import { one } from './a.ts';\n" };
    const tests = [{ path: 'test/a.ts', text: "import { three, four } from '../src/a/a.ts';\n" }];
    expect(exportsWithoutUser(sources, [...sources, user], tests)).toEqual([
      'src/a/a.ts: two',
      'src/a/a.ts: three',
      'src/a/a.ts: five',
    ]);
  });

  test('see two types of one name', () => {
    const file = (name: string, text: string) => ({ path: `src/a/${name}.ts`, text });
    const both = [file('a', 'export type Twice = 1;\n'), file('b', 'export class Twice {}\n')];
    expect(namesTwice(both)).toEqual(['Twice: src/a/a.ts, src/a/b.ts']);
  });

  test('see a long function', () => {
    const file = (lines: number) => ({
      path: 'src/a/a.ts',
      text: `export const f = () => {\n${'g();\n'.repeat(lines - 2)}};\n`,
    });
    expect(longFunctions(file(71))).toHaveLength(1);
    expect(longFunctions(file(70))).toEqual([]);
  });

  test('see a circle, also one of types', () => {
    const file = (name: string, ...imports: string[]) => ({
      path: `src/a/${name}.ts`,
      text: imports.map((to) => `import type { A } from './${to}.ts';\n`).join(''),
    });
    const tree = [file('a', 'b', 'd'), file('b', 'c'), file('c', 'a'), file('d')];
    expect(circles(importGraph(tree))).toEqual([['src/a/a.ts', 'src/a/b.ts', 'src/a/c.ts']]);
    expect(circles(importGraph(tree.slice(1)))).toEqual([]);
  });

  test('let the oracle see types of hardware, but not its values', () => {
    const types = "import type { A } from '../hardware/a.ts';";
    expect(forbiddenImports('src/oracle/o.ts', types)).toEqual([]);
    expect(forbiddenImports('src/oracle/o.ts', types.replace(' type', ''))).toEqual([
      'src/oracle/o.ts:1: folder oracle must not import more than types of hardware',
    ]);
  });

  test('keep everyone from importing the command line, the public entry too', () => {
    const text = "import { a } from './cli/main.ts';";
    expect(forbiddenImports('src/index.ts', text)).toHaveLength(1);
    expect(forbiddenImports('src/report/r.ts', text.replace('./', '../'))).toHaveLength(1);
  });

  test('see a folder that the table does not know', () => {
    expect(unknownFolders(['src/misc/x.ts', 'src/units/x.ts'])).toEqual(['misc']);
  });

  test('see a hypervisor word in a comment of hardware', () => {
    expect(hypervisorWords('src/hardware/a.ts', '// as a vCPU\n')).toHaveLength(1);
    expect(hypervisorWords('src/hardware/a.ts', '// the nested walk\n')).toEqual([]);
  });

  test('see file access inside the model', () => {
    const text = "import { readFileSync } from 'node:fs';\n";
    expect(fileSystemUse('src/hardware/a.ts', text)).toHaveLength(1);
    expect(fileSystemUse('src/inputs/load-data.ts', text)).toEqual([]);
  });

  test('see a decision by name, and leave a table by name alone', () => {
    const names = ['kvm-6.14', 'ideal'];
    expect(comparedNames('src/a/a.ts', "if (id === 'kvm-6.14') {", names)).toHaveLength(1);
    expect(comparedNames('src/a/a.ts', "case 'ideal':", names)).toHaveLength(1);
    expect(comparedNames('src/a/a.ts', "{ ideal: 'green', 'kvm-6.14': 'grey' }", names)).toEqual(
      [],
    );
  });

  test.each([
    "  'kvm-6.14': { subject: 'KVM' },",
    '  ideal: 3,',
    "new Map([['ideal', 3]])",
    'const NOTES: Readonly<Record<Obligation, Notes>> = {',
  ])('see a table by id: %s', (text) => {
    expect(tablesById('src/report/a.ts', text, ['kvm-6.14', 'ideal'])).toHaveLength(1);
    expect(tablesById('src/hypervisor/strategies.ts', text, ['kvm-6.14', 'ideal'])).toEqual([]);
  });

  test('see a long file', () => {
    expect(tooLong('src/util/a.ts', 'a\n'.repeat(401))).toHaveLength(1);
    expect(tooLong('src/util/a.ts', 'a\n'.repeat(400))).toEqual([]);
  });

  test.each([['as', 'any'].join(' '), ['as unknown', 'as'].join(' '), ['test.sk', 'ip('].join('')])(
    'see %s',
    (text) => {
      expect(escapes('test/a.test.ts', text)).toHaveLength(1);
    },
  );

  test.each(['tmp', 'home', 'root'])('see a path under %s', (folder) => {
    expect(machinePaths('README.md', `see /${folder}/notes.md`)).toHaveLength(1);
  });

  test('leave web addresses and relative paths alone', () => {
    const text = 'https://example.org/home/a.html and src/root/a.ts';
    expect(machinePaths('README.md', text)).toEqual([]);
  });
});
