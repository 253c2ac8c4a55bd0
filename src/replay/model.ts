import { svmHardwareSetup } from '../hypervisor/kvm-svm.ts';
import type { GuestCpu, Kvm, VmrunRecord } from '../hypervisor/state.ts';
import type { Strategy } from '../hypervisor/strategies.ts';
import { Owners } from '../oracle/owners.ts';
import { UserError } from '../util/user-error.ts';

/** ASIDs of the emulated CPU that all logs were captured on (CPUID 8000_000A EBX). */
export const CAPTURED_ASID_COUNT = 16;

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

export function replayModel(strategy: Strategy, pcpus: number, flushByAsid: boolean): ReplayModel {
  const records: VmrunRecord[] = [];
  const kvm = svmHardwareSetup({
    behaviour: strategy.behaviour,
    nptEnabled: true,
    flushByAsid,
    asidCount: CAPTURED_ASID_COUNT,
    minAsid: 1,
    cpus: Array.from({ length: pcpus }, () => SILENT_CPU),
    owners: new Owners(),
    charge: () => {},
    onVmrun: (record) => records.push(record),
  });
  return { kvm, records };
}
