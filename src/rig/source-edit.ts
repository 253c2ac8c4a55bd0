import { UserError } from '../util/user-error.ts';
import {
  type Definition,
  definitionOf,
  endOfStatement,
  lastIncludeEnd,
  maskOf,
  type Span,
  startOfStatement,
} from './c-source.ts';

/**
 * Where a change goes. `in` names a function, a struct (by tag or typedef) or a macro; `word` an
 * identifier that occurs there once, or once behind the only occurrence of `from`. So a change
 * carries no line of the source that it changes, and fits the next version as long as names do.
 */
export type SourcePlace =
  /** Behind the brace that opens a body, or before the one that closes it. */
  | { readonly at: 'start' | 'end'; readonly in: string }
  /** Before or behind the whole statement with the word, an enclosing `if` without braces included. */
  | {
      readonly at: 'before' | 'after';
      readonly in: string;
      readonly word: string;
      readonly from?: string;
    }
  /** Instead of the word alone. */
  | { readonly at: 'word'; readonly in: string; readonly word: string; readonly from?: string }
  /** Instead of the call of the word with its arguments; `with` occurs in these alone. */
  | {
      readonly at: 'call';
      readonly in: string;
      readonly word: string;
      readonly from?: string;
      readonly with?: string;
    }
  /** In front of a definition. */
  | { readonly at: 'ahead'; readonly in: string }
  /** Behind the last #include at the head of the file, or behind its last line. */
  | { readonly at: 'includes' | 'file end' };

/** One change of one file: `$&` in `text` stands for what it replaces, `$args` for arguments. */
export type SourceEdit = SourcePlace & { readonly file: string; readonly text: string };

/**
 * Applies changes to the text of a file; places are found in the text as it was, so changes do not
 * disturb each other. Two at one place come out in the order of the list. Throws `UserError`
 * ('input') with file, function and word where a place is missing or not the only one; `cure` is
 * its last sentence.
 */
export function applyEdits(
  text: string,
  path: string,
  edits: readonly SourceEdit[],
  cure: string,
): string {
  const mask = maskOf(text);
  const changes = edits
    .map((edit) => changeOf(text, mask, edit, (cause) => notFound(path, edit, cause, cure)))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let done = 0;
  for (const change of changes) {
    if (change.start < done) {
      throw new UserError('input', path, 'two changes replace the same words of it', cure);
    }
    result += text.slice(done, change.start) + change.text;
    done = change.end;
  }
  return result + text.slice(done);
}

interface Change extends Span {
  readonly text: string;
}

type Failure = (cause: string) => UserError;

function changeOf(text: string, mask: string, edit: SourceEdit, failure: Failure): Change {
  if (!('in' in edit)) {
    const at = edit.at === 'includes' ? lastIncludeEnd(mask) : text.length;
    if (at === null) throw failure('it has no #include');
    return { start: at, end: at, text: `${edit.text}\n` };
  }
  const scope = onlyDefinition(mask, edit.in, failure);
  if (edit.at === 'ahead') {
    return { start: scope.start, end: scope.start, text: `${edit.text}\n` };
  }
  if (!('word' in edit)) {
    return linesAt(text, edit.at === 'start' ? scope.body.start : scope.body.end, edit.text, 1);
  }
  const word =
    edit.at === 'call' && edit.with !== undefined
      ? callWith(mask, scope, edit.word, edit.with, failure)
      : onlyWord(mask, scope, edit, failure);
  if (edit.at === 'before') {
    const start = startOfStatement(mask, scope.body, word.start);
    if (/^else\b/.test(mask.slice(start))) throw failure(`"${edit.word}" stands behind an else`);
    return linesAt(text, start, edit.text, 0);
  }
  if (edit.at === 'after') {
    const start = startOfStatement(mask, scope.body, word.start);
    const end = endOfStatement(mask, scope.body, word.end);
    if (end === null) throw failure(`the statement with "${edit.word}" has no end`);
    return { start: end, end, text: `\n${indented(edit.text, indentAt(text, start))}` };
  }
  if (edit.at === 'word') return { ...word, text: edit.text.replaceAll('$&', () => edit.word) };
  return callChange(text, mask, word, edit.text, failure);
}

