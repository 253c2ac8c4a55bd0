/** What replaying one captured file against a strategy showed. */
export interface ReplayResult {
  readonly file: string;
  readonly strategy: string;
  /** Hardware VMRUNs of the file (CPU log), or those that the model made (vmcb12 log). */
  readonly vmruns: number;
  /** VMRUNs on which model and capture agree: VMCB, ASID and TLB_CONTROL. */
  readonly agree: number;
  /** Events that the model can't know, read from the log and not predicted. */
  readonly fromLog: number;
  readonly flushes: {
    /** VMRUNs with TLB_CONTROL other than 0: captured (CPU log only), and made by the model. */
    readonly captured: number | null;
    readonly model: number;
    /** Of the model's: at L2's VMRUN, at L1's VMRUN after a nested exit, elsewhere. */
    readonly nestedEntry: number;
    readonly nestedExit: number;
    readonly elsewhere: number;
    /** Of the model's: made for a difference in CR4.PGE alone, no other cause asking for it. */
    readonly onlyForCr4Pge: number;
  };
  /** A transcript that ends at the first disagreement. */
  readonly firstDisagreement: string | null;
}
