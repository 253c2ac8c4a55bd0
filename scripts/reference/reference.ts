import { relative } from 'node:path';
import ts from 'typescript';

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
};

const GROUPS = ['Functions', 'Data', 'Types'] as const;

/** One exported name, ready to be written. */
interface Entry {
  readonly name: string;
  readonly group: (typeof GROUPS)[number];
  readonly doc: string;
  readonly code: string;
  readonly file: string;
}

const HEAD = `# Reference

What \`import … from 'asidbench'\` gives. Everything else in the package may change without notice.
Made from the docstrings by \`npm run make -- reference\`; [examples](../examples) show it in use.
`;

/** The reference of a module's exports as Markdown. Throws when one has no docstring. */
export function referenceOf(entries: readonly Entry[]): string {
  const bare = entries.filter((entry) => entry.doc === '').map((entry) => entry.name);
  if (bare.length > 0) throw new Error(`exported without a docstring: ${bare.join(', ')}`);
  const sections = GROUPS.map((group) => {
    const own = entries.filter((entry) => entry.group === group);
    return `## ${group}\n\n${own.map(entryText).join('\n')}`;
  });
  return `${HEAD}\n${sections.join('\n')}`;
}

/** Exports by name. */
export function entriesOf(path: string): readonly Entry[] {
  const program = ts.createProgram([path], OPTIONS);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${path} is no module`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) =>
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    )
    .map((symbol) => entryOf(symbol, checker))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function entryOf(symbol: ts.Symbol, checker: ts.TypeChecker): Entry {
  const [declaration] = symbol.declarations ?? [];
  if (declaration === undefined) throw new Error(`${symbol.name} is declared nowhere`);
  return {
    name: symbol.name,
    group: groupOf(declaration),
    doc: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
    code: codeOf(symbol, declaration, checker),
    file: relative(process.cwd(), declaration.getSourceFile().fileName),
  };
}

function groupOf(declaration: ts.Declaration): Entry['group'] {
  if (ts.isFunctionDeclaration(declaration)) return 'Functions';
  return ts.isVariableDeclaration(declaration) ? 'Data' : 'Types';
}

/** A signature without its body, a type as it stands in the source, or the type of a table. */
function codeOf(symbol: ts.Symbol, declaration: ts.Declaration, checker: ts.TypeChecker): string {
  if (ts.isFunctionDeclaration(declaration)) {
    const end = declaration.body?.getStart() ?? declaration.getEnd();
    return declaration.getSourceFile().text.slice(declaration.getStart(), end).trim();
  }
  if (ts.isVariableDeclaration(declaration)) {
    const type = checker.getTypeOfSymbolAtLocation(symbol, declaration);
    const isLong = checker.typeToString(type).length > 60;
    const words =
      isLong && declaration.type === undefined ? 'a constant table' : checker.typeToString(type);
    return `const ${symbol.name}: ${isLong ? `/* ${words} */` : words}`;
  }
  return declaration.getText();
}

function entryText({ name, doc, code, file }: Entry): string {
  const plain = code.replace(/^export /, '');
  return `### \`${name}\`\n\n${doc}\n\n\`\`\`ts\n${plain}\n\`\`\`\n\n[\`${file}\`](../${file})\n`;
}
