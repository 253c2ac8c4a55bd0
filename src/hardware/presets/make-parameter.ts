import type { Confidence, Parameter, Unit } from '../../units/parameter.ts';
import type { PageSize, TlbArray } from '../machine-preset.ts';

/** A parameter whose source leaves no doubt about the number: `low`, `value` and `high` agree. */
export function exact(
  value: number,
  unit: Unit,
  confidence: Confidence,
  source: string,
  note?: string,
): Parameter {
  return ranged(value, value, value, unit, confidence, source, note);
}

/** A parameter with bounds. Arguments in ascending order: low, value, high. */
export function ranged(
  low: number,
  value: number,
  high: number,
  unit: Unit,
  confidence: Confidence,
  source: string,
  note?: string,
): Parameter {
  const parameter = { value, low, high, unit, confidence, source };
  return note === undefined ? parameter : { ...parameter, note };
}

/** A number that nobody has published. `reasoning` says why the range is what it is. */
export function assumed(
  low: number,
  value: number,
  high: number,
  unit: Unit,
  reasoning: string,
  note?: string,
): Parameter {
  return ranged(low, value, high, unit, 'assumed', reasoning, note);
}

/** A feature bit as the vendor documents it or as CPUID reports it. */
export function featureFlag(present: boolean, source: string, note?: string): Parameter {
  return exact(present ? 1 : 0, 'flag', 'vendor', source, note);
}

/** A set-associative TLB array; `ways` has the confidence and the source of `entries`. */
export function setAssociative(
  entries: Parameter,
  ways: number,
  sizes: readonly PageSize[],
): TlbArray {
  return { entries, ways: exact(ways, 'ways', entries.confidence, entries.source), sizes };
}

/** A fully associative TLB array: one set, as many ways as entries. */
export function fullyAssociative(entries: Parameter, sizes: readonly PageSize[]): TlbArray {
  const { low, value, high, confidence, source } = entries;
  return { entries, ways: ranged(low, value, high, 'ways', confidence, source), sizes };
}
