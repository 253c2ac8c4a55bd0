/**
 * Events of the calibrated workload on the measured machine, summed over seeds 1 to 10 and their measured
 * trips: what the two published rates are the price of. They do not depend on prices.
 * `npm run calibrate` prints them, and a test compares.
 */
export const CALIBRATION_EVENTS = {
  roundTrips: 1200,
  before: {
    l0Instruction: 14_430_000,
    l1Instruction: 1_690_800,
    l2Instruction: 25_200,
    worldSwitch: 3600,
    flushAsid: 2400,
    flushRequest: 2400,
    secondLevelHit: 25_200,
    'refillTlb.start': 45_600,
    'refillTlb.L1d': 27_720,
    'refillTlb.L2': 17_880,
    'refillWalkCache.L1d': 4800,
    'refillWalkCache.L2': 10_800,
    'refillNestedTlb.L1d': 30_240,
    'refillNestedTlb.L2': 44_040,
  },
  after: {
    l0Instruction: 14_430_000,
    l1Instruction: 1_690_800,
    l2Instruction: 25_200,
    worldSwitch: 3600,
    secondLevelHit: 38_400,
  },
} as const;
