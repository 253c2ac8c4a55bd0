import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Prng } from '../../src/util/prng.ts';

/** One way to damage a file; `other` is another good file. */
type Mutation = (bytes: Buffer, other: Buffer, prng: Prng) => Buffer;

const NUMBERS = ['0', '-1', '9999999999999999', '1e308', '0x', '4294967296', '', 'NaN', '٣'];
const WORDS = ['reason', 'kvm_exit:', '[000]', ',', ':', '\u0000', '\ufeff', '\r', '%', '"', '=='];

function at(bytes: Buffer, prng: Prng): number {
  return bytes.length === 0 ? 0 : prng.nextInt(bytes.length);
}

function spliced(bytes: Buffer, from: number, to: number, middle: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(Math.max(from, to))]);
}

function linesOf(bytes: Buffer): string[] {
  return bytes.toString('latin1').split('\n');
}

function ofLines(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join('\n'), 'latin1');
}

function pick<T>(choices: readonly T[], prng: Prng): T {
  return choices[prng.nextInt(choices.length)]!;
}

const MUTATIONS: readonly Mutation[] = [
  (bytes, _other, prng) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[at(bytes, prng)] = prng.nextInt(256);
    return copy;
  },
  (bytes, _other, prng) => {
    const from = at(bytes, prng);
    return spliced(bytes, from, from + 1 + prng.nextInt(40), Buffer.alloc(0));
  },
  (bytes, _other, prng) => {
    const from = at(bytes, prng);
    const noise = Buffer.from(Array.from({ length: 1 + prng.nextInt(9) }, () => prng.nextInt(256)));
    return spliced(bytes, from, from, noise);
  },
  (bytes, _other, prng) => bytes.subarray(0, at(bytes, prng)),
  (bytes, other, prng) =>
    Buffer.concat([bytes.subarray(0, at(bytes, prng)), other.subarray(at(other, prng))]),
  (bytes, _other, prng) => {
    const lines = linesOf(bytes);
    const line = prng.nextInt(lines.length);
    const copies = Array.from({ length: 1 + prng.nextInt(3) }, () => lines[line]!);
    return ofLines([...lines.slice(0, line), ...copies, ...lines.slice(line)]);
  },
  (bytes, _other, prng) => {
    const lines = linesOf(bytes);
    const [a, b] = [prng.nextInt(lines.length), prng.nextInt(lines.length)];
    [lines[a], lines[b]] = [lines[b]!, lines[a]!];
    return ofLines(lines);
  },
  (bytes, _other, prng) => {
    const lines = linesOf(bytes);
    const line = prng.nextInt(lines.length);
    lines[line] = lines[line]!.replace(/\d+/, pick(NUMBERS, prng));
    return ofLines(lines);
  },
  (bytes, _other, prng) => {
    const from = at(bytes, prng);
    return spliced(bytes, from, from, Buffer.from(pick(WORDS, prng)));
  },
  (bytes, _other, prng) => {
    const from = at(bytes, prng);
    return spliced(bytes, from, from, Buffer.alloc(1 + prng.nextInt(100_000), prng.nextInt(256)));
  },
  (bytes) => Buffer.from(bytes.toString('latin1'), 'utf16le'),
  (bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
  (bytes) => (bytes.length % 2 === 0 ? Buffer.from(bytes).swap16() : bytes),
  (bytes, _other, prng) => {
    const packed = prng.nextInt(2) === 0 ? gzipSync(bytes) : brotliCompressSync(bytes);
    return prng.nextInt(2) === 0 ? packed : packed.subarray(0, at(packed, prng));
  },
];

/** A damaged copy of `bytes`: one to four mutations, drawn from the seed. */
export function mutated(bytes: Buffer, other: Buffer, prng: Prng): Buffer {
  let made = bytes;
  for (let count = 1 + prng.nextInt(4); count > 0; count -= 1) {
    made = pick(MUTATIONS, prng)(made, other, prng);
  }
  return made;
}
