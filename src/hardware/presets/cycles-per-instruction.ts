import type { Parameter } from '../../units/parameter.ts';
import { assumed, ranged } from './make-parameter.ts';
import { SOURCES } from './sources.ts';

/** L0's 1,398 instructions for a CPUID exit of a guest that isn't nested, and the guest's 21. */
const INSTRUCTIONS = 1419;
/** Where the low case is clamped: four instructions a cycle. */
const LOWEST = 0.25;

/** The nominal case for Zen 3: 735.2 ns a round trip, less VMRUN/#VMEXIT, less VMLOAD/VMSAVE. */
const ZEN3_NOMINAL = ((735.2 - 260 - 290) * 3.5) / INSTRUCTIONS;
/** The high case: the same trip, the lowest costs of the world switch, the highest clock. */
const ZEN3_HIGH = ((735.2 - 170 - 120) * 4) / INSTRUCTIONS;

/** Nominal cost of a CPUID exit of L1 on Zen 3, nanoseconds, and the clock assumed with it. */
const ZEN3_LIGHT_EXIT_NANOSECONDS = 735;
const ZEN3_GIGAHERTZ = 3.5;

/** Kernel code that misses no TLB, on Zen 3: derived from a published rate of CPUID exits. */
export const ZEN3_CYCLES_PER_INSTRUCTION: Parameter = ranged(
  LOWEST,
  roundTo2(ZEN3_NOMINAL),
  roundTo2(ZEN3_HIGH),
  'cycles/instruction',
  'derived',
  SOURCES.khorenko2023,
  'EPYC 7443P: 735.2 ns per CPUID exit of a guest, 648.6 ns with the vPMC scan skipped; 1,398 ' +
    'instructions in L0 and 21 in the guest. Nominal (735.2 - 260 - 290) ns x 3.5 GHz / 1,419 = ' +
    '0.457; high (735.2 - 170 - 120) ns x 4.0 GHz / 1,419 = 1.25; low (648.6 - 400 - 400) ns is ' +
    'negative, so it is set to 0.25. 170/260/400 ns is the world switch, 120/290/400 ns VMLOAD ' +
    'and VMSAVE. The mail states no clock: 3.5 GHz is the nominal of frequencyGhz.',
);

/**
 * Kernel code that misses no TLB, on a machine without such a measurement: Zen 3's figures scaled
 * by the cycles of a light exit. `lowest` replaces the clamp of 0.25 on a narrower core.
 */
export function scaledCyclesPerInstruction(
  lightExitNanoseconds: number,
  gigahertz: number,
  lowest: number = LOWEST,
): Parameter {
  const cycles = lightExitNanoseconds * gigahertz;
  const scale = cycles / (ZEN3_LIGHT_EXIT_NANOSECONDS * ZEN3_GIGAHERTZ);
  return assumed(
    lowest,
    roundTo2(ZEN3_NOMINAL * scale),
    roundTo2(ZEN3_HIGH * scale),
    'cycles/instruction',
    `Zen 3's 0.457 and 1.25 scaled by the cycles of a CPUID exit of L1: ${lightExitNanoseconds} ` +
      `ns (itself estimated or recalled) x ${gigahertz} GHz against 735 ns (measured) x 3.5 ` +
      `GHz, a factor of ${roundTo2(scale)}. Low: clamped at ${lowest}.`,
  );
}

function roundTo2(value: number): number {
  return Math.round(value * 100) / 100;
}
