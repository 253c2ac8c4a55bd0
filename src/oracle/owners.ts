/** Level 0 is the host, which has no VM and no vCPU: -1. */
export interface OwnerRole {
  readonly level: 0 | 1 | 2;
  readonly vm: number;
  readonly vcpu: number;
}

const HOST: OwnerRole = { level: 0, vm: -1, vcpu: -1 };
/** No ASID. */
const L1_ITSELF = -1;

/**
 * For whom a translation is meant: a level of a vCPU of a VM, and for L2 also the ASID that L1 named.
 * Two owners may never use each other's entries. L2s to which L1 gave one ASID are one owner: on
 * hardware they would share their entries too, and keeping them apart is L1's business.
 */
export class Owners {
  /** By VM, by vCPU, and by the ASID that L1 named; L1_ITSELF for L1. */
  private readonly ids: Map<number, number>[][] = [];
  private readonly roles: OwnerRole[] = [HOST];
  readonly host = 0;

  l1(vm: number, vcpu: number): number {
    return this.idOf(vm, vcpu, L1_ITSELF);
  }

  l2(vm: number, vcpu: number, asid12: number): number {
    return this.idOf(vm, vcpu, asid12);
  }

  vmOf(owner: number): number {
    return this.roleOf(owner).vm;
  }

  /** Of whom the owner is one; the host for a number that none has. */
  roleOf(owner: number): OwnerRole {
    return this.roles[owner] ?? HOST;
  }

  private idOf(vm: number, vcpu: number, asid12: number): number {
    this.ids[vm] ??= [];
    const byVcpu = this.ids[vm]!;
    byVcpu[vcpu] ??= new Map();
    let id = byVcpu[vcpu]!.get(asid12);
    if (id === undefined) {
      id = this.roles.length;
      byVcpu[vcpu]!.set(asid12, id);
      this.roles.push({ level: asid12 === L1_ITSELF ? 1 : 2, vm, vcpu });
    }
    return id;
  }
}
