import { addReason, hasReason } from '../hypervisor/requests.ts';
import type { Mmu } from '../hypervisor/state.ts';
import { createVmcb, NO_CPU, type Vcpu, type Vmcb } from '../hypervisor/state.ts';
import { type Kept, vmcbAt, vmcbIndex } from './kept.ts';
import type { StateBytes } from './state-bytes.ts';
import type { Names } from './symmetry.ts';
import { PENDING, type World } from './world.ts';

/** Generation that a decoded pCPU has; only equality with it matters. */
export const GENERATION = 2;
/** The name of NO_CPU. */
const NOWHERE = 63;
const FIRST_ROOT = 2;
const QUEUE = 3;
/** Beside TLB_CONTROL, when a roll-over is why it is set: L0 may flush every ASID for it. */
const ROLLOVER = 8;

/** The part of KVM's state that belongs to a vCPU, its shadow pages included. */
export class VcpuCodec {
  private readonly bytes: StateBytes;
  private readonly world: World;
  private readonly names: Names;
  private readonly keeps: Kept;
  private readonly unused = createVmcb('vmcb02');
  /** Roots that an MMU can ever have here: L1's, and those of its L2s. */
  private readonly maxRoots: number;

  constructor(bytes: StateBytes, world: World, names: Names, keeps: Kept) {
    this.bytes = bytes;
    this.world = world;
    this.names = names;
    this.keeps = keeps;
    this.maxRoots = 1 + (world.spec.nptEnabled ? world.spec.npt12s : world.spec.l2s);
  }

  write(v: number): void {
    const { world, names } = this;
    const { shape, spec } = world;
    const vcpu = world.vcpus[v]!;
    const { levels } = shape;
    for (let i = 0; i < PENDING; i += 1) {
      const value = world.pending[v * PENDING + i]!;
      this.bytes.write(i === 2 ? names.level[v * levels + value]! : value);
    }
    this.writeVmcb(vcpu.vmcb01);
    this.writeVmcb(vcpu.nestedVmcb);
    this.writeSlots(v, vcpu);
    this.bytes.write(vcpu.vmcb02 === null ? 0 : 1 + vmcbIndex(vcpu, vcpu.vmcb02));
    this.bytes.write(vmcbIndex(vcpu, vcpu.current));
    this.bytes.write(
      (vcpu.apicvActive ? 2 : 0) +
        (vcpu.guestMode ? 4 : 0) +
        (vcpu.cr4Pge ? 8 : 0) +
        (vcpu.l1Cr4Pge ? 16 : 0) +
        (vcpu.pvFlushPending ? 32 : 0) +
        (vcpu.mmu === vcpu.rootMmu ? 0 : 64) +
        (vcpu.nestedRunPending ? 128 : 0),
    );
    this.bytes.write(vcpu.asid);
    this.bytes.write(vcpu.nestedAsid);
    this.bytes.write(this.keeps.vmcb12Gpa ? vcpu.lastVmcb12Gpa : 0);
    this.bytes.write(vcpu.requests);
    this.writeVmcb12(v, vcpu);
    this.bytes.write(names.level[v * levels + vcpu.lastAsid12]!);
    this.writeMmu(v, vcpu.rootMmu);
    this.writeMmu(v, vcpu.guestMmu);
    if (vcpu.hyperV !== null) {
      this.writeQueue(vcpu.hyperV.l1);
      this.writeQueue(vcpu.hyperV.l2);
    }
    for (let table = 0; table < shape.tables; table += 1) {
      // A table of each level has its name.
      const old = spec.nptEnabled ? table : names.levelAt[v * levels + table]!;
      for (let page = 0; page < spec.pages; page += 1) this.writeShadowPage(v, old, page);
    }
  }

