import { KIND, type Ledger } from '../cost/ledger.ts';

/** Operands of INVLPGB (AMD APM vol. 3): each "valid" bit that is clear widens the flush. */
export interface BroadcastFlush {
  /** Pages, or null for every page. A listed page goes whether it is global or not. */
  readonly mappings: readonly number[] | null;
  /** One ASID, or null for every ASID, the host's included. */
  readonly asid: number | null;
  /** One PCID, or null for every PCID. */
  readonly pcid: number | null;
  /** Global entries too, where no pages are listed. */
  readonly includeGlobal: boolean;
  /** Only the last level: upper-level entries stay. */
  readonly finalOnly: boolean;
  /** Nested translations too. */
  readonly includeNested: boolean;
}

/** Whoever hears a broadcast. */
export interface BroadcastListener {
  acceptBroadcast(flush: BroadcastFlush): void;
}

/** INVLPGB with its TLBSYNC: complete on every pCPU when it returns; the issuer pays. */
export function invlpgb(
  listeners: readonly BroadcastListener[],
  issuer: Ledger,
  flush: BroadcastFlush,
): void {
  issuer.charge(KIND.invlpgb, 1);
  for (const listener of listeners) listener.acceptBroadcast(flush);
}
