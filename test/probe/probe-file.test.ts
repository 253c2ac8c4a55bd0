import { describe, expect, test } from 'vitest';
import { probeFileText, readProbeFile } from '../../src/probe/probe-file.ts';
import { UserError } from '../../src/util/user-error.ts';
import { makeProbe } from './make-probe.ts';

describe('the file of a probe', () => {
  const probe = makeProbe();
  const text = probeFileText(probe);

  test('gives the same probe again', () => {
    expect(readProbeFile(text, 'probe.json')).toEqual(probe);
  });

  test('has the rate of CPUID exits where other commands look for it', () => {
    expect(JSON.parse(text)).toMatchObject({
      kind: 'asidbench-probe',
      cpuidPerSecond: 260_000,
      cpuidPerSecondInterval: { point: 260_000, low: 250_000, high: 270_000 },
      hypervisor: 'KVMKVMKVM',
    });
  });

  test('says why when there is no rate', () => {
    const without = probeFileText({ ...probe, cpuid: { reason: 'no C compiler works' } });
    const data = JSON.parse(without);
    expect([data.cpuidPerSecond, data.cpuidMissing]).toEqual([null, 'no C compiler works']);
    expect(readProbeFile(without, 'p').cpuid).toEqual({ reason: 'no C compiler works' });
  });

  test.each([
    ['no JSON', text.slice(0, 200)],
    ['another file', '{"kind":"asidbench-machine"}'],
    ['a missing key', text.replace('"hugePageShare"', '"hugePages"')],
    [
      'a text for a number',
      text.replace('"pages":16,"spreadHostNs":[', '"pages":16,"spreadHostNs":["x",'),
    ],
    ['a round too few', text.replace('"clockGhz": [4,', '"clockGhz": [')],
  ])('is refused with %s', (_, damaged) => {
    expect(damaged).not.toBe(text);
    expect(() => readProbeFile(damaged, 'probe.json')).toThrow(UserError);
    expect(() => readProbeFile(damaged, 'probe.json')).toThrow(/^probe\.json/);
  });
});
