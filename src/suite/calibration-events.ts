/**
 * Events of the calibrated workload on the measured machine, summed over seeds 1 to 10 and their measured
 * trips: what the two published rates are the price of. They do not depend on prices. `plain` is one
 * exit of a guest that is not nested, whose 54 pages of L0 miss no TLB.
 * `npm run make -- calibration` prints them, and a test compares.
 */
export const CALIBRATION_EVENTS = {
  roundTrips: 1200,
  before: {
    l0Instruction: 12_864_000,
    l1Instruction: 1_714_800,
    l2Instruction: 19_200,
    worldSwitch: 2400,
    flushAsid: 2400,
    flushRequest: 2400,
    secondLevelHit: 58_800,
    'refillTlb.start': 64_800,
    'refillTlb.L1d': 25_320,
    'refillTlb.L2': 39_480,
    'refillWalkCache.L1d': 4800,
    'refillWalkCache.L2': 19_200,
    'refillNestedTlb.L1d': 22_800,
    'refillNestedTlb.L2': 95_880,
  },
  after: {
    l0Instruction: 12_864_000,
    l1Instruction: 1_714_800,
    l2Instruction: 19_200,
    worldSwitch: 2400,
    secondLevelHit: 92_400,
  },
  plain: { l0Instruction: 1398, l1Instruction: 21, worldSwitch: 1 },
} as const;
