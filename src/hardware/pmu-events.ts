/** Events of a PMU that show what a separate ASID changes, by perf's names for them. */
export interface PmuEvents {
  /** Flushes of the TLB; null: the CPU counts none. */
  readonly flushes: string | null;
  /** Page walks for data: one event, or several that add up. */
  readonly walks: readonly string[];
}

/**
 * Zen 3 and older, Zen 4 and newer, Intel.
 * Source: Linux, tools/perf/pmu-events/arch/x86: amdzen2 and amdzen3 (events 0x78 and 0x45), amdzen4
 * and amdzen5, skylakex to sapphirerapids.
 */
export const PMU_EVENTS = {
  zen3: { flushes: 'ls_tlb_flush.all_tlb_flushes', walks: ['l2_dtlb_misses'] },
  zen4: { flushes: 'ls_tlb_flush.all', walks: ['ls_l1_d_tlb_miss.all_l2_miss'] },
  intel: {
    flushes: null,
    walks: ['dtlb_load_misses.walk_completed', 'dtlb_store_misses.walk_completed'],
  },
} as const satisfies Readonly<Record<string, PmuEvents>>;

/** Older perf has the flushes of Zen 2 and 3 under this name alone. */
export const OTHER_FLUSH_NAMES: readonly string[] = ['all_tlbs_flushed'];
