import { findingsOf, type SanitizerFinding, total } from './findings.ts';
import { SANITIZER_RUNS } from './runs.ts';
import { VARIANTS } from './variants.ts';
import type { WatchedRun } from './verdict.ts';
import { CLASSES, KINDS, VERDICTS } from './words.ts';

/** A run of a variant; null is the stock kernel. */
export interface Watched {
  readonly variant: string | null;
  readonly run: WatchedRun;
}

/** Those that no flush is known to be missing in. */
export const RUNS = SANITIZER_RUNS.filter((run) => run.finding === undefined);

/** The unmodified kernel, run by run, as a Markdown table. */
export function stockTable(watched: readonly Watched[]): string {
  const rows = RUNS.flatMap(({ id, what }) => {
    const run = watched.find((each) => each.variant === null && each.run.id === id)?.run;
    if (run === undefined) return [];
    const { missed, lazy } = findingsOf(run.report);
    const { totals } = run.report;
    return [
      [
        `\`${id}\``,
        what,
        whole(totals.vmruns),
        whole(totals.fills),
        whole(totals.nestedFills),
        whole(totals.tables),
        run.broken === null && run.report.isWhole ? String(total(missed)) : 'did not end',
        total(lazy) === 0 ? '0' : `${total(lazy)}: ${sorts(lazy)}`,
      ],
    ];
  });
  const head = ['run', 'what', 'VMRUNs', 'fills', 'of gPAs', 'of tables', 'missed', 'lazy'];
  return table(head, [...rows, sumOf(watched)]);
}

function sumOf(watched: readonly Watched[]): readonly string[] {
  const reports = watched.filter((each) => each.variant === null).map((each) => each.run.report);
  const sum = (key: string): string =>
    whole(reports.reduce((all, report) => all + (report.totals[key] ?? 0), 0));
  const missed = reports.reduce((all, report) => all + total(findingsOf(report).missed), 0);
  const lazy = reports.reduce((all, report) => all + total(findingsOf(report).lazy), 0);
  return [
    'all',
    '',
    sum('vmruns'),
    sum('fills'),
    sum('nestedFills'),
    sum('tables'),
    String(missed),
    String(lazy),
  ];
}

/** Each removed flush: by which run it was seen, as what, and how soon. */
export function variantTable(watched: readonly Watched[]): string {
  const rows = VARIANTS.flatMap(({ id, removes }) =>
    watched
      .filter((each) => each.variant === id)
      .map(({ run }) => {
        const { missed } = findingsOf(run.report);
        const first = firstOf(missed);
        return [
          `\`${id}\``,
          `KVM no longer ${removes}`,
          `\`${run.id}\``,
          missed.length === 0 ? '**not seen**' : sorts(missed),
          first === null ? '' : whole(first.vmrun),
          first === null ? '' : whole(first.vmrun - first.filled.vmrun),
        ];
      }),
  );
  const head = ['variant', 'removed', 'run', 'missed', 'first at VMRUN', 'VMRUNs after the fill'];
  return table(head, rows);
}

function firstOf(missed: readonly SanitizerFinding[]): SanitizerFinding['first'] {
  const uses = missed.flatMap((finding) => (finding.first === null ? [] : [finding.first]));
  return uses.reduce<SanitizerFinding['first']>(
    (best, use) => (best === null || use.instruction < best.instruction ? use : best),
    null,
  );
}

/** The words of a report as Markdown. */
export function wordTables(): string {
  const part = (title: string, words: Readonly<Record<string, string>>): string =>
    table(
      [title, 'what it means'],
      Object.entries(words).map(([word, what]) => [`\`${word}\``, what]),
    );
  return [part('verdict', VERDICTS), part('class', CLASSES), part('kind', KINDS)].join('\n');
}

function sorts(findings: readonly SanitizerFinding[]): string {
  return findings
    .map(({ class: sort, kind, count }) => `${sort} ${kind} ${whole(count)}`)
    .join(', ');
}

function whole(value: number | undefined): string {
  return (value ?? 0).toLocaleString('en');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return [head, head.map(() => '---'), ...rows].map(line).join('');
}

/** The text with what stands between `<!-- NAME -->` and `<!-- end of NAME -->` replaced. */
export function replaceBlock(text: string, name: string, block: string): string {
  const start = `<!-- ${name} -->\n`;
  const end = `<!-- end of ${name} -->`;
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`there is no block "${name}"`);
  return text.slice(0, from + start.length) + block + text.slice(to);
}
