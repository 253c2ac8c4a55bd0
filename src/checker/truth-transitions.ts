import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { Effects } from './effects.ts';
import { WRONG } from './kvm-transitions.ts';
import { grown, PairIndex } from './pair-index.ts';
import { performScript } from './script.ts';
import { StateTable } from './state-table.ts';
import { HIT } from './translations.ts';
import { Truth } from './truth.ts';
import { TruthCodec } from './truth-codec.ts';
import type { WorldSpec } from './world-spec.ts';

/** In place of the translations after an event: it was an access that changed nothing. */
export const NOTHING = -2;

/** The translations that were seen, by number, and what each effect does to them: found out once. */
export class TruthTransitions {
  /** By place of (translations, effect): the translations afterwards, WRONG or NOTHING. */
  next = new Int32Array(1024);
  /** ... and the obligations that these put to the test. */
  tested = new Int32Array(1024);
  private readonly known = new PairIndex(Number.MAX_SAFE_INTEGER);
  private readonly truth: Truth;
  private readonly codec: TruthCodec;
  private readonly table: StateTable;
  private readonly effects: Effects;

  constructor(spec: WorldSpec, behaviour: KvmBehaviour, effects: Effects, naming: number) {
    this.effects = effects;
    this.truth = new Truth(spec, behaviour);
    this.codec = new TruthCodec(this.truth, effects.naming(naming), null);
    this.table = new StateTable(this.codec.bytes.size, Number.MAX_SAFE_INTEGER);
  }

  /** The translations before any event: none. */
  start(): number {
    this.codec.encode();
    return this.table.insert(this.codec.bytes.words);
  }

  /** Where `next` and `tested` say what an effect does. */
  after(state: number, effect: number): number {
    const before = this.known.size;
    const place = this.known.insert(state, effect);
    if (this.known.size > before) this.perform(place, state, effect);
    return place;
  }

  private perform(place: number, state: number, effect: number): void {
    if (place >= this.next.length) {
      this.next = grown(this.next);
      this.tested = grown(this.tested);
    }
    this.table.read(state, this.codec.bytes.words);
    this.codec.decode();
    const { found, tested } = performScript(this.effects.scriptOf(effect), this.truth);
    this.next[place] = found === HIT.filled ? this.renamed(effect) : missOf(found);
    this.tested[place] = tested;
  }

  private renamed(effect: number): number {
    this.codec.names = this.effects.namingOf(effect);
    this.codec.encode();
    return this.table.insert(this.codec.bytes.words);
  }
}

function missOf(found: number): number {
  return found === HIT.fine ? NOTHING : WRONG;
}
