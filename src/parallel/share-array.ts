/** Arrays that threads can share. */
type Shareable = Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** A copy in memory that worker threads read without copying it again. Nobody may write to it. */
export function shareArray<T extends Shareable>(array: T): T {
  const Kind = array.constructor as new (buffer: SharedArrayBuffer) => T;
  const shared = new Kind(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}

/** The same record with every typed array in shared memory; other values stay as they are. */
export function shareArrays<T extends object>(record: T): T {
  const entries = Object.entries(record).map(([key, value]: [string, unknown]) => [
    key,
    isShareable(value) ? shareArray(value) : value,
  ]);
  return Object.fromEntries(entries) as T;
}

function isShareable(value: unknown): value is Shareable {
  return (
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint32Array ||
    value instanceof Uint16Array ||
    value instanceof Uint8Array
  );
}
