import type { Importer } from '../importer.ts';
import { ChampSimDecoder, champSimLook } from './champsim.ts';
import { DrmemtraceDecoder, drmemtraceLook } from './drmemtrace.ts';
import { DrmemtraceViewDecoder } from './drmemtrace-view.ts';
import { LackeyDecoder } from './lackey.ts';
import { PageTraceDecoder } from './page-trace-decoder.ts';
import { INSTRUCTIONS_PER_ACCESS_TENTHS, PinTraceDecoder } from './pin-trace.ts';
import { counts, firstLines, type TraceNotes, traceImporter } from './trace-importer.ts';

export const NO_KERNEL = 'what the kernel did for the program: the tool sees user mode only';
const NO_SIZES = 'sizes of accesses: one that reaches into the next page counts for its first page';
/** Lines at the beginning of a file that a banner or comments may take. */
const BANNER_LINES = 40;

function found(is: boolean) {
  return is ? ({ confidence: 'certain' } as const) : null;
}

const lackey = traceImporter({
  id: 'lackey',
  reads: 'text of Valgrind lackey (--trace-mem=yes)',
  record: '`valgrind --tool=lackey --trace-mem=yes`',
  detect: (head) => {
    const lines = firstLines(head, BANNER_LINES);
    const first = lines.find((line) => !/^(?:==|--|\*\*)/.test(line));
    if (first === undefined) return found(lines.some((line) => line.includes('== Lackey')));
    return found(/^(?:I | [LSM]) [0-9a-fA-F]{1,16},[0-9]+$/.test(first));
  },
  cureForData:
    'Keep the lines that begin with "I": valgrind --tool=lackey --trace-mem=yes writes them',
  makeDecoder: (sink, name) => new LackeyDecoder(sink, name),
  notes: () => ({ unknown: [NO_KERNEL], assumed: [] }),
});

const pin = traceImporter({
  id: 'pinatrace',
  reads: "text of Pin's pinatrace",
  record: '',
  detect: (head) => {
    const first = firstLines(head, BANNER_LINES).find((line) => !line.startsWith('#'));
    return found(first !== undefined && /^0x[0-9a-fA-F]+: [RW] +0x[0-9a-fA-F]+/.test(first));
  },
  makeDecoder: (sink, name) => new PinTraceDecoder(sink, name),
  notes: () => ({
    unknown: [NO_KERNEL, 'instructions without an access of memory, and the pages of their code'],
    assumed: [
      `${INSTRUCTIONS_PER_ACCESS_TENTHS / 10} instructions for each access; ` +
        '1.7 to 2.9 in seven programs recorded with Valgrind',
    ],
  }),
});

function threadNotes(decoder: {
  readonly threads: { readonly size: number };
  readonly prefetches: number;
}): TraceNotes {
  const { threads, prefetches } = decoder;
  const several = threads.size > 1;
  return {
    understood: [`${counts(threads.size)} ${several ? 'threads' : 'thread'} of one process`],
    unknown: [
      'whether the kernel is in it: drmemtrace has it only where it was recorded with system calls',
      ...(prefetches > 0
        ? [`what prefetches do to a TLB: ${counts(prefetches)} are left out`]
        : []),
    ],
    assumed: several ? ['the threads share one vCPU, in the order of the trace'] : [],
  };
}

const view = traceImporter({
  id: 'drmemtrace-view',
  reads: "text of DynamoRIO's view tool",
  record: '',
  detect: (head) => {
    const lines = firstLines(head, BANNER_LINES);
    const record = /^ *[0-9]+ +[0-9]+: +(?:W[0-9]+\.)?T?[0-9]+ (?:<|ifetch |read |write )/;
    return found(lines.some((line) => line.startsWith('<--record#->') || record.test(line)));
  },
  makeDecoder: (sink, name) => new DrmemtraceViewDecoder(sink, name),
  notes: (decoder) => threadNotes(decoder),
});

const drmemtrace = traceImporter({
  id: 'drmemtrace',
  reads: "DynamoRIO's drmemtrace (64-bit)",
  record: '',
  detect: (head) => found(drmemtraceLook(head) !== null),
  refuse: (head) => {
    const look = drmemtraceLook(head);
    if (look === 'big-endian') return 'this is a drmemtrace of a big-endian machine';
    if (look === 'zip') {
      return 'this is a drmemtrace in a zip: give what "unzip -p FILE" prints to import as "-"';
    }
    return look === '32-bit' ? 'this is a drmemtrace of a 32-bit program' : null;
  },
  makeDecoder: (sink, name) => new DrmemtraceDecoder(sink, name),
  notes: (decoder) => threadNotes(decoder),
});

const champSim = traceImporter({
  id: 'champsim',
  reads: 'ChampSim instruction traces (64-byte records)',
  record: '',
  detect: (head) => (champSimLook(head) === null ? null : { confidence: 'likely' }),
  refuse: (head) => {
    const look = champSimLook(head);
    if (look === 'big-endian')
      return 'this is a ChampSim trace with its bytes swapped (big endian)';
    return look === 'cloudsuite' ? 'this is a ChampSim trace of the 96-byte CloudSuite kind' : null;
  },
  makeDecoder: (sink, name) => new ChampSimDecoder(sink, name),
  notes: () => ({ unknown: [NO_SIZES], assumed: [] }),
});

const pageTrace = traceImporter({
  id: 'page-trace',
  reads: 'page traces of this program (PTR1)',
  record: '`record` of this program',
  detect: (head) => found(firstLines(head, 1)[0]?.startsWith('{"format":"PTR') === true),
  makeDecoder: (sink, name) => new PageTraceDecoder(sink, name),
  notes: ({ source }) => ({
    understood: [`recorded by ${source}`],
    unknown: ['data accesses that moved to no other page: the trace does not hold them'],
    assumed: [],
  }),
});

/** Every format of address traces; ChampSim's, which has no mark of its own, comes last. */
export const TRACE_IMPORTERS: readonly Importer[] = [
  lackey,
  pin,
  view,
  drmemtrace,
  pageTrace,
  champSim,
];
