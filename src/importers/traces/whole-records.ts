import { UserError } from '../../util/user-error.ts';
import { offsetError } from '../text-blocks.ts';

/** Takes whole records: bytes `from` to `to`; `offset` is that of `from` in the file. */
export type TakeRecords = (bytes: Uint8Array, from: number, to: number, offset: number) => void;

/** Cuts chunks of any size into whole records of one size. Only a torn record is copied. */
export class WholeRecords {
  private readonly size: number;
  private readonly name: string;
  private readonly take: TakeRecords;
  private rest: Uint8Array;
  private held = 0;
  private offset = 0;

  constructor(size: number, name: string, take: TakeRecords) {
    this.size = size;
    this.name = name;
    this.take = take;
    this.rest = new Uint8Array(size);
  }

  push(chunk: Uint8Array): void {
    let from = 0;
    if (this.held > 0) {
      from = Math.min(this.size - this.held, chunk.length);
      this.rest.set(chunk.subarray(0, from), this.held);
      this.held += from;
      if (this.held < this.size) return;
      this.hand(this.rest, 0, this.size);
    }
    const left = chunk.length - from;
    const to = from + left - (left % this.size);
    if (to > from) this.hand(chunk, from, to);
    this.rest.set(chunk.subarray(to));
    this.held = chunk.length - to;
  }

  private hand(bytes: Uint8Array, from: number, to: number): void {
    this.held = 0;
    this.take(bytes, from, to, this.offset);
    this.offset += to - from;
  }

  /** Throws where the file ends inside a record, or is empty. */
  end(): void {
    if (this.held > 0) {
      const cause = `the file ends ${this.held} bytes into a record of ${this.size}`;
      throw offsetError(this.name, this.offset, cause, 'Copy or record the file again');
    }
    if (this.offset === 0) {
      throw new UserError('input', this.name, 'the file is empty', 'Record it again');
    }
  }
}

const TWO_TO_20 = 1_048_576;
const TWO_TO_24 = 16_777_216;

/** The 32-bit little-endian number at a byte. */
export function uint32(bytes: Uint8Array, at: number): number {
  return bytes[at]! + bytes[at + 1]! * 256 + bytes[at + 2]! * 65_536 + bytes[at + 3]! * TWO_TO_24;
}

/** 4 KiB page number of the 64-bit little-endian address at a byte: 52 bits, so always exact. */
export function pageOfAddress(bytes: Uint8Array, at: number): number {
  return Math.floor(uint32(bytes, at) / 4096) + uint32(bytes, at + 4) * TWO_TO_20;
}

/** Offset in its page of the address at a byte. */
export function offsetInPage(bytes: Uint8Array, at: number): number {
  return bytes[at]! + (bytes[at + 1]! % 16) * 256;
}
