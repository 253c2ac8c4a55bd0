import ts from 'typescript';

/** A small fault in a source file: what a test should notice. */
export interface Mutant {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** Positions in the text that `to` replaces; `from` is what stood there. */
  readonly start: number;
  readonly end: number;
  readonly from: string;
  readonly to: string;
}

const SWAPS: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [ts.SyntaxKind.LessThanToken]: '<=',
  [ts.SyntaxKind.LessThanEqualsToken]: '<',
  [ts.SyntaxKind.GreaterThanToken]: '>=',
  [ts.SyntaxKind.GreaterThanEqualsToken]: '>',
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: '!==',
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: '===',
  [ts.SyntaxKind.AmpersandAmpersandToken]: '||',
  [ts.SyntaxKind.BarBarToken]: '&&',
  [ts.SyntaxKind.PlusToken]: '-',
  [ts.SyntaxKind.MinusToken]: '+',
  [ts.SyntaxKind.AsteriskToken]: '/',
  [ts.SyntaxKind.SlashToken]: '*',
  [ts.SyntaxKind.PlusEqualsToken]: '-=',
  [ts.SyntaxKind.MinusEqualsToken]: '+=',
  [ts.SyntaxKind.AmpersandToken]: '|',
  [ts.SyntaxKind.BarToken]: '&',
};

/** What a node can be replaced by; the node is the whole of what is replaced. */
function replacements(node: ts.Node, text: (node: ts.Node) => string): [ts.Node, string][] {
  if (ts.isBinaryExpression(node)) {
    const other = SWAPS[node.operatorToken.kind];
    // Of strings, + has no opposite.
    const isText = [node.left, node.right].some(
      (side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side),
    );
    return other === undefined || isText ? [] : [[node.operatorToken, other]];
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [[node, 'false']];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [[node, 'true']];
  if (ts.isNumericLiteral(node)) return [[node, `(${text(node)} + 1)`]];
  if (ts.isIfStatement(node)) return [[node.expression, `!(${text(node.expression)})`]];
  if (ts.isConditionalExpression(node)) {
    return [[node.condition, `!(${text(node.condition)})`]];
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    return [[node, text(node.operand)]];
  }
  if (ts.isExpressionStatement(node) && ts.isCallExpression(node.expression)) {
    return [[node, ';']];
  }
  return [];
}

/** Types, imports and texts of errors are no behaviour. */
function isSkipped(node: ts.Node): boolean {
  return (
    ts.isTypeNode(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    (ts.isThrowStatement(node) && node.expression !== undefined)
  );
}

/** Every mutant of a source file, in the order of the text. Pure. */
export function mutantsOf(path: string, source: string): Mutant[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const text = (node: ts.Node) => node.getText(file);
  const found: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    if (isSkipped(node)) return;
    for (const [replaced, to] of replacements(node, text)) {
      const start = replaced.getStart(file);
      const line = file.getLineAndCharacterOfPosition(start).line + 1;
      found.push({ path, line, start, end: replaced.getEnd(), from: text(replaced), to });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The source with the fault in it. */
export function mutatedSource(source: string, { start, end, to }: Mutant): string {
  return source.slice(0, start) + to + source.slice(end);
}

/** The line that a mutant changes, without the spaces around it. */
export function lineOf(source: string, { line }: Mutant): string {
  return (source.split('\n')[line - 1] ?? '').trim();
}
