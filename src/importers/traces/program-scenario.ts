import type { ImportReport, Statement } from '../import-report.ts';
import { COMPARED_STRATEGIES, type Scenario } from '../scenario.ts';

/** A recorded program that is to run as L2. */
export interface RecordedProgram {
  /** Becomes the suite's id; see `suiteId`. */
  readonly id: string;
  /** Name of the trace in the suite's folder. */
  readonly traceFile: string;
  readonly pages: number;
  /** What the import of the trace said. */
  readonly report: ImportReport;
}

/** Memory of the modelled L2, in 4 KiB pages (256 MiB). */
const L2_PAGES = 65_536;

/** A name for a suite, from whatever a file or a program is called. */
export function suiteId(name: string): string {
  const id = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return id === '' ? 'program' : id.slice(0, 64);
}

/** A suite of a program whose page touches are known and whose exits are not. */
export function programScenario(program: RecordedProgram): Scenario {
  const { id, traceFile, pages, report } = program;
  return {
    document: {
      id,
      group: 'imported',
      question: `What would a separate ASID for L2 save if ${id} ran in it?`,
      expected: 'It saves: the pages of the program stay in the TLB across exits.',
      workload: {
        kind: 'program',
        trace: { file: traceFile },
        handlers: [{ capture: 'stock/npt-npt.pio', reflectedExit: 'IOIO', weight: 1 }],
        exitsPerSecond: {
          nominal: 10_000,
          low: 300,
          high: 250_000,
          unit: 'count',
          source:
            'a trace of accesses has no exits. Low: the timer of an idle guest. High: a loop of CPUID, 256,621 a second (20250205182402.2147495-14-yosry.ahmed@linux.dev)',
          assumed: true,
        },
        l1Asks: 'linux',
      },
      paging: { l0: 'npt', l1: 'npt' },
      pageSizes: { l0: 'kernel-2m', l1: 'kernel-2m', l2: '4k', nptForL1: '2m', nptForL2: '2m' },
      l2Cr4Pge: 'same',
      trips: { warmUp: 40, measured: 160 },
      machines: ['zen3-milan'],
      strategies: COMPARED_STRATEGIES,
      baseline: 'kvm-6.14',
      seeds: { first: 1, count: 10 },
      expect: [{ staleHits: 'none', strategies: COMPARED_STRATEGIES }],
    },
    report: { ...report, assumed: [...report.assumed, ...assumptions(pages).map(statement)] },
  };
}

function assumptions(pages: number): string[] {
  return [
    '10,000 exits per second, 300 to 250,000: count those of your L2 on L1, for example with kvm_stat',
    "each exit is a port write that L1 handles in user space, as a virtual device's is",
    'L1 asks for flushes as a Linux L1 did: with 52 of 16,038 nested VMRUNs',
    'the host is a Milan; L0 and L1 use NPT in 2 MiB pages, the program uses 4 KiB pages',
    ...(pages > L2_PAGES
      ? [`${pages} pages are more than the 256 MiB of the modelled L2: some share their memory`]
      : []),
  ];
}

function statement(text: string): Statement {
  return { text, source: null };
}
