import { parseAsid, parseExitCode, parseTlbControl } from './fields.ts';
import { lineError, parseDecimal, parseFields, quote, type TextLine } from './text-lines.ts';

/** Who ran: 0 the host, 1 its guest, 2 the guest's guest. */
export type Level = 0 | 1 | 2;

/**
 * What is known of a segment, the time between two mode switches (VMRUN to #VMEXIT, or #VMEXIT to
 * VMRUN). The first and the last segment of a window are partial.
 */
export interface SegmentHeader {
  /** Number of the segment in its window; joins the three kinds of file. */
  readonly seg: number;
  readonly level: Level;
  /** `L2 until CPUID` for a guest, `L2->L1 CPUID` for L0: who left, who is entered, and why. */
  readonly kind: string;
  readonly instructions: number;
  /** ASID of the VMRUN that began the segment; null for L0, which no VMRUN begins. */
  readonly asid: number | null;
  /** TLB_CONTROL of that VMRUN; null for L0. */
  readonly tlbControl: number | null;
  /** EXITCODE of the #VMEXIT that ended (guest) or began (L0) it; 0 in a window's last segment. */
  readonly exitCode: number;
}

/** `L0`, `L1` or `L2`. */
export function parseLevel(text: string, line: TextLine): Level {
  if (text === 'L0') return 0;
  if (text === 'L1') return 1;
  if (text === 'L2') return 2;
  throw lineError(line, `${quote(text)} is no level (L0, L1 or L2)`);
}

const KIND = /^(L[12] until|L[12]->L[12]) [#A-Z0-9:a-z_]+$/;

/** Checks a kind as tables write it, e.g. `L1 until MSR:1d9r`. */
export function parseKind(text: string, line: TextLine): string {
  if (!KIND.test(text)) throw lineError(line, `${quote(text)} is no kind of segment`);
  return text;
}

/** Reads `S seg level kind instr= asid= tlb= exit=`; here the kind has underscores for spaces. */
export function readSegmentHeader(line: TextLine): SegmentHeader {
  const words = line.text.split(' ');
  const [mark = '', seg = '', level = '', kind = ''] = words;
  if (mark !== 'S') throw lineError(line, `${quote(mark)} stands where a segment (S) belongs`);
  const fields = parseFields(words.slice(4), ['instr', 'asid', 'tlb', 'exit'], line);
  const [instructions = '', asid = '', tlb = '', exit = ''] = fields;
  const isHost = tlb === '-';
  const spaced = kind.replace(/^(L\d)_until_/, '$1 until ').replace(/^(L\d->L\d)_/, '$1 ');
  const header = {
    seg: parseDecimal(seg, 'the segment number', line),
    level: parseLevel(level, line),
    kind: parseKind(spaced, line),
    instructions: parseDecimal(instructions, 'instr', line),
    asid: isHost ? null : parseAsid(asid, 'asid', line),
    tlbControl: isHost ? null : parseTlbControl(tlb, 'tlb', line),
    exitCode: parseExitCode(exit, 'exit', line),
  };
  if (isHost !== (header.level === 0)) {
    throw lineError(line, 'tlb=- belongs to L0 and to L0 only');
  }
  return header;
}
