import {
  lineError,
  parseDecimalIn,
  parseFields,
  parseHexNumber,
  parseHexWord,
  type TextLine,
} from './text-lines.ts';

/** The `key=value` words of one line; each value is checked when it is asked for. */
export interface Fields {
  /** A word of up to 64 bits, as lower-case hexadecimal text without 0x. */
  readonly hex: (key: string) => string;
  readonly flag: (key: string) => boolean;
  readonly asid: (key: string) => number;
  readonly tlbControl: (key: string) => number;
  /** 0 to 3. */
  readonly privilegeLevel: (key: string) => number;
  readonly exitCode: (key: string) => number;
}

const ASID_LIMIT = 4_294_967_295;
const TLB_CONTROLS = [0, 1, 3, 7];
const VMEXIT_INVALID = 'ffffffffffffffff';
const VMEXIT_BUSY = 'fffffffffffffffe';

/** An ASID: 32 bits in the VMCB. */
export function parseAsid(text: string, what: string, line: TextLine): number {
  return parseDecimalIn(text, what, 0, ASID_LIMIT, line);
}

/**
 * TLB_CONTROL: 0 nothing, 1 all entries, 3 this ASID, 7 this ASID's non-global entries; no other
 * value is defined. Source: AMD64 Architecture Programmer's Manual, volume 2, TLB control.
 */
export function parseTlbControl(text: string, what: string, line: TextLine): number {
  const value = parseDecimalIn(text, what, 0, 7, line);
  if (!TLB_CONTROLS.includes(value)) {
    throw lineError(line, `${what} is ${value}, not 0, 1, 3 or 7`);
  }
  return value;
}

/** EXITCODE in hexadecimal; the two codes that the manual defines as negative become -1 and -2. */
export function parseExitCode(text: string, what: string, line: TextLine): number {
  if (text === VMEXIT_INVALID) return -1;
  if (text === VMEXIT_BUSY) return -2;
  return parseHexNumber(text, what, line);
}

/** Takes the words of a line, which must be the given keys in the given order. */
export function takeFields(
  words: readonly string[],
  keys: readonly string[],
  line: TextLine,
): Fields {
  const values = parseFields(words, keys, line);
  const at = (key: string): string => values[keys.indexOf(key)] ?? '';
  return {
    hex: (key) => parseHexWord(at(key), key, line),
    flag: (key) => parseDecimalIn(at(key), key, 0, 1, line) === 1,
    asid: (key) => parseAsid(at(key), key, line),
    tlbControl: (key) => parseTlbControl(at(key), key, line),
    privilegeLevel: (key) => parseDecimalIn(at(key), key, 0, 3, line),
    exitCode: (key) => parseExitCode(at(key), key, line),
  };
}
