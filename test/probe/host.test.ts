import { describe, expect, test } from 'vitest';
import { parseRates } from '../../src/probe/cpuid-rate.ts';
import { chosenWord, parseCpuInfo, parseHugeBytes } from '../../src/probe/host.ts';

const CPUINFO = `processor\t: 0
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 17
model name\t: AMD EPYC 9654 96-Core Processor
stepping\t: 1
flags\t\t: fpu vme hypervisor lahf_lm
`;

describe('what the host says about itself', () => {
  test('is its CPU, and that it is a VM when the flag is set', () => {
    expect(parseCpuInfo(CPUINFO, 'unknown')).toEqual({
      modelName: 'AMD EPYC 9654 96-Core Processor',
      vendor: 'AMD',
      family: 25,
      model: 17,
      stepping: 1,
      isVirtualMachine: true,
    });
    const metal = parseCpuInfo(CPUINFO.replace(' hypervisor', ''), 'unknown');
    expect(metal.isVirtualMachine).toBe(false);
  });

  test('is unknown where there is no /proc/cpuinfo', () => {
    expect(parseCpuInfo('', 'Apple M2')).toMatchObject({
      modelName: 'Apple M2',
      vendor: 'unknown',
      family: null,
      isVirtualMachine: null,
    });
  });

  test('includes its huge pages', () => {
    expect(chosenWord('always [madvise] never\n')).toBe('madvise');
    expect(chosenWord('')).toBe('unknown');
    expect(parseHugeBytes('Rss: 5 kB\nAnonHugePages:     4096 kB\n')).toBe(4_194_304);
    expect(parseHugeBytes('')).toBeNull();
  });
});

describe('the rates that the compiled program prints', () => {
  test('become a median with an interval, without the sample that warms up', () => {
    const rate = parseRates('KVMKVMKVM\n1.0\n100.0\n300.0\n200.0\n', 'cc');
    expect(rate).toMatchObject({
      perSecond: { point: 200 },
      samplesPerSecond: [100, 300, 200],
      hypervisor: 'KVMKVMKVM',
    });
  });

  test('have a hypervisor only where the CPU names one', () => {
    expect(parseRates('-\n1\n2\n', 'cc')).toMatchObject({ hypervisor: '' });
  });

  test.each([[''], ['-\n5\n'], ['-\n5\nnan\n'], ['-\n5\n-3\n']])('are refused in %j', (text) => {
    expect(parseRates(text, 'cc')).toEqual({ reason: 'the compiled program printed no rates' });
  });
});
