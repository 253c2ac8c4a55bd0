/** More than two states of the largest world. */
const MAX_BYTES = 8192;

/** The bytes of a state while they are written or read. */
export class StateBytes {
  readonly all: Uint8Array;
  /** The same as 32-bit words, those of a leader in front included. */
  readonly words: Int32Array;
  at = 0;

  /** Bytes of their own, or those behind another state's. */
  constructor(leader: StateBytes | null) {
    const buffer = leader?.words.buffer ?? new ArrayBuffer(MAX_BYTES);
    this.all = new Uint8Array(buffer, leader?.size ?? 0);
    this.words = new Int32Array(buffer);
  }

  /** What was written, as a multiple of 4. */
  get size(): number {
    return this.at + ((4 - (this.at % 4)) % 4);
  }

  write(value: number): void {
    if (value < 0 || value > 255) throw new RangeError(`${value} does not fit into a state`);
    this.all[this.at] = value;
    this.at += 1;
  }

  read(): number {
    const value = this.all[this.at]!;
    this.at += 1;
    return value;
  }

  /** What comes next begins with a word. */
  align(): void {
    while (this.at % 4 !== 0) this.write(0);
  }

  /** Makes zeros of what was written from there on. */
  clear(from: number): void {
    this.all.fill(0, from, this.at);
  }
}
