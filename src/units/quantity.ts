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
/** Address space identifier as hardware compares it: 0 is the host, guests use 1 and up. */
export type Asid = Quantity<'Asid'>;
/** Index of a physical CPU, from 0. */
export type PcpuId = Quantity<'PcpuId'>;
/** Whom a translation belongs to (VM, vCPU, level, asid12). Hardware has no such field. */
export type OwnerId = Quantity<'OwnerId'>;

export const cycles = (n: number): Cycles => n as Cycles;
export const nanoseconds = (n: number): Nanoseconds => n as Nanoseconds;
export const asid = (n: number): Asid => n as Asid;
export const pcpuId = (n: number): PcpuId => n as PcpuId;
export const ownerId = (n: number): OwnerId => n as OwnerId;

/** The ASID of the host; VMRUN with it fails (AMD APM vol. 2, 15.5.1). */
export const HOST_ASID: Asid = asid(0);

/** Cycles at a clock of `frequencyGhz` (cycles per nanosecond). */
export function cyclesToNanoseconds(count: number, frequencyGhz: number): Nanoseconds {
  return nanoseconds(count / frequencyGhz);
}
