import type { SourceRange } from './import-report.ts';
import type { ReportBuilder } from './profile-builder.ts';

/**
 * Lines around the data: what shells, tools and libraries print before, between and after rows. No
 * format counts them. Each pattern takes linear time and begins at the first letter of a line.
 */
const OUTER: readonly (readonly [string, RegExp])[] = [
  ['notes of perf on exits that it has no name for', /^unknown kvm exit code:/],
  [
    'messages of perf',
    /^(?:\[ perf record: |\d+ unprocessable |Processed \d+ |Check IO\/CPU |Couldn't |Failed to |perf: )/,
  ],
  ['warnings', /^(?:warning|error|note|info)\b\s?:/i],
  ['messages of grep, cat or tail', /^(?:(?:\/usr)?\/bin\/)?(?:grep|cat|tail|head|find|sudo): /],
  [
    'samples of perf',
    /^\S.{0,64} \d{1,10} +(?:\[\d{3}\] +)?\d{1,10}\.\d{6,9}: +\d{1,15} [\w.:/-]{1,64}: /,
  ],
  ['times of day', /^\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?$/],
  ['dates', /^(?:[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d|\d{4}-\d{2}-\d{2}[ T][\d:.+Z-]{4,30}$)/],
  ['filters of kvm_stat', /^regex filter: /],
  ['messages of bpftrace', /^(?:Attaching \d+ probes?|Attached \d+ probes?|Tracing)\b.{0,200}$/],
  [
    'lines of a terminal',
    /^(?:\^C$|Script (?:started|done) on |\$ \S|\[?[\w.-]{1,64}@[\w.-]{1,64}[: ])/,
  ],
];

/** Events that a tool lost, from its own trailer. */
const LOST = /^(?:Lost events: (\d{1,15})|Lost (\d{1,15}) events)$/;

interface Passed {
  count: number;
  firstLine: number;
  lastLine: number;
}

/** Tells the lines around the data from the data, and says in the end what was passed over. */
export class OuterLines {
  /** Number of the last line of the file. */
  lines = 0;
  private lost = 0;
  private readonly passed = new Map<string, Passed>();

  /** Whether a line is none of the data. A blank one or a comment is none, and not worth a word. */
  takes(text: string, number: number): boolean {
    const trimmed = text.trim();
    if (isBlank(trimmed)) return true;
    const kind = outerKind(trimmed);
    if (kind === null) return false;
    const lost = LOST.exec(trimmed);
    if (lost === null) this.pass(kind, number);
    else this.lost += Number(lost[1] ?? lost[2]);
    return true;
  }

  /** Counts a line that was understood to be of no use, such as an event of another kind. */
  pass(what: string, number: number): void {
    const passed = this.passed.get(what);
    if (passed === undefined)
      this.passed.set(what, { count: 1, firstLine: number, lastLine: number });
    else {
      passed.count += 1;
      passed.lastLine = number;
    }
  }

  /** One sentence on all lines that were passed over, and one on events that the tool lost. */
  describe(report: ReportBuilder, file: string): void {
    if (this.lost > 0) {
      report.cannotKnow(`what happened in ${this.lost} events that the tool lost`, this.all(file));
    }
    if (this.passed.size === 0) return;
    const kinds = [...this.passed].map(([what, { count }]) => `${what} (${count})`);
    const ranges = [...this.passed.values()];
    const sum = ranges.reduce((total, { count }) => total + count, 0);
    const firstLine = Math.min(...ranges.map((each) => each.firstLine));
    const lastLine = Math.max(...ranges.map((each) => each.lastLine));
    report.cannotKnow(
      `what ${sum === 1 ? '1 line says that was' : `${sum} lines say that were`} passed over: ${kinds.join(', ')}`,
      { file, firstLine, lastLine },
    );
  }

  /** Every line of the file, as what a statement rests on. */
  all(file: string): SourceRange {
    return { file, firstLine: 1, lastLine: this.lines };
  }
}

function isBlank(trimmed: string): boolean {
  return trimmed === '' || trimmed.startsWith('#');
}

/** What kind of line around the data this is; null: it is data, or nothing that is known. */
function outerKind(trimmed: string): string | null {
  if (LOST.test(trimmed)) return 'lost events';
  return OUTER.find(([, pattern]) => pattern.test(trimmed))?.[0] ?? null;
}

/** Whether a line stands around the data, whatever the format. */
export function isOuterLine(text: string): boolean {
  const trimmed = text.trim();
  return isBlank(trimmed) || outerKind(trimmed) !== null;
}