  read(v: number): void {
    const { world } = this;
    const { shape, spec } = world;
    const vcpu = world.vcpus[v]!;
    for (let i = 0; i < PENDING; i += 1) world.pending[v * PENDING + i] = this.bytes.read();
    this.readVmcb(vcpu.vmcb01);
    this.readVmcb(vcpu.nestedVmcb);
    this.readSlots(vcpu);
    const vmcb02 = this.bytes.read();
    vcpu.vmcb02 = vmcb02 === 0 ? null : vmcbAt(vcpu, vmcb02 - 1);
    vcpu.current = vmcbAt(vcpu, this.bytes.read());
    const flags = this.bytes.read();
    vcpu.apicvActive = flags % 4 >= 2;
    vcpu.guestMode = flags % 8 >= 4;
    vcpu.cr4Pge = flags % 16 >= 8;
    vcpu.l1Cr4Pge = flags % 32 >= 16;
    vcpu.pvFlushPending = flags % 64 >= 32;
    vcpu.mmu = flags % 128 >= 64 ? vcpu.guestMmu : vcpu.rootMmu;
    vcpu.nestedRunPending = flags >= 128;
    vcpu.asid = this.bytes.read();
    vcpu.nestedAsid = this.bytes.read();
    vcpu.lastVmcb12Gpa = this.bytes.read();
    vcpu.requests = this.bytes.read();
    this.readVmcb12(vcpu);
    vcpu.lastAsid12 = this.bytes.read();
    this.readMmu(vcpu.rootMmu);
    this.readMmu(vcpu.guestMmu);
    if (vcpu.hyperV !== null) {
      this.readQueue(vcpu.hyperV.l1);
      this.readQueue(vcpu.hyperV.l2);
    }
    for (let table = 0; table < shape.tables; table += 1) {
      for (let page = 0; page < spec.pages; page += 1) this.readShadowPage(v, table, page);
    }
  }

  private writeVmcb(vmcb: Vmcb): void {
    const { keeps } = this;
    const isNowhere = vmcb.cpu === NO_CPU;
    this.bytes.write(
      (isNowhere ? NOWHERE : this.names.pcpu[vmcb.cpu]!) +
        (keeps.hardwareCache && vmcb.isClean ? 64 : 0),
    );
    this.bytes.write(keeps.hardwareCache ? vmcb.cachedAsid : 0);
    // Wherever a VMCB runs next that has run nowhere, it is on a new pCPU there.
    if (keeps.rawGenerations) this.bytes.write(Math.max(0, vmcb.asidGeneration));
    else {
      const ofPcpu = isNowhere ? -1 : this.world.kvm.pcpus[vmcb.cpu]!.asidGeneration;
      this.bytes.write(keeps.generations && vmcb.asidGeneration === ofPcpu ? 1 : 0);
    }
    this.bytes.write(vmcb.asid);
    const isRollover = hasReason(vmcb.flushReasons, 'asidRollover');
    this.bytes.write(vmcb.tlbControl + (isRollover ? ROLLOVER : 0));
  }

  private readVmcb(vmcb: Vmcb): void {
    const cpu = this.bytes.read();
    vmcb.cpu = cpu % 64 === NOWHERE ? NO_CPU : cpu % 64;
    vmcb.isClean = cpu >= 64;
    vmcb.cachedAsid = this.bytes.read();
    const generation = this.bytes.read();
    vmcb.asidGeneration = this.keeps.rawGenerations ? generation : generation * GENERATION;
    vmcb.asid = this.bytes.read();
    const tlbControl = this.bytes.read();
    vmcb.tlbControl = tlbControl % ROLLOVER;
    vmcb.flushReasons = tlbControl >= ROLLOVER ? addReason(0, 'asidRollover') : 0;
  }

  /** Several ASIDs for L2s, where the strategy has them. */
  private writeSlots(v: number, vcpu: Vcpu): void {
    const { keeps, names, world } = this;
    if (keeps.slots === 0) return;
    this.bytes.write(vcpu.l2Slots.length);
    for (let i = 0; i < keeps.slots; i += 1) {
      const start = this.bytes.at;
      const slot = vcpu.l2Slots[i];
      this.writeVmcb(slot?.vmcb ?? vcpu.nestedVmcb);
      this.bytes.write(slot === undefined ? 0 : names.level[v * world.shape.levels + slot.asid12]!);
      this.bytes.write(slot === undefined ? 0 : slot.root);
      if (slot === undefined) this.bytes.clear(start);
    }
  }

