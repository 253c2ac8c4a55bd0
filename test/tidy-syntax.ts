/** Rules that need the syntax of a module: its functions, and what it exports. */
import ts from 'typescript';
import { importGraph, type SourceFile } from './tidy-graph.ts';

const MAX_FUNCTION_LINES = 70;
/** Text that is as long as what it holds. */
const LONG_TEXTS = ['styleSheet'];

/** Exports that only tests import, and why that is right. */
const WITHOUT_USER: Readonly<Record<string, string>> = {
  'src/hypervisor/vcpu-reset.ts':
    'a path of the kernel that transcripts drive and no workload takes',
  'src/page/no-files.ts': 'a page is bundled with it in place of the readers of files',
};

function parse({ path, text }: SourceFile): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
}

/** `file:line: …` for each function of more than 70 lines. */
export function longFunctions(file: SourceFile): readonly string[] {
  const source = parse(file);
  const lineOf = (offset: number): number => source.getLineAndCharacterOfPosition(offset).line + 1;
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const first = lineOf(node.getStart());
      const lines = lineOf(node.getEnd()) - first + 1;
      const name = node.name?.getText() ?? 'a function';
      if (lines > MAX_FUNCTION_LINES && !LONG_TEXTS.includes(name)) {
        found.push(`${file.path}:${first}: ${name} has ${lines} lines, more than 70`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Names of the values that a module exports where it declares them. */
export function exportedValues(file: SourceFile): readonly string[] {
  return parse(file).statements.flatMap((statement) => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
    if (!isExported) return [];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map(({ name }) => name.getText());
    }
    const isValue = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
    return isValue && statement.name !== undefined ? [statement.name.text] : [];
  });
}

/**
 * `file: name` for each exported value of `sources` that no module of `users` uses. A test may look at a
 * part of the program that its own module uses, but nothing is there for tests alone, and nothing is
 * exported for nobody.
 */
export function exportsWithoutUser(
  sources: readonly SourceFile[],
  users: readonly SourceFile[],
  tests: readonly SourceFile[],
): readonly string[] {
  const byUsers = importersOf(users);
  const byTests = importersOf([...sources, ...tests]);
  return sources.flatMap((file) => {
    if (WITHOUT_USER[file.path] !== undefined) return [];
    const isUsed = (name: string): boolean => {
      const word = new RegExp(`\\b${name.replace(/\$/g, '\\$')}\\b`, 'g');
      const isIn = (files: readonly SourceFile[] = []) =>
        files.some(({ text }) => text.match(word) !== null);
      if (isIn(byUsers.get(file.path))) return true;
      return (file.text.match(word)?.length ?? 0) > 1 && isIn(byTests.get(file.path));
    };
    return exportedValues(file)
      .filter((name) => !isUsed(name))
      .map((name) => `${file.path}: ${name}`);
  });
}

/** The modules that import each module. */
function importersOf(files: readonly SourceFile[]): ReadonlyMap<string, readonly SourceFile[]> {
  const graph = importGraph(files);
  const found = new Map<string, SourceFile[]>();
  for (const file of files) {
    for (const path of graph.get(file.path) ?? []) {
      found.set(path, [...(found.get(path) ?? []), file]);
    }
  }
  return found;
}
