/** A strategy as the subject of a sentence. */
interface StrategyWords {
  readonly subject: string;
  readonly plural: boolean;
}

/** Strategies whose ids say little to who reads one sentence only. Others are called by their id. */
const STRATEGY_WORDS: Readonly<Record<string, StrategyWords>> = {
  'kvm-6.14': { subject: 'KVM of Linux 6.14', plural: false },
  'kvm-6.12.117': { subject: 'KVM of Linux 6.12.117', plural: false },
  'rfc-2025-02': { subject: 'an ASID per VMCB', plural: false },
  'static-2025-03-13': { subject: 'a static ASID per VM', plural: false },
  'rfc-2025-03': { subject: 'a per-L2 ASID without transition flushes', plural: false },
  'rfc-2026-06': { subject: 'two static ASIDs per vCPU', plural: true },
  'vmx-vpid': { subject: 'the VPID rules of VMX', plural: true },
  'xen-generation': { subject: 'a new ASID instead of each flush', plural: false },
  'flush-always': { subject: 'a flush at every VMRUN', plural: false },
  'no-asid': { subject: 'hardware without ASIDs', plural: false },
  ideal: { subject: 'an ideal tagged TLB', plural: false },
};

/** What one round trip of a scenario is; others are "round trip of ID". */
const TRIP_WORDS: Readonly<Record<string, { readonly trip: string; readonly setup: string }>> = {
  'cpuid-npt-npt': { trip: 'CPUID exit', setup: ' from L2 with NPT in L0 and L1' },
  'cpuid-linux-l2': { trip: 'CPUID exit', setup: ' from a Linux L2 with NPT in L0 and L1' },
  'cpuid-npt-shadow': { trip: 'CPUID exit', setup: ' from L2 with shadow paging in L1' },
  'cpuid-shadow-shadow': { trip: 'CPUID exit', setup: ' from L2 with shadow paging in L0 and L1' },
  'cpuid-pge-differs': {
    trip: 'CPUID exit',
    setup: ' from L2 whose CR4.PGE differs from that of L1',
  },
  'pio-npt-npt': { trip: 'port I/O exit', setup: ' from L2 with NPT in L0 and L1' },
  'npf-npt-npt': { trip: 'nested page fault', setup: ' of L2 with NPT in L0 and L1' },
};

export function strategyWords(id: string): StrategyWords & { readonly withId: string } {
  const words = STRATEGY_WORDS[id];
  if (words === undefined) return { subject: id, plural: false, withId: id };
  return { ...words, withId: `${words.subject} (${id})` };
}

export function tripWords(scenario: string): { readonly trip: string; readonly setup: string } {
  return TRIP_WORDS[scenario] ?? { trip: 'round trip', setup: ` of ${scenario}` };
}

/** `a` or `an` before a noun that is read aloud as it is written. */
export function withArticle(noun: string): string {
  return /^[aeiou]/i.test(noun) ? `an ${noun}` : `a ${noun}`;
}

export function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** `one scenario`, `11 scenarios`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return count === 1 ? `one ${singular}` : `${count} ${plural}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}
