import { svmHardwareSetup } from '../hypervisor/kvm-svm.ts';
import type { GuestCpu, Kvm, VmrunRecord } from '../hypervisor/state.ts';
import type { Strategy } from '../hypervisor/strategies.ts';
import { Owners } from '../oracle/owners.ts';
import { UserError } from '../util/user-error.ts';

/** ASIDs of the emulated CPU that most logs were captured on (CPUID 8000_000A EBX). */
export const CAPTURED_ASID_COUNT = 16;
/** ... and of the one whose logs have higher numbers. */
const LARGE_ASID_COUNT = 32_768;

/** How many ASIDs the CPU of a log has, by the highest number in it. */
export function asidCountOf(highest: number): number {
  return highest < CAPTURED_ASID_COUNT ? CAPTURED_ASID_COUNT : LARGE_ASID_COUNT;
}

/** CR4.PGE */
const CR4_PGE = 128;

/** Whether a CR4 in hexadecimal has PGE. */
export function hasPge(cr4: string): boolean {
  return Math.floor(Number.parseInt(cr4, 16) / CR4_PGE) % 2 === 1;
}

/** VMRUN with ASID 0 fails with VMEXIT_INVALID: no log of a running guest has one. */
export function requireLegalAsid(path: string, line: number, asid: number): void {
  if (asid !== 0) return;
  throw new UserError(
    'input',
    `${path}:${line}`,
    'a VMRUN names ASID 0, which no guest can run under',
    'Use the log as it was captured',
  );
}

/** A pCPU without a TLB: a replay compares instructions, not translations. */
const SILENT_CPU: GuestCpu = {
  vmrun: () => {},
  vmexit: () => {},
  invlpga: () => {},
  invvpid: () => {},
};

/** KVM over silent pCPUs; `records` gets each VMRUN that the model makes. */
export interface ReplayModel {
  readonly kvm: Kvm;
  readonly records: VmrunRecord[];
}

export interface ReplayHost {
  readonly pcpus: number;
  readonly flushByAsid: boolean;
  readonly asidCount: number;
  /** L0 uses nested paging. */
  readonly nptEnabled: boolean;
}

export function replayModel(strategy: Strategy, host: ReplayHost): ReplayModel {
  const records: VmrunRecord[] = [];
  const kvm = svmHardwareSetup({
    behaviour: strategy.behaviour,
    nptEnabled: host.nptEnabled,
    flushByAsid: host.flushByAsid,
    asidCount: host.asidCount,
    minAsid: 1,
    cpus: Array.from({ length: host.pcpus }, () => SILENT_CPU),
    owners: new Owners(),
    charge: () => {},
    onVmrun: (record) => records.push(record),
  });
  return { kvm, records };
}
