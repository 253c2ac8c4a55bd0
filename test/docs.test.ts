import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { MADE } from '../scripts/made.ts';
import { COMMANDS } from '../src/cli/commands.ts';
import { STRATEGIES } from '../src/hypervisor/strategies.ts';
import { loadSuites } from '../src/suite/load-suite.ts';
import { program } from './cli/command-line.ts';

interface Page {
  readonly path: string;
  readonly text: string;
}

const pages: readonly Page[] = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/README.md',
  'docs/tutorial.md',
  ...readdirSync('docs/how-to').map((name) => `docs/how-to/${name}`),
].map((path) => ({ path, text: readFileSync(path, 'utf8') }));

function markdownFiles(): readonly string[] {
  const folders = ['docs', 'suites', 'data', 'capture', 'examples'];
  const below = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  );
  return ['README.md', 'CONTRIBUTING.md', ...below].filter((path) => path.endsWith('.md'));
}

/** Commands of the program in a page, as words; a line of code or a span of it. */
function commandsIn({ text }: Page): readonly (readonly string[])[] {
  return [...text.matchAll(/npm run -s bench --((?: [^\n`|#]+)?)/g)].map((match) =>
    (match[1] ?? '')
      .replaceAll(/"[^"]*"|'[^']*'/g, 'QUOTED')
      .trim()
      .split(/\s+/),
  );
}

describe('the documents', () => {
  let suites: readonly string[] = [];
  const help = new Map<string, string>();

  beforeAll(async () => {
    suites = loadSuites('suites').flatMap(({ id, group }) => [id, group]);
    for (const { name } of COMMANDS) help.set(name, (await program(name, '--help')).stdout);
  });

  test('name commands and flags that exist', () => {
    let count = 0;
    for (const page of pages) {
      for (const words of commandsIn(page)) {
        const [first = ''] = words;
        const command = help.has(first) ? first : 'run';
        if (/^[A-Z]+$/.test(first)) continue; // stands for a name
        const known =
          first === '' || first === '--help' || help.has(first) || suites.includes(first);
        expect(known, `${page.path}: ${words.join(' ')}`).toBe(true);
        for (const flag of words.filter((word) => word.startsWith('--') && word !== '--')) {
          expect(help.get(command), `${page.path}: ${words.join(' ')}`).toContain(`${flag} `);
        }
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(30);
  });

  test('name npm scripts that exist, and things to make', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    let count = 0;
    for (const path of ['.ci/run', ...markdownFiles()]) {
      const text = readFileSync(path, 'utf8');
      for (const [, name = '', made] of text.matchAll(
        /\bnpm run (?:-s )?([a-z][\w:-]*)(?: -- ([a-z][a-z-]*))?/g,
      )) {
        expect(Object.keys(scripts), path).toContain(name);
        if (name === 'make' && made !== undefined) expect(Object.keys(MADE), path).toContain(made);
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(50);
    for (const { script } of Object.values(MADE)) {
      if (script !== undefined) expect(existsSync(`scripts/${script}.ts`), script).toBe(true);
    }
  });

  test('name files of the repository that exist', () => {
    const architecture = {
      path: 'docs/why/architecture.md',
      text: readFileSync('docs/why/architecture.md', 'utf8'),
    };
    for (const page of [...pages, architecture]) {
      const spans = /`((?:src|test|scripts|docs|suites|capture)\/[\w./-]*(?:\/|\.\w+))`/g;
      for (const [, path = ''] of page.text.matchAll(spans)) {
        if (/\b[A-Z]{2,}\b(?!\.md)/.test(path)) continue; // stands for a name
        expect(existsSync(path), `${page.path}: ${path}`).toBe(true);
      }
    }
    for (const page of pages) {
      const links = [...page.text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(
        (match) => match[1] ?? '',
      );
      for (const link of links) {
        expect(existsSync(join(dirname(page.path), link)), `${page.path}: ${link}`).toBe(true);
      }
      const arguments_ = commandsIn(page)
        .flat()
        .filter((word) => /^(data|suites|reports\/example)\b/.test(word));
      for (const path of arguments_) {
        expect(existsSync(path), `${page.path}: ${path}`).toBe(true);
      }
    }
  });

  test('tell what each strategy is, in the order of the code', () => {
    const model = readFileSync('docs/why/model.md', 'utf8');
    const [, table = ''] = model.split('### Strategies');
    const rows = [...table.split('###')[0]!.matchAll(/^\| `([^`]+)` \|/gm)].map(([, id]) => id);
    // Families of strategies have a row each: prefixes of the series, and caches by size.
    const ids = STRATEGIES.map(({ id }) => id.replace(/^(asid-cache)-\d+$/, '$1-N'));
    expect(rows.filter((id) => id !== 'rfc-2025-03@N')).toEqual([...new Set(ids)]);
  });

  test('show ways through the code that are there and enter no room twice', () => {
    const text = readFileSync('docs/why/architecture.md', 'utf8');
    const ways = text.split(/^### The way of /m).slice(1);
    expect(ways).toHaveLength(3);
    for (const way of ways) {
      const steps = [...way.split('\n## ')[0]!.matchAll(/`([\w/-]+\.ts)`: ((?:`\w+`(?:, )?)+)/g)];
      const rooms = steps.map(([, path = '']) => dirname(path));
      for (const [, path = '', names = ''] of steps) {
        const code = readFileSync(`src/${path}`, 'utf8');
        for (const [, name] of names.matchAll(/`(\w+)`/g)) {
          expect(code, `${path} ${name}`).toMatch(
            new RegExp(`^export (?:async )?(?:function\\*?|const) ${name}\\b`, 'm'),
          );
        }
      }
      const entered = rooms.filter((room, index) => room !== rooms[index - 1]);
      expect(entered).toEqual([...new Set(entered)]);
      expect(entered.length).toBeGreaterThan(2);
    }
  });

  test('list every how-to in the index, and every command somewhere', () => {
    const index = readFileSync('docs/README.md', 'utf8');
    for (const name of readdirSync('docs/how-to')) expect(index).toContain(`how-to/${name}`);
    const used = new Set(pages.flatMap((page) => commandsIn(page).map(([first]) => first)));
    for (const { name } of COMMANDS) expect([...used], name).toContain(name);
  });
});
