import { hasBit } from '../hypervisor/requests.ts';
import type { Naming } from './effects.ts';
import { StateBytes } from './state-bytes.ts';

import { DEAD_VM, FIRST_OWNER, LEVEL_BITS, type Truth } from './truth.ts';

/** More than the largest age of an entry. */
const NPT12 = 10;

/** The other half of a state: what TLBs and shadow PTEs hold, under the names of KVM's half. */
export class TruthCodec {
  readonly bytes: StateBytes;
  /** Names to write under. */
  names: Naming;
  private readonly truth: Truth;

  /** Bytes of their own, or those behind `leader`. */
  constructor(truth: Truth, names: Naming, leader: StateBytes | null) {
    this.truth = truth;
    this.names = names;
    this.bytes = new StateBytes(leader);
    this.encode();
  }

  encode(): void {
    const { names, bytes } = this;
    const { shape } = this.truth;
    bytes.at = 0;
    for (let p = 0; p < shape.pcpus; p += 1) this.writeEntries(names.pcpuAt[p]!);
    for (let v = 0; v < shape.vcpus; v += 1) this.writeVcpu(names.vcpuAt[v]!);
  }

  decode(): void {
    const { truth, bytes } = this;
    bytes.at = 0;
    for (let index = 0; index < truth.owner.length; index += 1) {
      truth.owner[index] = bytes.read();
      const age = bytes.read();
      truth.ages[index] = age % NPT12;
      truth.npt12[index] = Math.floor(age / NPT12);
    }
    const { shape } = truth;
    const ofVcpu = truth.shadow.length / shape.vcpus;
    for (let v = 0; v < shape.vcpus; v += 1) {
      for (let level = 0; level < shape.levels; level += 1) {
        truth.live[v * shape.levels + level] = bytes.read();
      }
      for (let at = v * ofVcpu; at < (v + 1) * ofVcpu; at += 1) {
        truth.shadow[at] = bytes.read();
        truth.shadowDead[at] = bytes.read();
      }
    }
  }

  private writeEntries(p: number): void {
    const { truth, bytes } = this;
    const to = truth.shape.entryIndex(p + 1, 0, 0);
    for (let index = truth.shape.entryIndex(p, 0, 0); index < to; index += 1) {
      const owner = truth.owner[index]!;
      bytes.write(owner <= DEAD_VM ? owner : FIRST_OWNER + this.renamedDomain(owner - FIRST_OWNER));
      bytes.write(truth.ages[index]! + NPT12 * truth.npt12[index]!);
    }
  }

  private renamedDomain(domain: number): number {
    const { shape } = this.truth;
    return shape.domain(this.names.vcpu[shape.vcpuOf(domain)]!, this.names.level[domain]!);
  }

  private writeVcpu(v: number): void {
    const { truth, names, bytes } = this;
    const { shape } = truth;
    for (let level = 0; level < shape.levels; level += 1) {
      bytes.write(truth.live[shape.domain(v, names.levelAt[shape.domain(v, level)]!)]!);
    }
    for (let table = 0; table < shape.tables; table += 1) {
      // A table of each level has its name.
      const old = shape.l0Shadows ? names.levelAt[shape.domain(v, table)]! : table;
      for (let page = 0; page < shape.pages; page += 1) {
        const at = shape.shadowIndex(v, old, page);
        bytes.write(truth.shadow[at]!);
        bytes.write(this.renamedLevels(v, truth.shadowDead[at]!));
      }
    }
  }

  /** A set of levels, as bits. */
  private renamedLevels(v: number, levels: number): number {
    const { shape } = this.truth;
    if (levels === 0) return 0;
    let renamed = 0;
    for (let level = 0; level < shape.levels; level += 1) {
      const old = this.names.levelAt[shape.domain(v, level)]!;
      if (hasBit(levels, LEVEL_BITS[old]!)) renamed += LEVEL_BITS[level]!;
    }
    return renamed;
  }
}
