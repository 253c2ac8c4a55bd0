import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parameterPaths } from '../../src/cli/commands/explain/parameter.ts';
import { explain, topics } from '../../src/cli/commands/explain/perform.ts';
import { COMMANDS, MOVED_COMMANDS } from '../../src/cli/commands.ts';
import { CAUSES } from '../../src/cost/causes.ts';
import { PATCHES } from '../../src/hypervisor/patches.ts';
import { STRATEGIES } from '../../src/hypervisor/strategies.ts';
import { reportModel } from '../../src/report/run/model.ts';
import { reportDocument } from '../../src/report/run/sections.ts';
import { makeSeries } from '../report/make-series.ts';
import { makeSummary } from '../report/make-summary.ts';
import { program } from './command-line.ts';

interface Listed {
  readonly suites: readonly { id: string; family?: string; group: string; question: string }[];
  readonly strategies: readonly { id: string }[];
  readonly machines: readonly { id: string }[];
}

const listed = JSON.parse((await program('list', '--json')).stdout) as Listed;

describe('list', () => {
  test('prints one JSON object with suites, strategies and machines', () => {
    expect(Object.keys(listed)).toEqual(['suites', 'strategies', 'machines']);
    expect(listed.suites.map((suite) => suite.id)).toContain('cpuid-npt-npt');
    expect(listed.strategies.map((strategy) => strategy.id)).toContain('rfc-2025-03');
    expect(listed.machines.map((machine) => machine.id)).toContain('zen3-milan');
  });

  test('prints every name as text, in at most 80 columns', async () => {
    const { code, stdout, stderr } = await program('list');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // The points of a sweep are listed under its name.
    const suites = listed.suites.map(({ id, family }) => family ?? id);
    for (const id of [
      ...suites,
      ...[...listed.strategies, ...listed.machines].map((each) => each.id),
    ]) {
      expect(stdout).toContain(id);
    }
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe('explain', () => {
  test('says without words what can be explained', async () => {
    const { code, stdout } = await program('explain');
    expect(code).toBe(0);
    for (const name of ['zen3-milan', 'rfc-2025-03', 'invlpga', 'refillTlb', 'cpuid-npt-npt']) {
      expect(stdout).toContain(name);
    }
  });

  test.each([
    ['machine', 'zen3-milan', 'zen3-milan'],
    ['strategy', 'rfc-2025-03', 'invlpga: on-l2-asid (kvm-6.14: as-invlpg)'],
    ['behaviour', 'invlpga', 'In rfc-2025-03'],
    ['cause', 'refillTlb', 'Refill after flush: TLB entries'],
    ['suite', 'cpuid-npt-npt', 'stock/npt-npt.cpuid'],
    ['obligation', 'O7', 'obligation O7 ALL-LEVELS'],
    ['patch', '24', 'nestedTransition: flush-and-sync becomes as-needed'],
    ['parameter', 'costs.flushAsidCycles', 'zen1-naples, zen2-rome, zen3-milan, zen4-genoa'],
  ])('finds a %s by its name alone as with its topic', async (topic, name, text) => {
    const alone = await program('explain', name);
    expect(alone.code).toBe(0);
    expect(alone.stdout).toContain(text);
    expect((await program('explain', topic, name)).stdout).toBe(alone.stdout);
  });

  test('says of a posting that was read in parts which behaviours rest on a mail', async () => {
    const { stdout } = await program('explain', 'strategy', 'rfc-2026-06');
    expect(stdout).toContain('forcedLeave: flush-and-sync (kvm-6.14: no-flush); mail 01/25');
    expect(stdout).toContain('onPcpuChange: flush-asid (kvm-6.14: new-asid); assumed');
    expect(stdout).toContain('As kvm-6.14, assumed:');
    const { stdout: whole } = await program('explain', 'strategy', 'rfc-2025-03');
    expect(whole).not.toContain('assumed');
  });

  test('explains every name of every topic in at most 80 columns', async () => {
    const all = await topics();
    for (const name of all.flatMap((topic) => topic.names)) {
      const lines = explain([name], all).split('\n');
      expect(lines.length, name).toBeGreaterThan(2);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    }
  });

  test('says of each where a report shows it', async () => {
    const report = reportDocument(reportModel(makeSummary(), { series: makeSeries() }));
    const sections = report.sections.map((section) => section.id);
    for (const topic of await topics()) {
      const place = /In the report:\s+section\s+"(\w+)"\s+\(report\.html#(\w+)\)/.exec(
        explain([topic.kind, topic.names[0]!], await topics()),
      );
      expect(sections, topic.kind).toContain(place?.[1]);
      expect(place?.[2]).toBe(place?.[1]);
    }
  });

  test('says why each strategy is there', async () => {
    const all = await topics();
    for (const { id, why } of STRATEGIES) {
      expect(explain(['strategy', id], all)?.replaceAll(/\s+/g, ' '), id).toContain(`Why: ${why}`);
    }
  });

  test('knows prefixes of the series, and changed strategies', async () => {
    const all = await topics();
    expect(explain(['rfc-2025-03@17'], all)).toContain('The first 17 of the 24 patches.');
    const changed = explain(['strategy', 'rfc-2025-03+invlpga=as-invlpg'], all);
    expect(changed).toContain('Changed: invlpga=as-invlpg.');
    expect(changed).not.toContain('invlpga: ');
    expect(() => explain(['strategy', 'rfc-2025-03+invlpga=nonsense'], all)).toThrow(
      'none of this',
    );
  });

  test('finds a patch by its subject, too', async () => {
    const all = await topics();
    for (const { number, subject } of PATCHES) {
      expect(explain(['patch', subject], all)).toBe(explain(['patch', String(number)], all));
    }
  });

  test('names parameters that exist for the price of each cause', () => {
    const paths = parameterPaths();
    for (const { id, pricedBy } of CAUSES) {
      for (const path of pricedBy) expect(paths, id).toContain(path);
    }
  });

  test('suggests the name that was meant, whatever its topic', async () => {
    const { code, stderr } = await program('explain', 'nestedTranstion');
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean "nestedTransition"? See all of them with');
  });

  test('lists the names of a topic', async () => {
    expect(explain(['cause'], await topics())).toContain('refillTlb, refillWalkCache');
  });
});

describe('--help', () => {
  test.each(['', ...COMMANDS.map(({ name }) => name)])(
    'of "%s" is printed in 80 columns with examples and exit code 0',
    async (command) => {
      const { code, stdout, stderr } = await program(
        ...command.split(' ').filter(Boolean),
        '--help',
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('Examples:\n');
      expect(stdout).toContain('Exit codes:');
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    },
  );

  test('shows every command once, under its group', async () => {
    const { stdout } = await program('--help');
    for (const { name, group } of COMMANDS) {
      const section = stdout.slice(stdout.indexOf(`\n${group}\n`));
      expect(section.slice(0, section.indexOf('\n\n')), name).toMatch(
        new RegExp(`^ {2}${name} +\\S`, 'm'),
      );
    }
  });

  test('says of each --out whether it is a folder or a file, and has one --html', async () => {
    for (const { name } of COMMANDS) {
      const { stdout } = await program(name, '--help');
      for (const [line] of stdout.matchAll(/^ {2}--(?:out|html) .*$/gm)) {
        expect(line, name).toMatch(
          /^ {2}--out <(dir|file)> .*\b(folder|file|suite|trace)\b|^ {2}--html <file> /,
        );
      }
    }
  });

  test('documents each exit code', async () => {
    const { stdout } = await program('--help');
    for (const code of [0, 1, 2, 3, 4, 5, 70, 130]) {
      expect(stdout).toMatch(new RegExp(`^ {2}${code} +\\S`, 'm'));
    }
  });

  test('has a version beside it', async () => {
    expect((await program('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

/** Packages that a module loads by itself, through its static imports and theirs. */
function loadedPackages(entry: string): readonly string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(path, 'utf8');
    for (const match of text.matchAll(/^(?:import|export)\b(?! type\b)[^;]*?from '([^']+)';/gm)) {
      const specifier = match[1] ?? '';
      if (specifier.startsWith('.')) visit(join(dirname(path), specifier));
      else if (!specifier.startsWith('node:')) packages.add(specifier);
    }
  };
  visit(entry);
  return [...packages].sort();
}

describe('starting', () => {
  test('loads nothing that only some commands need', () => {
    expect(loadedPackages('src/cli/main.ts')).toEqual(['commander']);
    expect(loadedPackages('src/run/parse-run.ts')).toContain('zod');
  });
});

test.each(Object.entries(MOVED_COMMANDS))(
  '%s ends with one sentence that says where it went',
  async (name, now) => {
    const { code, stdout, stderr } = await program(name, '--help');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `asidbench: ${name}: this command is gone. Write "npm run -s bench -- ${now}".\n`,
    );
  },
);

describe('a name that nothing has', () => {
  test.each([
    [
      'onPcpuChang',
      ['run', 'cpuid-npt-npt', '--set', 'onPcpuChang=nothing'],
      /"onPcpuChange"\? See all of them with ".*explain behaviour"/,
    ],
    ['zen4', ['run', 'cpuid-npt-npt', '--machine', 'zen4'], /Did you mean "zen4-genoa"\?/],
  ])('%s: its list and what is close', async (_word, words, says) => {
    const { code, stderr } = await program(...words);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });
});
