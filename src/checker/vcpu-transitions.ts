import { PART } from './kvm-codec.ts';
import type { KvmParts } from './kvm-parts.ts';
import { FOUND, LOCAL, LOCAL_WORDS, type LocalTransitions } from './local-transitions.ts';
import { grown, PairIndex } from './pair-index.ts';
import type { Surroundings } from './surroundings.ts';

/** Words of what an event does to a vCPU and its surroundings; both come last, by number. */
export const MOVE = {
  event: 0,
  found: 1,
  script: 2,
  tested: 3,
  surroundings: 4,
  vcpu: 5,
} as const;
export const MOVE_WORDS = 6;

/**
 * What events do to a vCPU in its surroundings: the local transitions of all pCPUs that it can be on,
 * put together once for each vCPU in each surroundings. Other vCPUs stay as they are.
 */
export class VcpuTransitions {
  rows = new Int32Array(MOVE_WORDS * 1024);
  /** By list: where it begins and ends in `rows`; its events are in their order. */
  from = new Int32Array(1024);
  to = new Int32Array(1024);
  private used = 0;
  private readonly parts: KvmParts;
  private readonly surroundings: Surroundings;
  private readonly local: LocalTransitions;
  private readonly vcpus: number;
  /** Groups of each vCPU: of its own events, and of those of its VM. */
  private readonly own: readonly (readonly number[])[];
  private readonly ofVm: readonly (readonly number[])[];
  /** (surroundings, the number of a vCPU and which one it is): a list, of its own or of its VM's. */
  private readonly ownLists = new PairIndex(Number.MAX_SAFE_INTEGER);
  private readonly vmLists = new PairIndex(Number.MAX_SAFE_INTEGER);
  private readonly lists: { readonly own: number[]; readonly ofVm: number[] };
  private count = 0;
  /** Numbers of all parts: before, and after. */
  private readonly numbers: Int32Array;
  private readonly after: Int32Array;

  constructor(parts: KvmParts, surroundings: Surroundings, local: LocalTransitions) {
    this.parts = parts;
    this.surroundings = surroundings;
    this.local = local;
    this.vcpus = parts.codec.firstPcpu - PART.firstVcpu;
    const groupsOf = (v: number, ofVm: boolean): number[] =>
      [...local.groups.keys()].filter((index) => {
        const group = local.groups[index]!;
        return group.vcpu === v && group.ofVm === ofVm;
      });
    const all = Array.from({ length: this.vcpus }, (_, v) => v);
    this.own = all.map((v) => groupsOf(v, false));
    this.ofVm = all.map((v) => groupsOf(v, true));
    this.lists = { own: [], ofVm: [] };
    this.numbers = new Int32Array(parts.count);
    this.after = new Int32Array(parts.count);
  }

  /** The list of a vCPU's own events. */
  list(v: number, surroundings: number, vcpu: number): number {
    const { ownLists, lists } = this;
    const before = ownLists.size;
    const at = ownLists.insert(surroundings, vcpu * this.vcpus + v);
    if (ownLists.size > before) lists.own[at] = this.make(this.own[v]!, v, surroundings, vcpu);
    return lists.own[at]!;
  }

  /** The list of what events of a vCPU's VM do to this vCPU. */
  listOfVm(v: number, surroundings: number, vcpu: number): number {
    const { vmLists, lists } = this;
    const before = vmLists.size;
    const at = vmLists.insert(surroundings, vcpu * this.vcpus + v);
    if (vmLists.size > before) lists.ofVm[at] = this.make(this.ofVm[v]!, v, surroundings, vcpu);
    return lists.ofVm[at]!;
  }

  private make(groups: readonly number[], v: number, surroundings: number, vcpu: number): number {
    const { numbers, local } = this;
    this.surroundings.read(surroundings, numbers);
    numbers[PART.firstVcpu + v] = vcpu;
    const found: { readonly event: number; readonly row: number; readonly group: number }[] = [];
    for (const group of groups) {
      const list = local.list(group, numbers);
      for (let row = local.from[list]!; row < local.to[list]!; row += LOCAL_WORDS) {
        found.push({ event: local.rows[row + LOCAL.event]!, row, group });
      }
    }
    found.sort((a, b) => a.event - b.event);
    if (this.count === this.from.length) {
      this.from = grown(this.from);
      this.to = grown(this.to);
    }
    this.from[this.count] = this.used;
    for (const { row, group } of found) this.add(row, group, v);
    this.to[this.count] = this.used;
    this.count += 1;
    return this.count - 1;
  }

  private add(row: number, group: number, v: number): void {
    if (this.used + MOVE_WORDS > this.rows.length) this.rows = grown(this.rows);
    const { rows, used, parts, numbers, after } = this;
    const local = this.local.rows;
    const found = local[row + LOCAL.found]!;
    rows[used + MOVE.event] = local[row + LOCAL.event]!;
    rows[used + MOVE.found] = found;
    this.used += MOVE_WORDS;
    if (found === FOUND.reachesBeyond) return;
    rows[used + MOVE.script] = local[row + LOCAL.script]!;
    rows[used + MOVE.tested] = local[row + LOCAL.tested]!;
    if (found === FOUND.isWrong) return;
    const { target } = this.local.groups[group]!;
    const on = target < 0 ? parts.pcpuOf(numbers, v) : target;
    after.set(numbers);
    after[PART.rest] = local[row + LOCAL.rest]!;
    after[PART.places] = local[row + LOCAL.places]!;
    if (on >= 0) after[parts.codec.firstPcpu + on] = local[row + LOCAL.pcpu]!;
    rows[used + MOVE.surroundings] = this.surroundings.insert(after);
    rows[used + MOVE.vcpu] = local[row + LOCAL.vcpu]!;
  }
}
