/**
 * Where a number lies on an axis of classes of equal width, each around one of `values`, which ascend: 0 at the start of the
 * first class, as many as there are at the end of the last. Between two of them in equal factors; beyond the
 * ends at the middle of the outermost class.
 */
export function placeOnAxis(values: readonly number[], value: number): number {
  const next = values.findIndex((each) => each >= value);
  if (next === 0) return 0.5;
  if (next < 0) return values.length - 0.5;
  const [from, to] = [values[next - 1]!, values[next]!];
  return next - 0.5 + Math.log(value / from) / Math.log(to / from);
}

/** The number that a label of the page begins with, whatever stands between its thousands. */
export function numberOfLabel(label: string): number {
  return Number(label.replaceAll(/\D/g, ''));
}
