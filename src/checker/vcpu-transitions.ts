import { PART } from './kvm-codec.ts';
import type { KvmParts } from './kvm-parts.ts';
import { LOCAL, LOCAL_WORDS, type LocalTransitions } from './local-transitions.ts';
import { FOUND, MOVE, MoveRows } from './move-rows.ts';
import { PairIndex } from './pair-index.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * What events do to a vCPU in its surroundings: the local transitions of all pCPUs that it can be on,
 * put together once for each vCPU in each surroundings. Other vCPUs stay as they are.
 */
export class VcpuTransitions {
  readonly moves = new MoveRows();
  private readonly parts: KvmParts;
  private readonly surroundings: Surroundings;
  private readonly local: LocalTransitions;
  private readonly vcpus: number;
  /** Groups of each vCPU. */
  private readonly groups: readonly (readonly number[])[];
  /** (surroundings, the number of a vCPU and which one it is): a list. */
  private readonly lists = new PairIndex(Number.MAX_SAFE_INTEGER);
  /** Numbers of all parts: before, and after. */
  private readonly numbers: Int32Array;
  private readonly after: Int32Array;

  /** Of their own events, or of those of their VMs. */
  constructor(parts: KvmParts, surroundings: Surroundings, local: LocalTransitions, ofVm: boolean) {
    this.parts = parts;
    this.surroundings = surroundings;
    this.local = local;
    this.vcpus = parts.codec.firstPcpu - PART.firstVcpu;
    this.groups = Array.from({ length: this.vcpus }, (_, v) =>
      [...local.groups.keys()].filter((index) => {
        const group = local.groups[index]!;
        return group.vcpu === v && group.ofVm === ofVm;
      }),
    );
    this.numbers = new Int32Array(parts.count);
    this.after = new Int32Array(parts.count);
  }

  /** The list of a vCPU's events. */
  list(v: number, surroundings: number, vcpu: number): number {
    const before = this.lists.size;
    const list = this.lists.insert(surroundings, vcpu * this.vcpus + v);
    if (this.lists.size > before) this.make(v, surroundings, vcpu);
    return list;
  }

  /** Lists are made in the order of their numbers. */
  private make(v: number, surroundings: number, vcpu: number): void {
    const { numbers, local } = this;
    this.surroundings.read(surroundings, numbers);
    numbers[PART.firstVcpu + v] = vcpu;
    const found: { readonly event: number; readonly row: number; readonly group: number }[] = [];
    for (const group of this.groups[v]!) {
      const list = local.list(group, numbers);
      for (let row = local.from[list]!; row < local.to[list]!; row += LOCAL_WORDS) {
        found.push({ event: local.rows[row + LOCAL.event]!, row, group });
      }
    }
    found.sort((a, b) => a.event - b.event);
    for (const { row, group } of found) this.add(row, group);
    this.moves.close();
  }

  private add(from: number, group: number): void {
    const { parts, numbers, after } = this;
    const local = this.local.rows;
    const found = local[from + LOCAL.found]!;
    const row = this.moves.add(local[from + LOCAL.event]!, found);
    const { rows } = this.moves;
    if (found === FOUND.reachesBeyond) return;
    rows[row + MOVE.script] = local[from + LOCAL.script]!;
    rows[row + MOVE.tested] = local[from + LOCAL.tested]!;
    if (found === FOUND.isWrong) return;
    const on = this.local.pcpuOf(group, numbers);
    after.set(numbers);
    after[PART.rest] = local[from + LOCAL.rest]!;
    after[PART.places] = local[from + LOCAL.places]!;
    if (on >= 0) after[parts.codec.firstPcpu + on] = local[from + LOCAL.pcpu]!;
    rows[row + MOVE.surroundings] = this.surroundings.insert(after);
    rows[row + MOVE.vcpu] = local[from + LOCAL.vcpu]!;
  }
}
