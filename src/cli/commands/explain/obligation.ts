import { OBLIGATION_IDS, OBLIGATIONS, type Obligation } from '../../../checker/obligations.ts';
import type { BehaviourKey } from '../../../hypervisor/behaviour.ts';
import { PATCHES } from '../../../hypervisor/patches.ts';
import { wrap } from '../../../util/wrap.ts';

interface Notes {
  /** Whose memory a broken one lets somebody reach. */
  readonly harms: 'the host' | 'other VMs' | 'the guest itself';
  readonly threatenedBy: string;
  readonly decidedBy: readonly BehaviourKey[];
}

const NOTES: Readonly<Record<Obligation, Notes>> = {
  'O1 TAG-UNIQUE': notes('other VMs', 'allocation, roll-over, the death of a VM', [
    'l1Asid',
    'l2Asid',
    'tagAllocation',
  ]),
  'O2 FIRST-USE': notes('other VMs', 'a number that is used again after its VM has died', [
    'tagFreed',
    'onPcpuChange',
  ]),
  'O3 PCPU-RETURN': notes('the guest itself', 'a vCPU that moves away and comes back', [
    'onPcpuChange',
    'vmcbCpuWritten',
  ]),
  'O4 VCPU-SHARE': notes('the guest itself', 'two vCPUs of a VM in turns on one pCPU', [
    'asidOwnerTracking',
  ]),
  'O5 LEVEL-SEP': notes('the guest itself', 'every transition between L1 and L2', [
    'l2Asid',
    'nestedTransition',
  ]),
  'O6 ASID12-SEP': notes('the guest itself', 'an L1 that runs several L2s', ['vmcb12AsidChange']),
  'O7 ALL-LEVELS': notes('the host', 'host unmaps, dirty logging and other remote flushes', [
    'flushRequestScope',
    'hostUnmap',
  ]),
  'O8 PENDING-PERSIST': notes('the host', 'TLB_CONTROL that is reset, entries that are abandoned', [
    'vmcb02TlbControlOnEntry',
    'tlbControlCleared',
    'abandonedEntry',
  ]),
  'O9 REQ-CONTEXT': notes('the guest itself', 'a transition between request and entry', [
    'localRequestsBeforeSwitch',
    'localFlushTarget',
  ]),
  'O10 L1-HONOURED': notes('the guest itself', 'what L1 writes in vmcb12, and its INVLPGA', [
    'vmcb12TlbControl',
    'invlpga',
  ]),
  'O11 SYNC': notes('the guest itself', 'unsync pages, and roots that are kept for later', [
    'nestedTransition',
    'vmcb12TlbControl',
    'vmcb12AsidChange',
  ]),
  'O12 RIGHT-PCPU': notes('the guest itself', 'preemption between an exit and its handler', [
    'invlpgaPcpu',
  ]),
  'O13 ROOT-LOAD': notes('the host', 'roots that are freed without a remote flush', ['rootLoad']),
  'O14 NO-HOST-BLAST': notes('other VMs', 'TLB_CONTROL of vmcb12 that is copied as it is', [
    'vmcb12TlbControl',
  ]),
  'O15 ROLLOVER': notes('other VMs', 'the numbers of a pCPU being used up', ['asidRollover']),
  'O16 ALL-EXITS': notes('the guest itself', 'a forced leave, a failed entry, SET_NESTED_STATE', [
    'forcedLeave',
  ]),
  'O17 SHARED-FALLBACK': notes('other VMs', 'more VMs than numbers', [
    'tagExhaustion',
    'fallbackAsid',
  ]),
  'O18 PV-LEVEL': notes('the guest itself', 'a paravirtual flush while the vCPU is in L2', [
    'pvFlushScope',
  ]),
  'O19 HV-FIFO': notes('the guest itself', 'a transition while a Hyper-V flush is queued', [
    'hyperVQueue',
    'hyperVPurge',
  ]),
  'O20 SEV-REUSE': notes('other VMs', 'the death of an SEV guest', ['sevAsidPool']),
};

function notes(
  harms: Notes['harms'],
  threatenedBy: string,
  decidedBy: readonly BehaviourKey[],
): Notes {
  return { harms, threatenedBy, decidedBy };
}

/** `O7`, by which an obligation is listed and found. */
export const OBLIGATION_NAMES = OBLIGATION_IDS.map((id) => id.split(' ')[0] ?? id);

/** An obligation by `O7`, `ALL-LEVELS` or both; undefined for anything else. */
export function explainObligation(name: string): string | undefined {
  const id = OBLIGATION_IDS.find((each) => each === name || each.split(' ').includes(name));
  if (id === undefined) return undefined;
  const { harms, threatenedBy, decidedBy } = NOTES[id];
  const patches = PATCHES.filter((patch) =>
    decidedBy.some((key) => patch.changes[key] !== undefined),
  );
  const changed =
    patches.length === 0
      ? 'No patch of rfc-2025-03 changes them.'
      : `Changed by patch ${patches.map((patch) => patch.number).join(', ')} of rfc-2025-03.`;
  return [
    `obligation ${id}`,
    wrap(`What must hold: ${OBLIGATIONS[id]}.`, '  '),
    wrap(
      `Why: where it is broken, a translation is used that its user may not use, and ${harms} may be harmed.`,
      '  ',
    ),
    wrap(`Threatened by: ${threatenedBy}.`, '  '),
    wrap(`Decided by: ${decidedBy.join(', ')} ("explain" has their values). ${changed}`, '  '),
    wrap('Source: this suite, from the code of KVM that these behaviours name.', '  '),
    wrap('To look for what breaks it: check --strategy ID', '  '),
  ].join('\n');
}
