import { expect } from 'vitest';
import { svmVcpuLoad } from '../../src/hypervisor/asid.ts';
import { kvmHandleInvpcid, kvmMmuInvlpg, kvmSetCr3 } from '../../src/hypervisor/guest-paging.ts';
import {
  kvmCreateVm,
  svmHardwareSetup,
  svmVcpuCreate,
  svmVcpuRunRefused,
  vcpuEnterGuest,
  vmexit,
} from '../../src/hypervisor/kvm-svm.ts';
import {
  guestWritesPageTable,
  kvmFlushRemoteTlbs,
  shadowPageTable,
} from '../../src/hypervisor/mmu.ts';
import {
  nestedSvmVmexit,
  nestedSvmVmrun,
  svmAllocateNested,
  svmFreeNested,
  svmLeaveNested,
} from '../../src/hypervisor/nested-transitions.ts';
import { invlpgaInterception } from '../../src/hypervisor/page-flushes.ts';
import { kvmHvFlushTlb } from '../../src/hypervisor/paravirtual-flush.ts';
import { KVM_REQ } from '../../src/hypervisor/requests.ts';
import { serveNextRequest } from '../../src/hypervisor/serve-requests.ts';
import { sevAsidFree, sevAsidNew } from '../../src/hypervisor/sev.ts';
import type { Kvm, Vcpu, VmrunRecord } from '../../src/hypervisor/state.ts';
import {
  isBehaviourKey,
  type Strategy,
  strategyById,
  withBehaviour,
} from '../../src/hypervisor/strategies.ts';
import { kvmMakeRequest } from '../../src/hypervisor/tlb-requests.ts';
import { svmVmDestroy } from '../../src/hypervisor/tlb-tags.ts';
import { kvmVcpuReset } from '../../src/hypervisor/vcpu-reset.ts';
import { Owners } from '../../src/oracle/owners.ts';

export interface TranscriptOptions {
  readonly asidCount?: number;
  /** Below it lie SEV's. */
  readonly minAsid?: number;
  readonly flushByAsid?: boolean;
  readonly nptEnabled?: boolean;
  readonly pcpus?: number;
  /** vCPUs of each VM; v0 and v1 of [2] are one VM's, of [1, 1] two VMs'. */
  readonly vms?: readonly number[];
  /** Looks at the vCPUs when the transcript is over. */
  readonly onEnd?: (vcpus: readonly Vcpu[]) => void;
}

interface Stage {
  readonly kvm: Kvm;
  readonly vcpus: Vcpu[];
  readonly vmruns: VmrunRecord[];
  readonly invlpgas: string[];
}

function build(strategy: Strategy, options: TranscriptOptions): Stage {
  const vmruns: VmrunRecord[] = [];
  const invlpgas: string[] = [];
  const pcpus = options.pcpus ?? 2;
  const kvm = svmHardwareSetup({
    behaviour: strategy.behaviour,
    nptEnabled: options.nptEnabled ?? true,
    flushByAsid: options.flushByAsid ?? true,
    asidCount: options.asidCount ?? 16,
    minAsid: options.minAsid ?? 1,
    cpus: Array.from({ length: pcpus }, (_, pcpu) => ({
      vmrun: () => {},
      vmexit: () => {},
      invlpga: (asid: number, page: number) => invlpgas.push(`p${pcpu} ASID ${asid} page ${page}`),
      invvpid: () => {},
    })),
    owners: new Owners(),
    charge: () => {},
    onVmrun: (record) => vmruns.push(record),
  });
  const vcpus: Vcpu[] = [];
  for (const count of options.vms ?? [1]) {
    const vm = kvmCreateVm(kvm);
    for (let index = 0; index < count; index += 1) {
      const vcpu = svmVcpuCreate(kvm, vm);
      svmAllocateNested(kvm, vcpu);
      vcpus.push(vcpu);
    }
  }
  return { kvm, vcpus, vmruns, invlpgas };
}

/** What an action made hardware flush at once. */
function performed(stage: Stage, action: () => void): string {
  const before = stage.invlpgas.length;
  action();
  return stage.invlpgas.length > before ? `INVLPGA ${stage.invlpgas.at(-1)}` : 'nothing';
}

/** Page 0 stands for every page. */
function hvPages(page: number): number[] | 'all' {
  return page === 0 ? 'all' : [page];
}

