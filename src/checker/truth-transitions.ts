import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { Effects } from './effects.ts';
import { WRONG } from './kvm-transitions.ts';
import { performScript } from './script.ts';
import { StateTable } from './state-table.ts';
import { HIT } from './translations.ts';
import { Truth } from './truth.ts';
import { TruthCodec } from './truth-codec.ts';
import type { WorldSpec } from './world-spec.ts';

/** In place of the translations after an event: it was an access that changed nothing. */
export const NOTHING = -2;

/** What an effect does is not known yet. */
const UNKNOWN = 0;
/** Beside a number of translations in `known`, so that none of them is UNKNOWN. */
const FIRST = 1;

/** The translations that were seen, by number, and what each effect does to them: found out once. */
export class TruthTransitions {
  /** A row for each translations, a column for each effect: UNKNOWN, WRONG, NOTHING, or FIRST + those after. */
  private known: Int32Array<ArrayBuffer>;
  /** Likewise, which set of obligations these put to the test: an index into `testedSets`. */
  private testedBy: Uint16Array<ArrayBuffer>;
  private readonly testedSets = [0];
  private rows = 256;
  private columns = 32;
  private readonly truth: Truth;
  private readonly codec: TruthCodec;
  private readonly table: StateTable;
  private readonly effects: Effects;

  constructor(spec: WorldSpec, behaviour: KvmBehaviour, effects: Effects, naming: number) {
    this.effects = effects;
    this.truth = new Truth(spec, behaviour);
    this.codec = new TruthCodec(this.truth, effects.naming(naming), null);
    this.table = new StateTable(this.codec.bytes.size);
    this.known = new Int32Array(this.rows * this.columns);
    this.testedBy = new Uint16Array(this.rows * this.columns);
  }

  /** The translations before any event: none. */
  start(): number {
    this.codec.encode();
    return this.table.insert(this.codec.bytes.words);
  }

  /** Where the row of translations begins. An effect is as many places further; valid until there are new ones. */
  rowOf(state: number): number {
    const effects = this.effects.count;
    if (effects > this.columns || state >= this.rows) this.makeRoom(state, effects);
    return state * this.columns;
  }

  /** The translations after an effect, WRONG or NOTHING; `row` is theirs. */
  after(row: number, state: number, effect: number): number {
    const known = this.known[row + effect]!;
    if (known !== UNKNOWN) return known < 0 ? known : known - FIRST;
    return this.perform(row + effect, state, effect);
  }

  /** The obligations that translations put to the test by an effect, once `after` was asked; as bits. */
  tested(place: number): number {
    return this.testedSets[this.testedBy[place]!]!;
  }

  private perform(place: number, state: number, effect: number): number {
    this.table.read(state, this.codec.bytes.words);
    this.codec.decode();
    const { found, tested } = performScript(this.effects.scriptOf(effect), this.truth);
    const after = found === HIT.filled ? this.renamed(effect) : missOf(found);
    this.known[place] = after < 0 ? after : after + FIRST;
    this.testedBy[place] = this.numberTested(tested);
    return after;
  }

  private renamed(effect: number): number {
    this.codec.names = this.effects.namingOf(effect);
    this.codec.encode();
    return this.table.insert(this.codec.bytes.words);
  }

  private numberTested(tested: number): number {
    const known = this.testedSets.indexOf(tested);
    return known < 0 ? this.testedSets.push(tested) - 1 : known;
  }

  /** Twice the rows or columns, or more. */
  private makeRoom(state: number, effects: number): void {
    const before = this.columns;
    while (effects > this.columns) this.columns *= 2;
    while (state >= this.rows) this.rows *= 2;
    const known = new Int32Array(this.rows * this.columns);
    const testedBy = new Uint16Array(known.length);
    for (let row = 0; row * before < this.known.length; row += 1) {
      known.set(this.known.subarray(row * before, (row + 1) * before), row * this.columns);
      testedBy.set(this.testedBy.subarray(row * before, (row + 1) * before), row * this.columns);
    }
    this.known = known;
    this.testedBy = testedBy;
  }
}

function missOf(found: number): number {
  return found === HIT.fine ? NOTHING : WRONG;
}
