import { describe, expect, test } from 'vitest';
import { EXIT_CODE_TABLE, exitCodeOf, exitName } from '../../src/inputs/exit-codes.ts';

describe('exitName', () => {
  test.each([
    [0x00, 'RD_CR0'],
    [0x03, 'RD_CR3'],
    [0x14, 'WR_CR4'],
    [0x37, 'WR_DR7'],
    [0x4e, '#PF'],
    [0x60, 'INTR'],
    [0x64, 'VINTR'],
    [0x72, 'CPUID'],
    [0x78, 'HLT'],
    [0x79, 'INVLPG'],
    [0x7a, 'INVLPGA'],
    [0x7b, 'IOIO'],
    [0x7c, 'MSR'],
    [0x80, 'VMRUN'],
    [0x81, 'VMMCALL'],
    [0x82, 'VMLOAD'],
    [0x83, 'VMSAVE'],
    [0x84, 'STGI'],
    [0x85, 'CLGI'],
    [0x89, 'WBINVD'],
    [0x400, 'NPF'],
    [-1, 'INVALID'],
  ])('calls %i %s', (code, name) => {
    expect(exitName(code)).toBe(name);
    expect(exitCodeOf(name)).toBe(code);
  });

  test('calls an unknown code by its digits', () => {
    expect(exitName(0xabc)).toBe('0xabc');
    expect(exitName(-16)).toBe('-0x10');
    expect(exitCodeOf('0xabc')).toBeUndefined();
  });

  test('gives every code one name and every name one code', () => {
    expect(new Set(EXIT_CODE_TABLE.map(({ code }) => code)).size).toBe(EXIT_CODE_TABLE.length);
    expect(new Set(EXIT_CODE_TABLE.map(({ name }) => name)).size).toBe(EXIT_CODE_TABLE.length);
  });
});
