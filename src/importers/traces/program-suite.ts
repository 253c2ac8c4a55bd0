/** What a suite of a recorded program says of it. */
export interface RecordedProgram {
  /** Becomes the suite's id; letters, digits, `.`, `_` and `-`. */
  readonly id: string;
  /** Name of the trace in the suite's folder. */
  readonly traceFile: string;
  /** The tool that recorded it, or the format it came in. */
  readonly source: string;
  readonly instructions: number;
  readonly pages: number;
}

/** A name for a suite, from whatever a file or a program is called. */
export function suiteId(name: string): string {
  const id = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return id === '' ? 'program' : id.slice(0, 64);
}

/**
 * A suite that runs a recorded program as L2. A trace holds no exits: how often L2 exits to L1, and
 * for what, is assumed, with a range, and written so that its owner finds and replaces it.
 */
export function programSuite(program: RecordedProgram): string {
  const { id, traceFile, source, instructions, pages } = program;
  return `# A recorded program as L2: ${pages} pages, ${instructions} instructions, from ${source}.
# What the trace can't know is assumed below: exitsPerSecond, the handler of an exit, the page sizes
# and whether L1 asks for flushes. Replace what you can measure, and raise seeds for a finer answer.
id: ${quoted(id)}
group: own
question: ${quoted(`How much does it save for ${id} in L2?`)}
expected: It saves, because the program's pages stay in the TLB across exits.
workload:
  kind: program
  trace: {file: ${quoted(traceFile)}}
  # Each exit runs L0's and L1's captured handling of a port write, as a virtual device costs one.
  handlers: [{capture: plug-c.pio, reflectedExit: IOIO, weight: 1}]
  exitsPerSecond:
    nominal: 10000
    low: 1000
    high: 50000
    unit: count
    source: >-
      The trace holds no exits. Assumed: from a guest that computes (timer ticks, a thousand per
      second) to one that does input and output all the time. Measure yours on L1, for example with
      kvm_stat, as exits of this L2 per second of its vCPU.
    assumed: true
  l1Asks: linux
paging: {l0: npt, l1: npt}
pageSizes: {l0: kernel-2m, l1: kernel-2m, l2: 4k, nptForL1: 2m, nptForL2: 4k}
l2Cr4Pge: same
trips: {warmUp: 15, measured: 60}
machines: [zen3-milan]
strategies: [kvm-6.14, rfc-2025-03, flush-always, ideal]
baseline: kvm-6.14
seeds: {first: 1, count: 10}
expect:
  - {staleHits: none, strategies: [kvm-6.14, rfc-2025-03, flush-always, ideal]}
`;
}

/** YAML's double-quoted text is JSON's. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
