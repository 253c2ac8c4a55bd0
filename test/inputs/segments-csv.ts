import { parseAsid, parseExitCode, parseTlbControl } from '../../src/inputs/fields.ts';
import { parseKind, parseLevel, type SegmentHeader } from '../../src/inputs/segment-header.ts';
import {
  fileError,
  lineError,
  parseClock,
  parseDecimal,
  parseHexWord,
  quote,
  splitLines,
  type TextLine,
} from '../../src/inputs/text-lines.ts';

/** One row: a segment, how many distinct 4 KiB pages it touched, and where they lie. */
export interface SegmentRow extends SegmentHeader {
  /** Line of the file, from 1. */
  readonly line: number;
  /** Instruction clock of the run when the segment began. */
  readonly startInstruction: number;
  readonly codePages: number;
  readonly dataPages: number;
  readonly writtenPages: number;
  /** Distinct pages of code and data together. */
  readonly allPages: number;
  /**
   * TLB entries that the pages need if the kernel image, the direct map and vmemmap are mapped
   * with 2 MiB pages and the rest with 4 KiB.
   */
  readonly tlbEntriesWith2MKernel: number;
  /** Distinct 4 KiB pages by region of the address space; their sum is `allPages`. */
  readonly kernelImagePages: number;
  readonly modulePages: number;
  readonly directMapPages: number;
  readonly vmallocPages: number;
  readonly vmemmapPages: number;
  /** Lower half of the address space: user space, or a flat guest. */
  readonly userPages: number;
  readonly otherPages: number;
  /** VMCB that the segment ran on; null for L0. */
  readonly vmcb: string | null;
  /** Nested CR3 of that VMCB; null for L0. */
  readonly ncr3: string | null;
  readonly info1: string;
  readonly info2: string;
  readonly exitRip: string;
}

const COLUMNS = [
  'seg,level,kind,start_instr,instr,code_pages,data_pages,written_pages,all_pages',
  'tlb_entries_2M_kernel,kimage,module,direct,vmalloc,vmemmap,user_low,other',
  'asid,tlb_ctl,vmcb,ncr3,exitcode,info1,info2,exit_rip',
]
  .join(',')
  .split(',');

function readRow(line: TextLine, previousClock: number): SegmentRow {
  const cells = line.text.split(',');
  if (cells.length !== COLUMNS.length) {
    throw lineError(line, `${cells.length} columns where ${COLUMNS.length} belong`);
  }
  const at = (column: string): string => cells[COLUMNS.indexOf(column)] ?? '';
  const count = (column: string): number => parseDecimal(at(column), column, line);
  const hex = (column: string): string => parseHexWord(at(column), column, line);
  const level = parseLevel(at('level'), line);
  const isHost = level === 0;
  if (isHost && ['asid', 'tlb_ctl', 'vmcb', 'ncr3'].some((column) => at(column) !== '')) {
    throw lineError(line, 'a row of L0 has an ASID or a VMCB');
  }
  return {
    line: line.number,
    seg: count('seg'),
    level,
    kind: parseKind(at('kind'), line),
    startInstruction: parseClock(at('start_instr'), previousClock, line),
    instructions: count('instr'),
    codePages: count('code_pages'),
    dataPages: count('data_pages'),
    writtenPages: count('written_pages'),
    allPages: count('all_pages'),
    tlbEntriesWith2MKernel: count('tlb_entries_2M_kernel'),
    kernelImagePages: count('kimage'),
    modulePages: count('module'),
    directMapPages: count('direct'),
    vmallocPages: count('vmalloc'),
    vmemmapPages: count('vmemmap'),
    userPages: count('user_low'),
    otherPages: count('other'),
    asid: isHost ? null : parseAsid(at('asid'), 'asid', line),
    tlbControl: isHost ? null : parseTlbControl(at('tlb_ctl'), 'tlb_ctl', line),
    vmcb: isHost ? null : hex('vmcb'),
    ncr3: isHost ? null : hex('ncr3'),
    exitCode: parseExitCode(at('exitcode'), 'exitcode', line),
    info1: hex('info1'),
    info2: hex('info2'),
    exitRip: hex('exit_rip'),
  };
}

/**
 * Reads a table of segments (CSV with the header of data/nested-kvm/segments, no quoting).
 * Throws `UserError` with the line for anything that does not fit.
 */
export function readSegmentsCsv(text: string, path: string): SegmentRow[] {
  const rows: SegmentRow[] = [];
  let clock = 0;
  for (const line of splitLines(text, path)) {
    if (line.number === 1) {
      if (line.text === COLUMNS.join(',')) continue;
      throw lineError(line, `${quote(line.text)} is not the header of a table of segments`);
    }
    const row = readRow(line, clock);
    clock = row.startInstruction;
    rows.push(row);
  }
  if (rows.length === 0) throw fileError(path, 'the table has no row');
  return rows;
}
