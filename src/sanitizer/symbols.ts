/** Names of the functions of L0's kernel by address, also in guests as far as they run the same one. */
export class Symbols {
  private readonly starts: readonly bigint[];
  private readonly names: readonly string[];

  private readonly guestsShareKernel: boolean;

  private constructor(
    starts: readonly bigint[],
    names: readonly string[],
    guestsShareKernel: boolean,
  ) {
    this.starts = starts;
    this.names = names;
    this.guestsShareKernel = guestsShareKernel;
  }

  /**
   * Reads the text of L0's /proc/kallsyms: address, type, name and perhaps [module]; other lines are passed over.
   * `guestsShareKernel`: Linux guests run the same image, without KASLR. Their modules lie elsewhere.
   */
  static parse(text: string, guestsShareKernel: boolean): Symbols {
    const found: { start: bigint; name: string }[] = [];
    for (const line of text.split('\n')) {
      const match = /^([\da-f]{16}) [tTwW] (\S+)/.exec(line);
      if (match !== null) found.push({ start: BigInt(`0x${match[1]}`), name: match[2]! });
    }
    found.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    return new Symbols(
      found.map((each) => each.start),
      found.map((each) => each.name),
      guestsShareKernel,
    );
  }

  /** The function that holds an address of a level's kernel; null where none is known. */
  nameOf(address: bigint, level: number): string | null {
    if (address < KERNEL_HALF) return null;
    if (level > 0 && (!this.guestsShareKernel || address >= MODULES)) return null;
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.starts[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    const start = this.starts[low - 1];
    return start === undefined || address - start > LONGEST_FUNCTION ? null : this.names[low - 1]!;
  }
}

const KERNEL_HALF = 0xffff_8000_0000_0000n;
/** Where Linux loads modules. */
const MODULES = 0xffff_ffff_c000_0000n;
/** Bytes; what is farther from the last symbol is in no function. */
const LONGEST_FUNCTION = 0x1_0000n;
