const VALUE = /^\d{1,18}(?:\.\d+)?$/;
const NONE = /^<not (?:counted|supported)>$/;
/** An event of perf: a name, perhaps of a PMU, with modifiers; never a bare number. */
const EVENT = /^(?=.*[a-z_])[A-Za-z][\w.:/=,\-@]{1,127}$/;
const RUN_TIME = /^\d{1,18}$/;
const SHARE = /^\d{1,3}\.\d{1,2}$/;
/** A share in a language with decimal commas. */
const COMMA_SHARE = /^\d{1,3},\d{1,2}$/;
const VARIANCE = /^\d{1,6}(?:\.\d{1,4})?%$/;

/** One count of one event. */
export interface PerfCount {
  readonly event: string;
  /** Null: the event was not counted. */
  readonly count: number | null;
  readonly unit: string;
  /** Nanoseconds that the counter ran, summed over CPUs where perf counted several in one row. */
  readonly runTimeNs: number;
  readonly runningShare: number;
  /** Of -I: seconds since the beginning. */
  readonly interval: number | null;
  /** Of --for-each-cgroup; null: the row is of no cgroup. */
  readonly cgroup: string | null;
}

/** What a row turned out to be: `nothing` holds no count of its own, such as a metric. */
export type StatRow = PerfCount | 'nothing' | 'other locale' | null;

export function parseStatRow(text: string): StatRow {
  if (text.startsWith('{')) return parseJson(text);
  if (isMetricOnly(text.replace(/[;|\t]/g, ',')) || /^\s*summary\s*[,;|\t]/.test(text))
    return 'nothing';
  const separator = SEPARATORS.find((each) => text.split(each).length > FEWEST_CELLS);
  return separator === undefined ? null : parseCsv(text, separator);
}

/** Of -x, in the order in which they are tried. */
const SEPARATORS = [';', '\t', '|', ','];
/** Value, unit, event, run time and share have four separators between them. */
const FEWEST_CELLS = 4;

/**
 * One row of `perf stat -x,`: value, unit, event, run time, share of it. With -I a time comes first,
 * with -A a CPU, with --per-socket and the like a place and a number of CPUs; with --for-each-cgroup
 * the name of one follows the event, with -r a variance. The value is found by what follows it.
 */
function parseCsv(text: string, separator: string): StatRow {
  const written = splitOutsidePmu(text, separator).map((cell) => cell.trim());
  // Where the comma does not separate, it can only be the decimal one.
  const isComma = separator === ',';
  const cells = isComma ? written : written.map((cell) => cell.replace(/^(\d+),(\d+%?)$/, '$1.$2'));
  for (let at = 0; at <= 3; at += 1) {
    const value = cells[at] ?? '';
    const event = cells[at + 2] ?? '';
    if (!(VALUE.test(value) || NONE.test(value)) || !EVENT.test(event)) continue;
    const tail = cells.slice(at + 3).filter((cell) => !VARIANCE.test(cell));
    const isCgroup = !RUN_TIME.test(tail[0] ?? '') && RUN_TIME.test(tail[1] ?? '');
    const [runTime = '', share = '', fraction = ''] = isCgroup ? tail.slice(1) : tail;
    if (!RUN_TIME.test(runTime)) continue;
    if (isComma && COMMA_SHARE.test(`${share},${fraction}`)) return 'other locale';
    if (!SHARE.test(share)) continue;
    return {
      event,
      count: NONE.test(value) ? null : Number(value),
      unit: cells[at + 1]!,
      runTimeNs: Number(runTime),
      runningShare: Number(share) / 100,
      interval: at > 0 && /^\d+\.\d{6,}$/.test(cells[0]!) ? Number(cells[0]) : null,
      cgroup: isCgroup ? tail[0]! : null,
    };
  }
  return null;
}

/** A PMU's raw event, `cpu/event=0x78,umask=0xff/`, has commas of its own. */
function splitOutsidePmu(text: string, separator: string): string[] {
  if (separator !== ',') return text.split(separator);
  const hidden = text.replace(/[a-z_]\/[^/]{1,200}\//g, (inside) =>
    inside.replaceAll(',', '\u0000'),
  );
  return hidden.split(',').map((cell) => cell.replaceAll('\u0000', ','));
}

/** Between keys stand a comma and a blank: a comma between digits is the decimal one. */
const DECIMAL_COMMA = /(: "?\d{1,18}),(\d)/g;

function parseJson(text: string): StatRow {
  let row: unknown;
  try {
    row = JSON.parse(text.replace(DECIMAL_COMMA, '$1.$2'));
  } catch {
    return null;
  }
  if (typeof row !== 'object' || row === null) return null;
  const at = (key: string): unknown => Reflect.get(row, key);
  const numberAt = (key: string, otherwise: number): number => {
    const value = at(key);
    return typeof value === 'number' && value >= 0 ? value : otherwise;
  };
  const event = at('event');
  const count = at('counter-value');
  if (count === undefined && at('metric-value') !== undefined) return 'nothing';
  const value = String(count);
  const interval = at('interval');
  const cgroup = at('cgroup');
  if (typeof event !== 'string' || !(VALUE.test(value) || NONE.test(value))) return null;
  return {
    event,
    count: NONE.test(value) ? null : Number(value),
    unit: typeof at('unit') === 'string' ? String(at('unit')) : '',
    runTimeNs: numberAt('event-runtime', 0),
    runningShare: numberAt('pcnt-running', 100) / 100,
    interval: typeof interval === 'number' ? interval : null,
    cgroup: typeof cgroup === 'string' ? cgroup : null,
  };
}

/** A row that holds only a metric, with or without what comes before a value. */
function isMetricOnly(text: string): boolean {
  return /^(?:[^,]{0,64},)?,{2,8}(?:[\d.]{1,24},{1,2})?[\d.]{0,24},[\w %/-]{0,64}$/.test(text);
}
