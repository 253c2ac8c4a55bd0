import type { Effects } from './effects.ts';
import { PART } from './kvm-codec.ts';
import type { KvmParts } from './kvm-parts.ts';
import { grown } from './pair-index.ts';
import { STATE, type Surroundings } from './surroundings.ts';
import { TupleIndex } from './tuple-index.ts';

/** Numbers by number, beside FIRST; 0 where one is not known yet. */
type Found = Int32Array<ArrayBuffer>;
const FIRST = 1;

/**
 * Names for states of KVM's half, and states under other names. What names are chosen by takes few
 * values, so each combination of them is named once, and each part is renamed once.
 */
export class KvmNames {
  private readonly parts: KvmParts;
  private readonly surroundings: Surroundings;
  private readonly effects: Effects;
  private readonly vcpus: number;
  /** Numbers of all parts. */
  private readonly numbers: Int32Array;
  /** By surroundings: which vCPUs live and where they are, as one number; and whether each lives. */
  private readonly sights: number[] = [];
  private readonly alive: (readonly number[])[] = [];
  private readonly numberOfSight = new Map<string, number>();
  /** (sight, traits of each vCPU), and the naming that they get. */
  private readonly seen: TupleIndex;
  private readonly namings: number[] = [];
  private readonly key: Int32Array;
  /** By naming: surroundings under it. By naming and vCPU: vCPUs under it. */
  private readonly renamedSurroundings: Found[] = [];
  private readonly renamedVcpus: Found[] = [];

  constructor(parts: KvmParts, surroundings: Surroundings, effects: Effects) {
    this.parts = parts;
    this.surroundings = surroundings;
    this.effects = effects;
    this.vcpus = parts.codec.firstPcpu - PART.firstVcpu;
    this.numbers = new Int32Array(parts.count);
    this.key = new Int32Array(1 + this.vcpus);
    this.seen = new TupleIndex(this.key.length);
  }

  /** The naming for a state. */
  choose(state: Int32Array): number {
    const { key, seen, parts } = this;
    key[0] = this.sightOf(state[STATE.surroundings]!);
    for (let v = 0; v < this.vcpus; v += 1) key[1 + v] = parts.traitsOf(state[STATE.vcpus + v]!);
    const before = seen.size;
    const at = seen.insert(key);
    if (seen.size > before) this.namings[at] = this.newNaming(state);
    return this.namings[at]!;
  }

  /** A state under a naming, into `renamed`. */
  rename(state: Int32Array, naming: number, renamed: Int32Array): void {
    const { vcpu } = this.effects.naming(naming);
    const surroundings = state[STATE.surroundings]!;
    this.sightOf(surroundings);
    renamed[STATE.surroundings] = this.renameSurroundings(surroundings, naming);
    const alive = this.alive[surroundings]!;
    for (let v = 0; v < this.vcpus; v += 1) {
      const number = state[STATE.vcpus + v]!;
      const to = vcpu[v]!;
      // Of a vCPU whose VM is dead there is nothing to rename.
      renamed[STATE.vcpus + to] = alive[v] === 0 ? number : this.renameVcpu(number, naming, v, to);
    }
  }

  private sightOf(surroundings: number): number {
    const known = this.sights[surroundings];
    if (known !== undefined) return known;
    this.surroundings.read(surroundings, this.numbers);
    const alive = this.parts.aliveOf(this.numbers[PART.rest]!);
    const text = `${alive.join()} ${this.numbers[PART.places]}`;
    const sight = this.numberOfSight.get(text) ?? this.numberOfSight.size;
    this.numberOfSight.set(text, sight);
    this.alive[surroundings] = alive;
    this.sights[surroundings] = sight;
    return sight;
  }

  private newNaming(state: Int32Array): number {
    const { numbers, parts, effects } = this;
    const { names } = parts.codec;
    this.surroundings.read(state[STATE.surroundings]!, numbers);
    for (let v = 0; v < this.vcpus; v += 1) numbers[PART.firstVcpu + v] = state[STATE.vcpus + v]!;
    parts.chooseNames(numbers);
    const naming = effects.numberNaming(names);
    names.reset();
    return naming;
  }

  private renameSurroundings(number: number, naming: number): number {
    const found = roomFor(this.renamedSurroundings, naming, number);
    if (found[number] === 0) {
      const { numbers, parts, surroundings } = this;
      const { firstPcpu } = parts.codec;
      const { pcpu } = this.effects.naming(naming);
      surroundings.read(number, numbers);
      const renamed = new Int32Array(numbers.length);
      for (const part of [PART.rest, PART.places]) {
        renamed[part] = parts.renamed(part, numbers[part]!, naming, part);
      }
      for (let p = 0; p < pcpu.length; p += 1) {
        const to = firstPcpu + pcpu[p]!;
        renamed[to] = parts.renamed(firstPcpu + p, numbers[firstPcpu + p]!, naming, to);
      }
      found[number] = FIRST + surroundings.insert(renamed);
    }
    return found[number]! - FIRST;
  }

  private renameVcpu(number: number, naming: number, v: number, to: number): number {
    const found = roomFor(this.renamedVcpus, naming * this.vcpus + v, number);
    if (found[number] === 0) {
      const part = PART.firstVcpu + v;
      found[number] = FIRST + this.parts.renamed(part, number, naming, PART.firstVcpu + to);
    }
    return found[number]! - FIRST;
  }
}

/** What is kept under an index, with room for a number. */
function roomFor(all: Found[], index: number, number: number): Found {
  let found = all[index];
  if (found === undefined) {
    found = new Int32Array(256);
    all[index] = found;
  }
  while (number >= found.length) found = grown(found);
  all[index] = found;
  return found;
}