function callChange(
  text: string,
  mask: string,
  word: Span,
  replacement: string,
  failure: Failure,
): Change {
  const open = mask.slice(word.end).search(/\S/) + word.end;
  const close = mask[open] === '(' ? closing(mask, open) : null;
  if (close === null) throw failure(`"${text.slice(word.start, word.end)}" is not called there`);
  const whole = text.slice(word.start, close + 1);
  const inner = text.slice(open + 1, close);
  const filled = replacement.replaceAll('$&', () => whole).replaceAll('$args', () => inner);
  return { start: word.start, end: close + 1, text: filled };
}

/** The word whose call has `argument` among what is between its brackets. */
function callWith(
  mask: string,
  scope: Definition,
  word: string,
  argument: string,
  failure: Failure,
): Span {
  const [call, ...others] = occurrences(mask, scope.body, word).filter((span) => {
    const end = closing(mask, span.end);
    return end !== null && occurrences(mask, { start: span.end, end }, argument).length > 0;
  });
  if (call === undefined) throw failure(`"${word}" is not called there with "${argument}"`);
  if (others.length === 0) return call;
  throw failure(`"${word}" is called there ${others.length + 1} times with "${argument}"`);
}

/** Index of the bracket that closes the one at `open`, or null. */
function closing(mask: string, open: number): number | null {
  let depth = 0;
  for (let i = open; i < mask.length; i++) {
    if (mask[i] === '(') depth++;
    else if (mask[i] === ')' && --depth === 0) return i;
  }
  return null;
}

function onlyDefinition(mask: string, name: string, failure: Failure): Definition {
  const found = definitionOf(mask, name);
  if (found.length === 0) throw failure(`it defines no "${name}"`);
  if (found.length > 1) throw failure(`it defines "${name}" ${found.length} times`);
  return found[0]!;
}

function onlyWord(
  mask: string,
  scope: Definition,
  edit: { readonly word: string; readonly from?: string },
  failure: Failure,
): Span {
  const all = occurrences(mask, scope.body, edit.word);
  if (edit.from === undefined) {
    if (all.length === 1) return all[0]!;
    throw failure(
      all.length === 0
        ? `"${edit.word}" does not occur there`
        : `"${edit.word}" occurs there ${all.length} times`,
    );
  }
  const [from, ...others] = occurrences(mask, scope.body, edit.from);
  if (from === undefined) throw failure(`"${edit.from}" does not occur there`);
  if (others.length > 0) throw failure(`"${edit.from}" occurs there ${others.length + 1} times`);
  const next = all.find((span) => span.start >= from.start);
  if (next === undefined) throw failure(`"${edit.word}" does not occur behind "${edit.from}"`);
  return next;
}

function occurrences(mask: string, within: Span, word: string): readonly Span[] {
  const pattern = new RegExp(
    `(?<![\\w])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w])`,
    'g',
  );
  const spans: Span[] = [];
  for (const match of mask.slice(within.start, within.end).matchAll(pattern)) {
    const start = within.start + match.index;
    spans.push({ start, end: start + word.length });
  }
  return spans;
}

/** Lines put before what stands at `at`, which keeps a line of its own. */
function linesAt(text: string, at: number, lines: string, deeper: 0 | 1): Change {
  const indent = deeper === 1 ? '    ' : indentAt(text, at);
  const block = indented(lines, indent);
  if (deeper === 1) {
    const atStart = text[at - 1] === '{';
    return { start: at, end: at, text: atStart ? `\n${block}` : `${block}\n` };
  }
  return { start: at, end: at, text: `${block.slice(indent.length)}\n${indent}` };
}

function indentAt(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

function indented(lines: string, indent: string): string {
  return lines
    .split('\n')
    .map((line) => (line === '' || line.startsWith('#') ? line : indent + line))
    .join('\n');
}

function notFound(path: string, edit: SourceEdit, cause: string, cure: string): UserError {
  const place = 'in' in edit ? `${path}, ${edit.in}` : path;
  return new UserError('input', place, cause, cure);
}
