import { addBit } from '../hypervisor/requests.ts';
import { HIT, type Translations } from './translations.ts';
import type { Truth } from './truth.ts';
import type { TruthShape } from './truth-shape.ts';

/** What can be done to translations; the number of each is its place. */
const OPERATIONS = [
  'access',
  'guestChanged',
  'nestedChanged',
  'pageFlushed',
  'guestFlushed',
  'asidFlushed',
  'started',
  'synced',
  'zapped',
  'hostTook',
  'vcpuDied',
  'dropPage',
  'dropAsid',
  'dropAll',
  'testedByEntry',
  'testedByShadows',
] as const;
type Operation = (typeof OPERATIONS)[number];

/** Words of an operation in a script: its number, and room for the most operands. */
const OPERATION_WORDS = 7;
/** Operations of one event are a few for each page and table. */
const MOST_WORDS = 256 * OPERATION_WORDS;

/**
 * Translations that are not there: it writes down what an event does to them. An access counts as a
 * fill, which is the only one after which KVM's half changes.
 */
export class ScriptWriter implements Translations {
  readonly shape: TruthShape;
  readonly bad = null;
  private readonly words = new Uint16Array(MOST_WORDS);
  private used = 0;

  constructor(shape: TruthShape) {
    this.shape = shape;
  }

  access(
    pcpu: number,
    asid: number,
    page: number,
    vcpu: number,
    level: number,
    npt12: number,
  ): number {
    this.write('access', pcpu, asid, page, vcpu, level, npt12);
    return HIT.filled;
  }

  guestChanged(vcpu: number, level: number, page: number): void {
    this.write('guestChanged', vcpu, level, page);
  }

  nestedChanged(vcpu: number, page: number, npt12: number): void {
    this.write('nestedChanged', vcpu, page, npt12);
  }

  pageFlushed(vcpu: number, level: number, page: number): void {
    this.write('pageFlushed', vcpu, level, page);
  }

  guestFlushed(vcpu: number, level: number): void {
    this.write('guestFlushed', vcpu, level);
  }

  asidFlushed(vcpu: number, level: number, reachesNested: boolean): void {
    this.write('asidFlushed', vcpu, level, reachesNested ? 1 : 0);
  }

  started(vcpu: number, level: number): void {
    this.write('started', vcpu, level);
  }

  synced(vcpu: number, table: number, page: number): void {
    this.write('synced', vcpu, table, page);
  }

  zapped(vcpu: number, table: number, page: number): void {
    this.write('zapped', vcpu, table, page);
  }

  hostTook(vcpu: number, page: number): void {
    this.write('hostTook', vcpu, page);
  }

  vcpuDied(vcpu: number): void {
    this.write('vcpuDied', vcpu);
  }

  dropPage(pcpu: number, asid: number, page: number): void {
    this.write('dropPage', pcpu, asid, page);
  }

  dropAsid(pcpu: number, asid: number): void {
    this.write('dropAsid', pcpu, asid);
  }

  dropAll(pcpu: number): void {
    this.write('dropAll', pcpu);
  }

  testedByEntry(vcpu: number, level: number, pcpu: number, hasMoved: boolean): number {
    this.write('testedByEntry', vcpu, level, pcpu, hasMoved ? 1 : 0);
    return 0;
  }

  testedByShadows(vcpu: number): number {
    this.write('testedByShadows', vcpu);
    return 0;
  }

  /** What was written down since the last `clear`: operations and their operands, one after the other. */
  script(): readonly number[] {
    if (this.used > MOST_WORDS)
      throw new RangeError('an event does more than a script has room for');
    return [...this.words.subarray(0, this.used)];
  }

  clear(): void {
    this.used = 0;
  }

  private write(operation: Operation, a: number, b = 0, c = 0, d = 0, e = 0, f = 0): void {
    const { words, used } = this;
    words[used] = OPERATIONS.indexOf(operation);
    words[used + 1] = a;
    words[used + 2] = b;
    words[used + 3] = c;
    words[used + 4] = d;
    words[used + 5] = e;
    words[used + 6] = f;
    this.used += OPERATION_WORDS;
  }
}

/** What became of a script. */
export interface Outcome {
  /** A value of HIT: of its access, else `filled`. */
  readonly found: number;
  /** Obligations that the translations put to the test, as bits. */
  readonly tested: number;
}

/** Does to translations what was written down. */
export function performScript(script: readonly number[], truth: Truth): Outcome {
  let found: number = HIT.filled;
  let tested = 0;
  for (let at = 0; at < script.length; at += OPERATION_WORDS) {
    const operation = OPERATIONS[script[at]!]!;
    const a = script[at + 1]!;
    const b = script[at + 2]!;
    const c = script[at + 3]!;
    const d = script[at + 4]!;
    if (operation === 'access') {
      found = truth.access(a, b, c, d, script[at + 5]!, script[at + 6]!);
    } else tested = addBit(tested, performOne(operation, truth, a, b, c, d));
  }
  return { found, tested };
}

/** Gives the obligations that it put to the test. */
function performOne(
  operation: Exclude<Operation, 'access'>,
  truth: Truth,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  switch (operation) {
    case 'testedByEntry':
      return truth.testedByEntry(a, b, c, d === 1);
    case 'testedByShadows':
      return truth.testedByShadows(a);
    case 'asidFlushed':
      truth.asidFlushed(a, b, c === 1);
      return 0;
    default:
      truth[operation](a, b, c);
      return 0;
  }
}
