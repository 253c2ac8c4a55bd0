/** A prediction and what it leaves open; `low` and `high` bound it in the sense that the row's setup states. */
export interface Prediction {
  readonly point: number;
  readonly low: number;
  readonly high: number;
}

export const TOPICS = {
  milan: 'Published rates of cpuid_rate on Milan',
  curves: 'Published latency-versus-footprint curves',
  walks: 'Page walks',
  kvm: 'What a captured KVM did',
  series: 'What the series saves, by the patched kernel itself',
  static: 'Static ASIDs on guests that are not nested',
  vpid: 'Nested VPID on Intel',
  refill: 'Refill after a flush',
  peers: 'Miss counts of other simulators',
  host: 'Probed hosts',
} as const;
export type Topic = keyof typeof TOPICS;
export const TOPIC_IDS = Object.keys(TOPICS) as readonly Topic[];

/**
 * `inside` and `outside`: measured and predicted were compared. `notModelled`: the model has nothing
 * to say. `awaiting`: predicted, and the measurement is not known to this project yet.
 */
export type Status = 'inside' | 'outside' | 'notModelled' | 'awaiting';

/** One number that the model can be held against. */
export interface ValidationRow {
  readonly id: string;
  readonly topic: Topic;
  /** `calibration` when a parameter of the model comes from this very measurement. */
  readonly kind: 'calibration' | 'validation';
  readonly quantity: string;
  readonly unit: string;
  readonly source: string;
  /** What was measured on, what was modelled, and what the predicted bounds are. */
  readonly setup: string;
  readonly measured: number | null;
  /** What the measurement itself leaves open; null where it is one number. */
  readonly measuredInterval: { readonly low: number; readonly high: number } | null;
  readonly predicted: Prediction | null;
  readonly inside: boolean | null;
  readonly status: Status;
  /** Why it is outside or not modelled; empty otherwise. */
  readonly why: string;
}

interface Compared
  extends Omit<ValidationRow, 'measured' | 'predicted' | 'inside' | 'status' | 'why'> {
  readonly measured: number;
  readonly predicted: Prediction;
  /** What to say if the row turns out to be outside. */
  readonly ifOutside: string;
}

/** A row whose measurement is known. Inside: the two intervals have a point in common. */
export function comparedRow({ ifOutside, ...row }: Compared): ValidationRow {
  const { low, high } = row.measuredInterval ?? { low: row.measured, high: row.measured };
  const inside = low <= row.predicted.high && high >= row.predicted.low;
  return {
    ...row,
    inside,
    status: inside ? 'inside' : 'outside',
    why: inside ? '' : ifOutside,
  };
}

type WithoutVerdict = Omit<ValidationRow, 'inside' | 'status' | 'why'>;

/** A measurement that the model says nothing about. */
export function notModelledRow(
  row: Omit<WithoutVerdict, 'predicted'> & { readonly why: string },
): ValidationRow {
  return { ...row, predicted: null, inside: null, status: 'notModelled' };
}

/** A prediction whose measurement nobody of this project has seen. */
export function awaitingRow(
  row: Omit<WithoutVerdict, 'measured' | 'measuredInterval'>,
): ValidationRow {
  return {
    ...row,
    measured: null,
    measuredInterval: null,
    inside: null,
    status: 'awaiting',
    why: '',
  };
}

/** How many rows of one kind have which status. */
export interface Tally {
  readonly rows: number;
  readonly inside: number;
  readonly outside: number;
  readonly notModelled: number;
  readonly awaiting: number;
}

export interface Scoreboard {
  readonly rows: readonly ValidationRow[];
  readonly summary: { readonly calibration: Tally; readonly validation: Tally };
}

function tally(rows: readonly ValidationRow[]): Tally {
  const count = (status: Status) => rows.filter((row) => row.status === status).length;
  return {
    rows: rows.length,
    inside: count('inside'),
    outside: count('outside'),
    notModelled: count('notModelled'),
    awaiting: count('awaiting'),
  };
}

export function scoreboardOf(rows: readonly ValidationRow[]): Scoreboard {
  return {
    rows,
    summary: {
      calibration: tally(rows.filter((row) => row.kind === 'calibration')),
      validation: tally(rows.filter((row) => row.kind === 'validation')),
    },
  };
}
