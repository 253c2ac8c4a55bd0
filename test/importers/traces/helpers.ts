import { expect } from 'vitest';
import type { ImportedTrace } from '../../../src/importers/importer.ts';
import { findImporter } from '../../../src/importers/registry.ts';
import { UserError } from '../../../src/util/user-error.ts';
import { sourceOf } from '../sources.ts';

export const SEED = 20_261_124;

/** `code 0x401 +1`: a move to page 0x401, one instruction after the move before. */
export interface Read {
  readonly moves: readonly string[];
  readonly imported: ImportedTrace;
}

/** Imports bytes as the importer that their content names does, in pieces of a size. */
export async function readTrace(bytes: Uint8Array | string, pieceBytes = 4096): Promise<Read> {
  const all = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  const importer = findImporter(all.subarray(0, 65_536));
  if (importer === undefined) throw new Error('no importer knows this');
  const moves: string[] = [];
  const imported = await importer.import(sourceOf(all, pieceBytes), {
    name: 'my.trace',
    tscGhz: null,
    pageSwitches: {
      record: (page, isData, instructions) => {
        moves.push(`${isData ? 'data' : 'code'} 0x${page.toString(16)} +${instructions}`);
      },
    },
  });
  if (imported.kind !== 'trace') throw new Error('no trace');
  return { moves, imported };
}

/** The sentence of an import that must fail as a user's error. */
export async function errorOf(bytes: Uint8Array | string, pieceBytes = 4096): Promise<string> {
  let caught: unknown;
  try {
    await readTrace(bytes, pieceBytes);
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(UserError);
  if (!(caught instanceof UserError)) return '';
  expect(caught.kind).toBe('input');
  expect(caught.message).not.toMatch(/[\n\0]|undefined|NaN/);
  return caught.message;
}

/** One access as a tool saw it. */
export interface Access {
  readonly kind: 'code' | 'load' | 'store';
  readonly address: bigint;
  readonly bytes: number;
}

/** The moves that accesses make, worked out slowly: the reference for every decoder. */
export function movesOf(accesses: readonly Access[]): string[] {
  const current = { code: -1n, data: -1n };
  const moves: string[] = [];
  let gap = 0;
  for (const { kind, address, bytes } of accesses) {
    const stream = kind === 'code' ? 'code' : 'data';
    if (kind === 'code') gap += 1;
    const last = (address + BigInt(bytes) - 1n) / 4096n;
    for (let page = address / 4096n; page <= last; page += 1n) {
      if (current[stream] === page) continue;
      current[stream] = page;
      moves.push(`${stream} 0x${page.toString(16)} +${gap}`);
      gap = 0;
    }
  }
  return moves;
}

/** A drmemtrace record. */
export function memref(type: number, size: number, address: bigint): Buffer {
  const record = Buffer.alloc(12);
  record.writeUInt16LE(type, 0);
  record.writeUInt16LE(size, 2);
  record.writeBigUInt64LE(address, 4);
  return record;
}

/** A ChampSim record. */
export function champSimRecord(
  ip: bigint,
  loads: readonly bigint[],
  stores: readonly bigint[],
  isBranch = 0,
): Buffer {
  const record = Buffer.alloc(64);
  record.writeBigUInt64LE(ip, 0);
  record[8] = isBranch;
  for (const [at, store] of stores.entries()) record.writeBigUInt64LE(store, 16 + 8 * at);
  for (const [at, load] of loads.entries()) record.writeBigUInt64LE(load, 32 + 8 * at);
  return record;
}
