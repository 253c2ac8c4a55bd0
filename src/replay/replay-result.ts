/** What replaying one captured file against a strategy showed. */
export interface ReplayResult {
  readonly file: string;
  readonly strategy: string;
  /** Hardware VMRUNs of the file (CPU log), or those that the model made (vmcb12 log). */
  readonly vmruns: number;
  /**
   * CPU log: VMRUNs on which model and capture agree in VMCB, ASID and TLB_CONTROL. A vmcb12 log has
   * no hardware VMRUNs: there it is the transitions on which the model flushes exactly when that is
   * due, which is always for a strategy that flushes on each one, as the captured kernel did, else
   * when L1 asked for it.
   */
  readonly agree: number;
  /** Events that the model can't know, read from the log and not predicted. */
  readonly fromLog: number;
  readonly flushes: {
    /** VMRUNs with TLB_CONTROL other than 0: captured (CPU log only), and made by the model. */
    readonly captured: number | null;
    readonly model: number;
    /** Requests of the host for a flush of the VM, read from a CPU log and not predicted. */
    readonly fromLog: number;
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
