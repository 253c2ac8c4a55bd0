/**
 * Numbers that may not be confused with each other carry a brand that exists at compile time only.
 * Sums decay to `number`, so inner loops work on plain numbers and brand once on return.
 */
declare const unit: unique symbol;
export type Quantity<U extends string> = number & { readonly [unit]: U };

/** Modelled core cycles. */
export type Cycles = Quantity<'Cycles'>;
/** Modelled nanoseconds. Host time never has this type. */
export type Nanoseconds = Quantity<'Nanoseconds'>;

export const cycles = (n: number): Cycles => n as Cycles;
export const nanoseconds = (n: number): Nanoseconds => n as Nanoseconds;

/** The time that cycles take at a clock of `frequencyGhz` (cycles per nanosecond). */
export function cyclesToNanoseconds(count: Cycles, frequencyGhz: number): Nanoseconds {
  return nanoseconds(count / frequencyGhz);
}

/** Time that a real clock measured on this host. The modelled side has `Nanoseconds` and `Cycles`. */
export type HostNanoseconds = Quantity<'HostNanoseconds'>;

export const hostNanoseconds = (n: number): HostNanoseconds => n as HostNanoseconds;