  private readSlots(vcpu: Vcpu): void {
    const { keeps } = this;
    if (keeps.slots === 0) return;
    const count = this.bytes.read();
    const slots = vcpu.l2Slots;
    while (slots.length < count) slots.push({ vmcb: createVmcb('vmcb02'), asid12: 0, root: 0 });
    slots.length = count;
    for (let i = 0; i < keeps.slots; i += 1) {
      const slot = slots[i];
      this.readVmcb(slot?.vmcb ?? this.unused);
      const asid12 = this.bytes.read();
      const root = this.bytes.read();
      if (slot === undefined) continue;
      slot.asid12 = asid12;
      slot.root = root;
    }
  }

  private writeVmcb12(v: number, vcpu: Vcpu): void {
    const { vmcb12 } = vcpu;
    if (vmcb12 === null) {
      this.bytes.write(0);
      this.bytes.write(0);
      return;
    }
    this.bytes.write(this.names.level[v * this.world.shape.levels + vmcb12.asid]!);
    // Only a flush of every ASID is looked at again, on the way out.
    const blasts = vcpu.guestMode && vmcb12.tlbControl === 1 ? 1 : 0;
    const npt12 = vcpu.guestMode ? this.world.npt12Of(v) : 1;
    this.bytes.write(blasts + 2 * npt12);
  }

  private readVmcb12(vcpu: Vcpu): void {
    const asid = this.bytes.read();
    const rest = this.bytes.read();
    const npt12 = Math.floor(rest / 2);
    vcpu.vmcb12 = asid === 0 ? null : this.world.vmcb12(asid, rest % 2, npt12);
  }

  private writeMmu(v: number, mmu: Mmu): void {
    this.bytes.write(this.renamedRoot(v, mmu.wanted) * 2 + (mmu.needsLoad ? 1 : 0));
    for (let i = 0; i < this.maxRoots; i += 1) {
      const root = mmu.roots[i];
      this.bytes.write(root === undefined ? 0 : 1 + this.renamedRoot(v, root));
    }
  }

  private readMmu(mmu: Mmu): void {
    const wanted = this.bytes.read();
    mmu.needsLoad = wanted % 2 === 1;
    mmu.wanted = Math.floor(wanted / 2) - FIRST_ROOT;
    const { roots } = mmu;
    let count = 0;
    for (let i = 0; i < this.maxRoots; i += 1) {
      const root = this.bytes.read();
      if (root === 0) continue;
      if (count < roots.length) roots[count] = root - 1 - FIRST_ROOT;
      else roots.push(root - 1 - FIRST_ROOT);
      count += 1;
    }
    // Setting a length is slow even where it changes nothing.
    if (roots.length !== count) roots.length = count;
  }

  /** Roots of L2s are numbered by asid12 where L0 shadows them. */
  private renamedRoot(v: number, root: number): number {
    const { shape, spec } = this.world;
    const isLevel = !spec.nptEnabled && root > 0;
    return FIRST_ROOT + (isLevel ? this.names.level[v * shape.levels + root]! : root);
  }

  private writeQueue(queue: readonly (number | 'all')[]): void {
    for (let i = 0; i < QUEUE; i += 1) {
      const entry = queue[i];
      this.bytes.write(entry === undefined ? 0 : entry === 'all' ? 1 : 2 + entry);
    }
  }

  private readQueue(queue: (number | 'all')[]): void {
    queue.length = 0;
    for (let i = 0; i < QUEUE; i += 1) {
      const entry = this.bytes.read();
      if (entry > 0) queue.push(entry === 1 ? 'all' : entry - 2);
    }
  }

  /** Whether a table has a shadow page for the page, and whether that one may lag behind. */
  private writeShadowPage(v: number, table: number, page: number): void {
    const { world } = this;
    const shadowPage = world.mmuOf(v).pages.get(world.shadowKey(table, page));
    this.bytes.write(shadowPage === undefined ? 0 : shadowPage.unsync ? 2 : 1);
  }

  private readShadowPage(v: number, table: number, page: number): void {
    const { world } = this;
    const value = this.bytes.read();
    const isUnsync = value === 2;
    world.wasUnsync[world.shape.shadowIndex(v, table, page)] = isUnsync ? 1 : 0;
    const { pages } = world.mmuOf(v);
    const key = world.shadowKey(table, page);
    if (value === 0) {
      if (pages.size > 0) pages.delete(key);
      return;
    }
    const found = pages.get(key);
    if (found === undefined) world.shadows(v, table, page);
    const shadowPage = found ?? pages.get(key)!;
    shadowPage.unsync = isUnsync;
  }
}
