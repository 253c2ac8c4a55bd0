import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A command line as a document prints it. */
export interface DocumentLine {
  readonly page: string;
  /** Without its comment. */
  readonly text: string;
  /** What the program gets, where the line calls it; else null. */
  readonly words: readonly string[] | null;
}

const BENCH = /^(?:npm run (?:-s )?bench(?: --)?|npx asidbench)(?: |$)/;
/** What a reader of this project would type: other lines of a block are other tools or output. */
const OURS = /^(?:npm|npx) /;

/** Documents with commands; docs/reference/commands.md is made of what help says, and has a test of its own. */
function pages(): readonly string[] {
  const below = readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .map((name) => `docs/${name}`)
    .filter((path) => path.endsWith('.md') && path !== 'docs/reference/commands.md');
  return ['README.md', 'CONTRIBUTING.md', 'suites/README.md', 'data/README.md', ...below.sort()];
}

/** Fenced and indented lines of a page, and code spans that call the program, in their order. */
function codeOf(text: string): readonly string[] {
  let isFenced = false;
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => {
      if (/^ *```/.test(line)) {
        isFenced = !isFenced;
        return [];
      }
      if (isFenced) return [line.trim()];
      if (/^ {4}(?:npm|npx) /.test(line)) return [line.trim()];
      return [...line.matchAll(/`((?:npm run -s bench --|npx asidbench) [^`]+)`/g)].map(
        ([, code = '']) => code,
      );
    });
}

/** Every command line of the documents that begins with npm or npx; a && b is two. */
export function documentLines(): readonly DocumentLine[] {
  return pages().flatMap((page) =>
    codeOf(readFileSync(page, 'utf8'))
      .map((line) => line.replace(/ +# .*$/, '').trim())
      .flatMap((line) => (OURS.test(line) ? line.split(' && ') : []))
      .map((text) => ({ page, text, words: wordsOf(text) })),
  );
}

/** What the program gets of a line that calls it, as a shell has it; null for another line. */
export function wordsOf(text: string): readonly string[] | null {
  const start = BENCH.exec(text);
  if (start === null) return null;
  const rest = text.slice(start[0].length).replace(/ [|>] .*$/, '');
  return [...rest.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].flatMap(
    ([, single, double, plain = '']) =>
      single !== undefined || double !== undefined ? [single ?? double ?? ''] : expanded(plain),
  );
}

/** As a shell does, for a star in the last part of a path that is there. */
function expanded(word: string): readonly string[] {
  if (!word.includes('*')) return [word];
  const [before = '', after = ''] = word.slice(dirname(word).length + 1).split('*');
  const names = attempt(() => readdirSync(dirname(word))).filter(
    (name) => name.startsWith(before) && name.endsWith(after),
  );
  return names.length === 0 ? [word] : names.map((name) => join(dirname(word), name));
}

function attempt(read: () => readonly string[]): readonly string[] {
  try {
    return read();
  } catch {
    return [];
  }
}
