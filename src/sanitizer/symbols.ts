/** Names of kernel functions by address. */
export class Symbols {
  private readonly starts: readonly bigint[];
  private readonly names: readonly string[];

  private constructor(starts: readonly bigint[], names: readonly string[]) {
    this.starts = starts;
    this.names = names;
  }

  /** Reads the text of /proc/kallsyms: address, type, name and perhaps [module]; other lines are passed over. */
  static parse(text: string): Symbols {
    const found: { start: bigint; name: string }[] = [];
    for (const line of text.split('\n')) {
      const match = /^([\da-f]{16}) [tTwW] (\S+)/.exec(line);
      if (match !== null) found.push({ start: BigInt(`0x${match[1]}`), name: match[2]! });
    }
    found.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    return new Symbols(
      found.map((each) => each.start),
      found.map((each) => each.name),
    );
  }

  /** The function that holds an address of the kernel's half; null where none is known. */
  nameOf(address: bigint): string | null {
    if (address < KERNEL_HALF) return null;
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
/** Bytes; what is farther from the last symbol is in no function. */
const LONGEST_FUNCTION = 0x1_0000n;
