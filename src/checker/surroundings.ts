import { PART } from './kvm-codec.ts';
import { TupleIndex } from './tuple-index.ts';

/** Numbers of a state of KVM's half: its surroundings, then each vCPU. */
export const STATE = { surroundings: 0, vcpus: 1 } as const;

/**
 * What is around vCPUs, by number: VMs and pools, the places, and pCPUs. A few of them go with very
 * many states, so that most of what is found out about one holds for many.
 */
export class Surroundings {
  private readonly table: TupleIndex;
  private readonly numbers: Int32Array;
  private readonly firstPcpu: number;

  constructor(pcpus: number, firstPcpu: number) {
    this.firstPcpu = firstPcpu;
    this.numbers = new Int32Array(2 + pcpus);
    this.table = new TupleIndex(this.numbers.length);
  }

  /** `parts`: the numbers of all parts of a state; those of vCPUs are not looked at. */
  insert(parts: Int32Array): number {
    const { numbers, firstPcpu } = this;
    numbers[0] = parts[PART.rest]!;
    numbers[1] = parts[PART.places]!;
    for (let at = 2; at < numbers.length; at += 1) numbers[at] = parts[firstPcpu + at - 2]!;
    return this.table.insert(numbers);
  }

  /** Writes the numbers of the parts that are around vCPUs. */
  read(number: number, parts: Int32Array): void {
    const { numbers, firstPcpu } = this;
    this.table.read(number, numbers);
    parts[PART.rest] = numbers[0]!;
    parts[PART.places] = numbers[1]!;
    for (let at = 2; at < numbers.length; at += 1) parts[firstPcpu + at - 2] = numbers[at]!;
  }
}
