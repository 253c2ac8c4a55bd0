import type { ControlRegisterWriteEvent } from '../inputs/cpu-events.ts';

/** Hexadecimal digits of an address below its 4 KiB page number. */
const DIGITS_IN_PAGE = 3;
/** Positions of the bits whose change flushes a context with its global entries (AMD APM vol. 2, 5.5). */
const FLUSHING_BITS = {
  cr0: [31],
  /** PSE, PAE, PGE. */
  cr4: [4, 5, 7],
} as const;
/** A control register has no more bits that matter; so many digits are exact as a number. */
const EXACT_DIGITS = 13;

/** The 4 KiB page number of a hexadecimal address. */
export function pageOfAddress(address: string): number {
  const digits = address.slice(0, -DIGITS_IN_PAGE);
  return digits === '' ? 0 : Number.parseInt(digits, 16);
}

/** Whether a hexadecimal word has a bit set. */
function hasBit(word: string, bit: number): boolean {
  const value = Number.parseInt(word.slice(-EXACT_DIGITS), 16);
  let rest = value;
  for (let at = 0; at < bit; at += 1) rest = Math.floor(rest / 2);
  return rest % 2 === 1;
}

/** Whether L2's CR4 has global pages on. */
export function hasGlobalPages(cr4: string): boolean {
  return hasBit(cr4, 7);
}

/** Whether a MOV to CR0 or CR4 changed what paging means, which flushes. */
export function changesPagingMode({ register, before, after }: ControlRegisterWriteEvent): boolean {
  if (register === 'cr3') return false;
  return FLUSHING_BITS[register].some((bit) => hasBit(before, bit) !== hasBit(after, bit));
}
