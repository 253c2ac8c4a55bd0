/** Level 0 is the host, which has no VM and no vCPU: -1. */
export interface OwnerRole {
  readonly level: 0 | 1 | 2;
  readonly vm: number;
  readonly vcpu: number;
}

const HOST: OwnerRole = { level: 0, vm: -1, vcpu: -1 };

/**
 * For whom a translation is meant: a level of a vCPU of a VM, and for L2 also the ASID that L1 named.
 * Two owners may never use each other's entries. L2s to which L1 gave one ASID are one owner: on
 * hardware they would share their entries too, and keeping them apart is L1's business.
 */
export class Owners {
  private readonly ids = new Map<string, number>();
  private readonly roles: OwnerRole[] = [];
  readonly host: number;

  constructor() {
    this.host = this.intern('host', HOST);
  }

  l1(vm: number, vcpu: number): number {
    return this.intern(`${vm}:${vcpu}:L1`, { level: 1, vm, vcpu });
  }

  l2(vm: number, vcpu: number, asid12: number): number {
    return this.intern(`${vm}:${vcpu}:L2:${asid12}`, { level: 2, vm, vcpu });
  }

  vmOf(owner: number): number {
    return this.roleOf(owner).vm;
  }

  /** Of whom the owner is one; the host for a number that none has. */
  roleOf(owner: number): OwnerRole {
    return this.roles[owner] ?? HOST;
  }

  private intern(name: string, role: OwnerRole): number {
    let id = this.ids.get(name);
    if (id === undefined) {
      id = this.roles.length;
      this.ids.set(name, id);
      this.roles.push(role);
    }
    return id;
  }
}
