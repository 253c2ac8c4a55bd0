/** One code that the CPU stores in EXITCODE of the VMCB at #VMEXIT. */
export interface ExitCode {
  readonly code: number;
  readonly name: string;
}

/** Vectors that have a mnemonic; the others are written `EXCP` and the vector. */
const EXCEPTIONS: readonly (readonly [number, string])[] = [
  [0, '#DE'],
  [1, '#DB'],
  [3, '#BP'],
  [4, '#OF'],
  [5, '#BR'],
  [6, '#UD'],
  [7, '#NM'],
  [8, '#DF'],
  [10, '#TS'],
  [11, '#NP'],
  [12, '#SS'],
  [13, '#GP'],
  [14, '#PF'],
  [16, '#MF'],
  [17, '#AC'],
  [18, '#MC'],
  [19, '#XF'],
  [21, '#CP'],
  [28, '#HV'],
  [29, '#VC'],
  [30, '#SX'],
];

const INSTRUCTIONS_AND_EVENTS: readonly (readonly [number, string])[] = [
  [0x60, 'INTR'],
  [0x61, 'NMI'],
  [0x62, 'SMI'],
  [0x63, 'INIT'],
  [0x64, 'VINTR'],
  [0x65, 'CR0_SEL_WRITE'],
  [0x66, 'IDTR_READ'],
  [0x67, 'GDTR_READ'],
  [0x68, 'LDTR_READ'],
  [0x69, 'TR_READ'],
  [0x6a, 'IDTR_WRITE'],
  [0x6b, 'GDTR_WRITE'],
  [0x6c, 'LDTR_WRITE'],
  [0x6d, 'TR_WRITE'],
  [0x6e, 'RDTSC'],
  [0x6f, 'RDPMC'],
  [0x70, 'PUSHF'],
  [0x71, 'POPF'],
  [0x72, 'CPUID'],
  [0x73, 'RSM'],
  [0x74, 'IRET'],
  [0x75, 'SWINT'],
  [0x76, 'INVD'],
  [0x77, 'PAUSE'],
  [0x78, 'HLT'],
  [0x79, 'INVLPG'],
  [0x7a, 'INVLPGA'],
  [0x7b, 'IOIO'],
  [0x7c, 'MSR'],
  [0x7d, 'TASK_SWITCH'],
  [0x7e, 'FERR_FREEZE'],
  [0x7f, 'SHUTDOWN'],
  [0x80, 'VMRUN'],
  [0x81, 'VMMCALL'],
  [0x82, 'VMLOAD'],
  [0x83, 'VMSAVE'],
  [0x84, 'STGI'],
  [0x85, 'CLGI'],
  [0x86, 'SKINIT'],
  [0x87, 'RDTSCP'],
  [0x88, 'ICEBP'],
  [0x89, 'WBINVD'],
  [0x8a, 'MONITOR'],
  [0x8b, 'MWAIT'],
  [0x8c, 'MWAIT_CONDITIONAL'],
  [0x8d, 'XSETBV'],
  [0x8e, 'RDPRU'],
  [0x8f, 'EFER_WRITE_TRAP'],
  [0xa0, 'INVLPGB'],
  [0xa1, 'ILLEGAL_INVLPGB'],
  [0xa2, 'INVPCID'],
  [0xa3, 'MCOMMIT'],
  [0xa4, 'TLBSYNC'],
  [0xa5, 'BUS_LOCK'],
  [0xa6, 'IDLE_HLT'],
  [0x400, 'NPF'],
  [0x401, 'AVIC_INCOMPLETE_IPI'],
  [0x402, 'AVIC_NOACCEL'],
  [0x403, 'VMGEXIT'],
  [-1, 'INVALID'],
  [-2, 'BUSY'],
];

function exceptionName(vector: number): string {
  const known = EXCEPTIONS.find(([number]) => number === vector);
  return known === undefined ? `EXCP${vector}` : known[1];
}

function buildTable(): ExitCode[] {
  const table: ExitCode[] = [];
  const sixteen = Array.from({ length: 16 }, (_, index) => index);
  for (const n of sixteen) table.push({ code: n, name: `RD_CR${n}` });
  for (const n of sixteen) table.push({ code: 0x10 + n, name: `WR_CR${n}` });
  for (const n of sixteen) table.push({ code: 0x20 + n, name: `RD_DR${n}` });
  for (const n of sixteen) table.push({ code: 0x30 + n, name: `WR_DR${n}` });
  for (let n = 0; n < 32; n += 1) table.push({ code: 0x40 + n, name: exceptionName(n) });
  for (const [code, name] of INSTRUCTIONS_AND_EVENTS) table.push({ code, name });
  for (const n of sixteen) table.push({ code: 0x90 + n, name: `CR${n}_WRITE_TRAP` });
  return table;
}

/**
 * SVM exit codes with the short names that the captured files use.
 * Source: AMD64 Architecture Programmer's Manual, volume 2, appendix C (SVM intercept exit codes).
 */
export const EXIT_CODE_TABLE: readonly ExitCode[] = buildTable();

const NAME_BY_CODE = new Map(EXIT_CODE_TABLE.map(({ code, name }) => [code, name]));
const CODE_BY_NAME = new Map(EXIT_CODE_TABLE.map(({ code, name }) => [name, code]));

/** The name of an exit code; an unknown code is named by its hexadecimal digits. */
export function exitName(code: number): string {
  const name = NAME_BY_CODE.get(code);
  if (name !== undefined) return name;
  return code < 0 ? `-0x${(-code).toString(16)}` : `0x${code.toString(16)}`;
}

/** The code of a name of the table; undefined if there is none. */
export function exitCodeOf(name: string): number | undefined {
  return CODE_BY_NAME.get(name);
}
