/** In place of `inputs/load-data.ts` and `capture.ts` in the script of a page: trips come with the page. */
const REFUSAL = 'a page reads no files';

export function dataPath(...parts: readonly string[]): string {
  return parts.join('/');
}

export function readDataFile(path: string): Uint8Array {
  throw new RangeError(`${path}: ${REFUSAL}`);
}

export function readDataBytes(path: string): Uint8Array {
  throw new RangeError(`${path}: ${REFUSAL}`);
}

export function readDataText(path: string): string {
  throw new RangeError(`${path}: ${REFUSAL}`);
}

export function openCapture(folder: string): never {
  throw new RangeError(`${folder}: ${REFUSAL}`);
}

export function readWindowLog(): never {
  throw new RangeError(REFUSAL);
}

export function readTouchedWindow(): never {
  throw new RangeError(REFUSAL);
}
