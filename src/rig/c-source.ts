/** As much of C's structure as changes by name need: definitions, statements, labels. */

/** Characters `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a name stands for; `body` is what is between the braces, or a macro's replacement. */
export interface Definition {
  /** Where its first line begins. */
  readonly start: number;
  readonly body: Span;
}

/** The text with comments, strings and characters blanked, so that offsets stay as they are. */
export function maskOf(text: string): string {
  const hidden = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;
  return text.replace(hidden, (found) => found.replace(/[^\n]/g, ' '));
}

/** End of the last `#include` line before the first definition, or null. */
export function lastIncludeEnd(mask: string): number | null {
  const head = mask.search(/^\{/m);
  const text = head < 0 ? mask : mask.slice(0, head);
  const last = [...text.matchAll(/^#[ \t]*include[^\n]*\n/gm)].pop();
  return last === undefined ? null : last.index + last[0].length;
}

/** Every definition of a function, struct, union, enum or macro of this name. */
export function definitionOf(mask: string, name: string): readonly Definition[] {
  return [...functions(mask, name), ...records(mask, name), ...macros(mask, name)];
}

/** The name, or QEMU's `HELPER(name)`, in a line that starts at the margin, with parameters and a body. */
function functions(mask: string, name: string): Definition[] {
  const found: Definition[] = [];
  for (const match of mask.matchAll(
    new RegExp(`^(?![ \\t#])[^\\n;={}]*\\b(?:${name}|HELPER\\(${name}\\))[ \\t]*\\(`, 'gm'),
  )) {
    const open = match.index + match[0].length - 1;
    const close = matching(mask, open, '(', ')');
    if (close === null) continue;
    const brace = /^[\w\s()]*\{/.exec(mask.slice(close + 1, close + 200));
    if (brace === null) continue;
    const body = bodyAt(mask, close + brace[0].length);
    if (body !== null) found.push({ start: firstLine(mask, match.index), body });
  }
  return found;
}

/** A return type may have a line of its own above the name. */
function firstLine(mask: string, nameLine: number): number {
  const before = mask.lastIndexOf('\n', nameLine - 2) + 1;
  const line = mask.slice(before, nameLine - 1);
  const isPart = /^\w[\w \t*()]*$/.test(line);
  return isPart && nameLine > 0 ? firstLine(mask, before) : nameLine;
}

function records(mask: string, name: string): Definition[] {
  const found: Definition[] = [];
  const tagged = new RegExp(`^(?:typedef[ \\t]+)?(?:struct|union|enum)[ \\t]+${name}\\s*\\{`, 'gm');
  for (const match of mask.matchAll(tagged)) {
    const body = bodyAt(mask, match.index + match[0].length - 1);
    if (body !== null) found.push({ start: firstLine(mask, match.index), body });
  }
  if (found.length > 0) return found;
  for (const match of mask.matchAll(/^typedef[ \t]+(?:struct|union|enum)\s*\{/gm)) {
    const body = bodyAt(mask, match.index + match[0].length - 1);
    if (body === null) continue;
    const named = /^\}\s*(\w+)/.exec(mask.slice(body.end));
    if (named?.[1] === name) found.push({ start: firstLine(mask, match.index), body });
  }
  return found;
}

function macros(mask: string, name: string): Definition[] {
  const pattern = new RegExp(`^#[ \\t]*define[ \\t]+${name}\\b(?:[^\\n]*\\\\\\n)*[^\\n]*`, 'gm');
  return [...mask.matchAll(pattern)].map((match) => {
    const start = match.index + match[0].indexOf(name) + name.length;
    return { start: match.index, body: { start, end: match.index + match[0].length } };
  });
}

/**
 * What the brace at `open` holds. One at the margin ends at the next brace at the margin: what
 * preprocessor lines do to braces in between does not matter then.
 */
function bodyAt(mask: string, open: number): Span | null {
  const atMargin = mask[open - 1] === '\n';
  const end = atMargin ? mask.indexOf('\n}', open) + 1 : matching(mask, open, '{', '}');
  return end === null || end <= 0 ? null : { start: open + 1, end };
}

function matching(mask: string, from: number, open: string, close: string): number | null {
  let depth = 0;
  for (let i = from; i < mask.length; i++) {
    if (mask[i] === open) depth++;
    else if (mask[i] === close && --depth === 0) return i;
  }
  return null;
}

/** Index of the first character of the statement that holds `at`. */
export function startOfStatement(mask: string, body: Span, at: number): number {
  let start = body.start;
  let depth = 0;
  for (let i = body.start; i < at; i++) {
    const char = mask[i]!;
    if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth--;
    else if (depth !== 0) continue;
    else if (char === ';' || char === '{' || char === '}') start = i + 1;
    else if (char === ':' && isLabel(mask.slice(start, i))) start = i + 1;
    else if (char === '\n' && isDirective(mask, i)) start = i + 1;
  }
  return start + mask.slice(start).search(/\S/);
}

function isLabel(before: string): boolean {
  return /^\s*(?:case\b[^?]*|\w+(?:\([^()]*\))?)\s*$/.test(before);
}

function isDirective(mask: string, lineEnd: number): boolean {
  const line = mask.slice(mask.lastIndexOf('\n', lineEnd - 1) + 1, lineEnd);
  return /^[ \t]*#/.test(line);
}

/** Index behind the statement that holds what ends at `from`, all its `else` included; or null. */
export function endOfStatement(mask: string, body: Span, from: number): number | null {
  let depth = depthAt(mask, startOfStatement(mask, body, from), from);
  for (let i = from; i < body.end; i++) {
    const char = mask[i]!;
    if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth--;
    else if (depth !== 0) continue;
    else if (char === ';' && !/^\s*else\b/.test(mask.slice(i + 1, i + 100))) return i + 1;
    else if (char === '{') {
      const close = matching(mask, i, '{', '}');
      if (close === null || close >= body.end) return null;
      if (!/^\s*(?:else\b|while\b|;)/.test(mask.slice(close + 1, close + 100))) return close + 1;
      i = close;
    }
  }
  return null;
}

function depthAt(mask: string, from: number, to: number): number {
  let depth = 0;
  for (let i = from; i < to; i++) {
    if (mask[i] === '(' || mask[i] === '[') depth++;
    else if (mask[i] === ')' || mask[i] === ']') depth--;
  }
  return depth;
}
