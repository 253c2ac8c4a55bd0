import { dataPath, readDataBytes } from '../../src/inputs/load-data.ts';
import { type PageTrace, readPageTrace } from '../../src/inputs/page-trace.ts';

/** Formats that can be made, each with what its unit of speed is called. */
export const MADE_FORMATS = {
  lackey: 'lines',
  pinatrace: 'lines',
  'drmemtrace-view': 'lines',
  drmemtrace: 'records',
  champsim: 'records',
} as const;
export type MadeFormat = keyof typeof MADE_FORMATS;

/** Writes an access, or two for an instruction with its access, to a growing piece. */
interface Writer {
  readonly start: () => Buffer;
  readonly code: (address: bigint) => Buffer;
  readonly data: (address: bigint, code: bigint) => Buffer;
  readonly end: () => Buffer;
}

const nothing = Buffer.alloc(0);
const text = (line: string): Buffer => Buffer.from(line, 'latin1');
const hex = (address: bigint): string => address.toString(16).padStart(8, '0');

function lackeyWriter(): Writer {
  return {
    start: () => text('==1== Lackey, an example Valgrind tool\n==1== \n'),
    code: (address) => text(`I  ${hex(address)},3\n`),
    data: (address) => text(` L ${hex(address)},8\n`),
    end: () => text('==1== \n'),
  };
}

function pinWriter(): Writer {
  return {
    start: () => nothing,
    code: () => nothing,
    data: (address, code) => text(`0x${code.toString(16)}: R 0x${address.toString(16)}\n`),
    end: () => text('#eof\n'),
  };
}

function viewWriter(): Writer {
  let records = 0;
  let instructions = 0;
  const line = (kind: string, size: number, address: bigint, rest: string): Buffer => {
    records += 1;
    const numbers = `${String(records).padStart(12)}${String(instructions).padStart(12)}`;
    const at = `0x${address.toString(16).padStart(16, '0')}`;
    return text(`${numbers}:     1134887 ${kind.padEnd(11)} ${size} byte(s) @ ${at} ${rest}\n`);
  };
  return {
    start: () => text('Output format:\n'),
    code: (address) => {
      instructions += 1;
      return line('ifetch', 3, address, '48 89 e7             mov    %rsp, %rdi');
    },
    data: (address, code) =>
      line('read', 8, address, `by PC 0x${code.toString(16).padStart(16, '0')}`),
    end: () => text(`View tool results:\n${instructions} : total instructions\n`),
  };
}

function memref(type: number, size: number, address: bigint): Buffer {
  const record = Buffer.alloc(12);
  record.writeUInt16LE(type, 0);
  record.writeUInt16LE(size, 2);
  record.writeBigUInt64LE(address, 4);
  return record;
}

function drmemtraceWriter(): Writer {
  return {
    start: () => memref(25, 0, 6n),
    code: (address) => memref(10, 3, address),
    data: (address) => memref(0, 8, address),
    end: () => memref(26, 0, 0n),
  };
}

/** Each access gets a record of its own, and so does each instruction without one. */
function champSimWriter(): Writer {
  const record = (code: bigint, load: bigint): Buffer => {
    const bytes = Buffer.alloc(64);
    bytes.writeBigUInt64LE(code, 0);
    bytes.writeBigUInt64LE(load, 32);
    return bytes;
  };
  return {
    start: () => nothing,
    code: (address) => record(address, 0n),
    data: (address, code) => record(code, address),
    end: () => nothing,
  };
}

const WRITERS: Readonly<Record<MadeFormat, () => Writer>> = {
  lackey: lackeyWriter,
  pinatrace: pinWriter,
  'drmemtrace-view': viewWriter,
  drmemtrace: drmemtraceWriter,
  champsim: champSimWriter,
};

const PIECE_BYTES = 4_194_304;
/** So many are made; then they come again, because making them takes longer than reading them. */
const DISTINCT_PIECES = 4;

/**
 * A trace of at least `bytes` bytes in pieces of 4 MiB, with the page switches of a captured
 * program (SQLite) and its two data accesses in five instructions.
 */
export function* madeTrace(format: MadeFormat, bytes: number): Generator<Buffer> {
  const writer = WRITERS[format]();
  yield writer.start();
  const distinct: Buffer[] = [];
  let made = 0;
  for (const piece of pieces(writer)) {
    distinct.push(piece);
    made += piece.length;
    yield piece;
    if (distinct.length === DISTINCT_PIECES || made >= bytes) break;
  }
  for (let at = 0; made < bytes; at += 1) {
    const piece = distinct[at % distinct.length]!;
    made += piece.length;
    yield piece;
  }
  yield writer.end();
}

function* pieces(writer: Writer): Generator<Buffer> {
  const path = dataPath('page-traces', 'sqlite-10M.ptr.br');
  const trace = readPageTrace(readDataBytes(path), path);
  let parts: Buffer[] = [];
  let held = 0;
  for (const part of accesses(writer, trace)) {
    parts.push(part);
    held += part.length;
    if (held < PIECE_BYTES) continue;
    yield Buffer.concat(parts);
    parts = [];
    held = 0;
  }
}

function* accesses(writer: Writer, trace: PageTrace): Generator<Buffer> {
  const { touches, instructionGaps, pageNumbers } = trace;
  let code = 0x40_0000n;
  let data = 0x7ff_0000n;
  let offset = 0n;
  for (let at = 0; ; at = at + 1 === touches.length ? 0 : at + 1) {
    const touch = touches[at]!;
    const address = BigInt(pageNumbers[Math.floor(touch / 2)]!) * 4096n;
    for (let left = instructionGaps[at]!; left > 0; left -= 1) {
      offset = (offset + 3n) % 4080n;
      yield writer.code(code + offset);
      if (left % 5 < 2) yield writer.data(data + offset, code + offset);
    }
    if (touch % 2 === 0) code = address;
    else data = address;
    if (touch % 2 === 1) yield writer.data(data + offset, code + offset);
  }
}
