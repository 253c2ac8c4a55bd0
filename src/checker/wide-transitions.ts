import { addBit } from '../hypervisor/requests.ts';
import type { Effects } from './effects.ts';
import { EVENTS } from './event-kinds.ts';
import type { CheckerEvent } from './events.ts';
import type { HostTransitions } from './host-transitions.ts';
import { TO_EACH_VCPU } from './local-transitions.ts';
import { FOUND, MOVE } from './move-rows.ts';
import { STATE } from './surroundings.ts';
import type { VcpuTransitions } from './vcpu-transitions.ts';
import type { World } from './world.ts';

/** Where an event is found, and by which vCPUs; null when the whole state is needed. */
interface Source {
  readonly of: VcpuTransitions | HostTransitions;
  readonly vcpus: readonly number[];
}

/** What events of VMs and pCPUs do to a state, put together from what they do to each vCPU. */
export class WideTransitions {
  /** These events, in their order. */
  readonly events: readonly number[];
  /** Of the last event that happened: its script, and the obligations that it put to the test. */
  script = 0;
  tested = 0;
  private readonly sources: readonly (Source | null)[];
  private readonly effects: Effects;
  private readonly nothing: number;

  constructor(
    events: readonly CheckerEvent[],
    world: World,
    ofVms: VcpuTransitions,
    ofHost: HostTransitions,
    effects: Effects,
  ) {
    this.effects = effects;
    this.nothing = effects.numberScript([]);
    this.events = [...events.keys()].filter((at) => EVENTS[events[at]!.kind].actor !== 'vcpu');
    this.sources = this.events.map((event) => {
      const { kind, actor } = events[event]!;
      if (TO_EACH_VCPU.includes(kind)) return { of: ofVms, vcpus: world.vcpusOf(actor) };
      const v = ofHost.vcpuFor(event);
      return v === null ? null : { of: ofHost, vcpus: [v] };
    });
  }

  /**
   * What is known of an event, by its index in `events`: null when it cannot happen. When it happens,
   * `after` is the state after it; FOUND.reachesBeyond says that the whole state has to be looked at.
   */
  perform(index: number, before: Int32Array, after: Int32Array): number | null {
    const source = this.sources[index] ?? null;
    if (source === null) return FOUND.reachesBeyond;
    const { moves } = source.of;
    this.script = this.nothing;
    this.tested = 0;
    let found: number | null = null;
    after.set(before);
    for (const v of source.vcpus) {
      const own = STATE.vcpus + v;
      const list = source.of.list(v, after[STATE.surroundings]!, v < 0 ? 0 : before[own]!);
      const row = moves.rowOf(list, this.events[index]!);
      if (row < 0) continue;
      if (moves.rows[row + MOVE.found] !== FOUND.happens) return FOUND.reachesBeyond;
      found = FOUND.happens;
      this.script = this.effects.joinScripts(this.script, moves.rows[row + MOVE.script]!);
      this.tested = addBit(this.tested, moves.rows[row + MOVE.tested]!);
      after[STATE.surroundings] = moves.rows[row + MOVE.surroundings]!;
      if (v >= 0) after[own] = moves.rows[row + MOVE.vcpu]!;
    }
    return found;
  }
}
