/**
 * Events of the calibrated workload on the measured machine, summed over seeds 1 to 10 and their measured
 * trips: what the two published rates are the price of. They do not depend on prices. `plain` is one
 * exit of a guest that is not nested, whose 54 pages of L0 miss no TLB.
 * `npm run calibrate` prints them, and a test compares.
 */
export const CALIBRATION_EVENTS = {
  roundTrips: 1200,
  before: {
    l0Instruction: 12_752_400,
    l1Instruction: 1_690_800,
    l2Instruction: 25_200,
    worldSwitch: 2400,
    flushAsid: 2400,
    flushRequest: 2400,
    secondLevelHit: 19_200,
    'refillTlb.start': 45_600,
    'refillTlb.L1d': 27_720,
    'refillTlb.L2': 17_880,
    'refillWalkCache.L1d': 4800,
    'refillWalkCache.L2': 10_800,
    'refillNestedTlb.L1d': 30_240,
    'refillNestedTlb.L2': 44_040,
  },
  after: {
    l0Instruction: 12_752_400,
    l1Instruction: 1_690_800,
    l2Instruction: 25_200,
    worldSwitch: 2400,
    secondLevelHit: 30_000,
  },
  plain: { l0Instruction: 1398, l1Instruction: 21, worldSwitch: 1 },
} as const;