function perform(stage: Stage, words: string[]): string {
  const [name = '', ...rest] = words;
  const vcpu = stage.vcpus[Number(name.slice(1))];
  if (vcpu === undefined) throw new Error(`no vCPU ${name}`);
  const [action = '', ...args] = rest;
  const value = (key: string, otherwise: number): number => {
    const word = args.find((arg) => arg.startsWith(`${key}=`));
    return word === undefined ? otherwise : Number(word.slice(key.length + 1));
  };
  const { kvm } = stage;
  switch (action) {
    case 'load':
      svmVcpuLoad(kvm, vcpu, Number(args[0]?.slice(1)));
      return '';
    case 'enter': {
      const before = stage.invlpgas.length;
      vcpuEnterGuest(kvm, vcpu);
      const made = stage.vmruns.at(-1)!;
      const pages = stage.invlpgas.slice(before).map((text) => `INVLPGA ${text}, `);
      return `${pages.join('')}VMRUN ${made.vmcb} ASID ${made.asid} TLB_CONTROL ${made.tlbControl}`;
    }
    case 'enter-refused':
      while (serveNextRequest(kvm, vcpu));
      svmVcpuRunRefused(kvm, vcpu);
      return '';
    case 'init':
      kvmVcpuReset(kvm, vcpu);
      return '';
    case 'exit':
      vmexit(kvm, vcpu);
      return '';
    case 'nested-vmrun':
      nestedSvmVmrun(kvm, vcpu, {
        gpa: value('l2', 1),
        asid: value('asid', 1),
        tlbControl: value('tlb', 0),
        nestedPaging: value('np', 1) === 1,
        root: value('root', 1),
        cr4Pge: value('pge', 1) === 1,
      });
      return '';
    case 'nested-vmexit':
      nestedSvmVmexit(kvm, vcpu);
      return '';
    case 'forced-leave':
      svmLeaveNested(kvm, vcpu);
      return '';
    case 'host-unmap':
      kvmFlushRemoteTlbs(vcpu.vm);
      return '';
    case 'request-flush-current':
      kvmMakeRequest(vcpu, KVM_REQ.tlbFlushCurrent, 'guestFlush');
      return '';
    case 'invlpga':
      return performed(stage, () =>
        invlpgaInterception(kvm, vcpu, value('asid', 1), value('page', 7)),
      );
    case 'shadow-npt12':
      shadowPageTable(vcpu.guestMmu, value('page', 0), value('root', 1));
      return '';
    case 'writes-npt12':
      return guestWritesPageTable(vcpu.guestMmu, value('page', 0));
    case 'shadow-table':
      shadowPageTable(vcpu.rootMmu, value('page', 0), value('root', -1));
      return '';
    case 'writes-table':
      return guestWritesPageTable(vcpu.rootMmu, value('page', 0));
    case 'uses-hyper-v':
      vcpu.hyperV = { l1: [], l2: [] };
      return '';
    case 'hv-flush-l1':
    case 'hv-flush-l2':
      kvmHvFlushTlb([vcpu], action === 'hv-flush-l1' ? 'l1' : 'l2', hvPages(value('page', 0)));
      return '';
    case 'pv-flush':
      vcpu.pvFlushPending = true;
      return '';
    case 'mov-cr3':
      kvmSetCr3(kvm, vcpu, value('root', 2), value('keep', 0) === 1);
      return '';
    case 'invlpg':
      return performed(stage, () => kvmMmuInvlpg(kvm, vcpu, value('page', 7)));
    case 'invpcid':
      return performed(stage, () =>
        kvmHandleInvpcid(kvm, vcpu, value('type', 0) as 0 | 1 | 2 | 3, value('page', 7)),
      );
    case 'vm-dies':
      svmVmDestroy(kvm, vcpu.vm);
      return '';
    case 'new-vm':
      stage.vcpus.push(svmVcpuCreate(kvm, kvmCreateVm(kvm)));
      return '';
    case 'memslot-deleted':
      kvmMakeRequest(vcpu, KVM_REQ.mmuFreeObsoleteRoots, null);
      return '';
    case 'svme':
      if (value('on', 1) === 1) svmAllocateNested(kvm, vcpu);
      else svmFreeNested(kvm, vcpu);
      return '';
    case 'is-sev':
      return sevAsidNew(kvm, vcpu.vm) ? `ASID ${vcpu.vm.sevAsid}` : 'EBUSY';
    case 'sev-vm-dies':
      sevAsidFree(kvm, vcpu.vm);
      return '';
    default:
      throw new Error(`unknown action ${action}`);
  }
}

/** `rfc-2025-03` or `rfc-2025-03 invlpga=as-invlpg`. */
export function strategyNamed(text: string): Strategy {
  const [id = '', ...changes] = text.split(' ');
  let strategy = strategyById(id);
  for (const change of changes) {
    const [key = '', word = ''] = change.split('=');
    if (strategy !== undefined && isBehaviourKey(key))
      strategy = withBehaviour(strategy, key, word);
  }
  if (strategy === undefined) throw new Error(`no strategy ${text}`);
  return strategy;
}

/**
 * Runs a transcript and compares what each line does with the comment behind it. A line is a vCPU, an
 * action and its operands; what an `enter` or `invlpga` makes hardware do stands behind `#`.
 */
export function check(strategy: string, transcript: string, options: TranscriptOptions = {}): void {
  const stage = build(strategyNamed(strategy), options);
  const expected: string[] = [];
  const made: string[] = [];
  for (const line of transcript.split('\n')) {
    const [left = '', comment] = line.split('#');
    const event = left.trim().replaceAll(/\s+/g, ' ');
    if (event === '') continue;
    const happened = perform(stage, event.split(' '));
    if (comment === undefined) continue;
    expected.push(`${event}  # ${comment.trim()}`);
    made.push(`${event}  # ${happened}`);
  }
  expect(made).toEqual(expected);
  options.onEnd?.(stage.vcpus);
}
