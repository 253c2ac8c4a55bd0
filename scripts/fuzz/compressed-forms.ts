import { spawnSync } from 'node:child_process';
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import type { Prng } from '../../src/util/prng.ts';
import type { Sample } from './corpus.ts';
import { mutated } from './mutate.ts';

/** How a file is packed; null: the program for it is not installed. */
export type Packer = (bytes: Uint8Array) => Uint8Array | null;

const MOST_PACKED_BYTES = 67_108_864;

function byProgram(program: string, level: string): Packer {
  return (bytes) => {
    const options = { input: bytes, maxBuffer: MOST_PACKED_BYTES };
    const { error, status, stdout } = spawnSync(program, ['-cq', level], options);
    return error === undefined && status === 0 ? stdout : null;
  };
}

/** Those that are read, and two that nobody promises to read. */
export const FORMS: Readonly<Record<string, Packer>> = {
  gz: gzipSync,
  br: brotliCompressSync,
  xz: byProgram('xz', '-0'),
  zst: byProgram('zstd', '-1'),
  lzma: byProgram('lzma', '-0'),
  deflate: deflateRawSync,
};

/** A bomb of so many bytes that are all alike. */
const BOMB_BYTES = [300_000, 20_000_000, 300_000_000];

export interface PackedInput {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function pick<T>(choices: readonly T[], prng: Prng): T {
  return choices[prng.nextInt(choices.length)]!;
}

const bombs = new Map<string, Uint8Array | null>();

/** Packed once: the large ones take seconds. */
function bomb(form: string, size: number, fill: number): Uint8Array | null {
  const key = `${form} ${size} ${fill}`;
  const known = bombs.get(key);
  if (known !== undefined) return known;
  const made = FORMS[form]!(Buffer.alloc(size, fill));
  bombs.set(key, made);
  return made;
}

/** Most of a damaged stream decodes up to the damage; a cut, a flip, noise behind it, two in a row. */
function damagedStream(bytes: Uint8Array, other: Uint8Array, prng: Prng): Uint8Array {
  const copy = Buffer.from(bytes);
  const at = copy.length === 0 ? 0 : prng.nextInt(copy.length);
  switch (prng.nextInt(10)) {
    case 0:
      return copy.subarray(0, at);
    case 1:
      copy[at] = prng.nextInt(256);
      return copy;
    case 2:
      return Buffer.concat([copy, Buffer.alloc(1 + prng.nextInt(5000), prng.nextInt(256))]);
    case 3:
      return Buffer.concat([copy, other]);
    case 4: {
      // The header says how large a window is and what follows: the first bytes hold most of that.
      copy[Math.min(at, prng.nextInt(24))] = prng.nextInt(256);
      return copy;
    }
    default:
      return copy;
  }
}

/**
 * A packed file that is damaged inside, outside, both or not at all, packed up to three times, or a
 * bomb. Null where the program that packs it is missing.
 */
export function packedInput(samples: readonly Sample[], prng: Prng): PackedInput | null {
  const form = pick(Object.keys(FORMS), prng);
  const pack = FORMS[form]!;
  const sample = pick(samples, prng);
  const isBomb = prng.nextInt(12) === 0;
  const inner = prng.nextInt(3) === 0 ? sample.bytes : mutated(sample.bytes, sample.bytes, prng);
  let bytes = isBomb ? bomb(form, pick(BOMB_BYTES, prng), pick([0, 32, 10], prng)) : pack(inner);
  for (let layers = prng.nextInt(8) === 0 ? 2 : 0; layers > 0 && bytes !== null; layers -= 1) {
    bytes = pick(Object.values(FORMS), prng)(bytes);
  }
  if (bytes === null) return null;
  const stream = damagedStream(bytes, pick(samples, prng).bytes, prng);
  // Readers of logs and page traces go by the name where a form has no mark.
  const ending = prng.nextInt(4) === 0 ? pick(Object.keys(FORMS), prng) : form;
  return { name: `${isBomb ? 'bomb' : sample.name.replaceAll('.', '-')}.${ending}`, bytes: stream };
}
