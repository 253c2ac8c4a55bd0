import { hasReason } from '../hypervisor/requests.ts';
import type { VmrunRecord } from '../hypervisor/state.ts';
import type { ReplayResult } from './replay-result.ts';

/** Where in a nested round trip a VMRUN stands. */
export type VmrunPlace = 'nestedEntry' | 'nestedExit' | 'elsewhere';

/** What a nested transition flushes for: the two old rules and the two new ones. */
const RULES = ['nestedTransition', 'vmcb12TlbControl', 'vmcb12AsidChange'] as const;

type FlushCounts = { -readonly [K in keyof ReplayResult['flushes']]: ReplayResult['flushes'][K] };

/** True when a transition rule asked for a flush at this VMRUN (on some CPUs by a new ASID). */
export function isRuleFlush(record: VmrunRecord): boolean {
  return RULES.some((rule) => hasReason(record.flushReasons, rule));
}

export function noFlushes(): FlushCounts {
  return {
    captured: null,
    model: 0,
    fromLog: 0,
    nestedEntry: 0,
    nestedExit: 0,
    elsewhere: 0,
    onlyForCr4Pge: 0,
  };
}

/**
 * Counts a VMRUN of the model. A flush counts at its place when a transition rule asked for it;
 * one that only CR4.PGE asked for is a cause of its own, and L0's own reasons count elsewhere.
 */
export function countFlush(counts: FlushCounts, record: VmrunRecord, place: VmrunPlace): void {
  const isRenumbered = record.tlbControl === 0 && record.flushReasons !== 0;
  if (record.tlbControl === 0 && !isRenumbered) return;
  if (record.tlbControl !== 0) counts.model += 1;
  if (isRuleFlush(record)) counts[place] += 1;
  else if (hasReason(record.flushReasons, 'cr4Pge')) counts.onlyForCr4Pge += 1;
  else counts.elsewhere += 1;
}
