/** Events of a PMU that show what a separate ASID changes, by perf's names for them. */
export interface PmuEvents {
  /** Flushes of the TLB; null: the CPU counts none, or none that can be believed. */
  readonly flushes: string | null;
  /** Page walks for data: one event, or several that add up. */
  readonly walks: readonly string[];
}

/**
 * Zen 1 to 3, Zen 4, Zen 5, Intel.
 * Source: Linux, tools/perf/pmu-events/arch/x86: amdzen1 to amdzen3 (events 0x78 and 0x45, which perf calls so on all
 * three), amdzen4 and amdzen5, skylakex to sapphirerapids. On Zen 5 event 0x78 does not count right: AMD's erratum 1569.
 */
export const PMU_EVENTS = {
  zen1to3: { flushes: 'all_tlbs_flushed', walks: ['l2_dtlb_misses'] },
  zen4: { flushes: 'ls_tlb_flush.all', walks: ['ls_l1_d_tlb_miss.all_l2_miss'] },
  zen5: { flushes: null, walks: ['ls_l1_d_tlb_miss.all_l2_miss'] },
  intel: {
    flushes: null,
    walks: ['dtlb_load_misses.walk_completed', 'dtlb_store_misses.walk_completed'],
  },
} as const satisfies Readonly<Record<string, PmuEvents>>;

/** A second name of the flushes on Zen 3, which perf 6.1 lists with the remark to use `all_tlbs_flushed`. */
export const OTHER_FLUSH_NAMES: readonly string[] = ['ls_tlb_flush.all_tlb_flushes'];
