import type { WorldSpec } from './world-spec.ts';

/**
 * How the translations of a world are numbered. A *domain* is whom they belong to: L1 of a vCPU, or
 * one asid12 of it.
 */
export class TruthShape {
  /** Levels of a vCPU: L1, and each asid12. */
  readonly levels: number;
  /** Tables of a vCPU that L0 may shadow: each NPT12 behind L1's, or one of each level. */
  readonly tables: number;
  readonly pages: number;
  readonly asids: number;
  readonly pcpus: number;
  readonly vcpus: number;
  readonly l0Shadows: boolean;
  readonly l1Nests: boolean;
  private readonly vmOf: readonly number[];

  constructor(spec: WorldSpec) {
    this.levels = spec.l2s + 1;
    this.tables = spec.nptEnabled ? 1 + spec.npt12s : this.levels;
    this.pages = spec.pages;
    this.asids = spec.asidCount;
    this.pcpus = spec.pcpus;
    this.l0Shadows = !spec.nptEnabled;
    this.l1Nests = spec.nestedPaging;
    this.vmOf = spec.vms.flatMap((count, vm) => Array.from({ length: count }, () => vm));
    this.vcpus = this.vmOf.length;
  }

  domain(vcpu: number, level: number): number {
    return vcpu * this.levels + level;
  }

  levelOf(domain: number): number {
    return domain % this.levels;
  }

  vcpuOf(domain: number): number {
    return (domain - this.levelOf(domain)) / this.levels;
  }

  areOfOneVm(vcpu: number, other: number): boolean {
    return this.vmOf[vcpu] === this.vmOf[other];
  }

  /** The table that a level's shadow PTEs belong to: guests have one of their own, L2s run on an NPT12. */
  tableOf(level: number, npt12: number): number {
    return this.l0Shadows || level === 0 ? level : npt12;
  }

  shadowIndex(vcpu: number, table: number, page: number): number {
    return (vcpu * this.tables + table) * this.pages + page;
  }

  entryIndex(pcpu: number, asid: number, page: number): number {
    return (pcpu * this.asids + asid) * this.pages + page;
  }

  /** True when L0 shadows the table that this level's misses go through. */
  isShadowed(level: number): boolean {
    return this.l0Shadows || (level > 0 && this.l1Nests);
  }
}
