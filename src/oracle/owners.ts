/**
 * For whom a translation is meant: a level of a vCPU of a VM, and for L2 also the ASID that L1 named.
 * Two owners may never use each other's entries. L2s to which L1 gave one ASID are one owner: on
 * hardware they would share their entries too, and keeping them apart is L1's business.
 */
export class Owners {
  private readonly ids = new Map<string, number>();
  /** VM of each owner; -1 for the host. */
  private readonly vms: number[] = [];
  readonly host: number;

  constructor() {
    this.host = this.intern('host', -1);
  }

  l1(vm: number, vcpu: number): number {
    return this.intern(`${vm}:${vcpu}:L1`, vm);
  }

  l2(vm: number, vcpu: number, asid12: number): number {
    return this.intern(`${vm}:${vcpu}:L2:${asid12}`, vm);
  }

  vmOf(owner: number): number {
    return this.vms[owner] ?? -1;
  }

  private intern(name: string, vm: number): number {
    let id = this.ids.get(name);
    if (id === undefined) {
      id = this.vms.length;
      this.ids.set(name, id);
      this.vms.push(vm);
    }
    return id;
  }
}
