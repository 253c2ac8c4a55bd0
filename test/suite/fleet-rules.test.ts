import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseSuite } from '../../src/suite/parse-suite.ts';

const BASE = readFileSync('suites/headline/cpuid-npt-npt.yaml', 'utf8');
const FLEET = 'l1s: 1, vcpusPerL1: 2, l2sPerVcpu: 1, l2sShareMemory: false';
const rate = (kind: string) =>
  `events: {${kind}: {nominal: 0.1, low: 0, high: 1, unit: ratio, source: a test, assumed: true}}`;

function suite(lines: string, kind = 'captured-trips'): () => unknown {
  const text = BASE.replace('kind: captured-trips', `kind: ${kind}`).replace(
    'trips: {',
    `${lines}\ntrips: {`,
  );
  return () => parseSuite(text, 'x.yaml');
}

describe('an event that can never happen is refused, not passed over', () => {
  test.each([
    [rate('l2Switches'), 'captured-trips', 'fleet.l2sPerVcpu must be at least 2'],
    [rate('migrations'), 'captured-trips', 'fleet.pcpus must be at least 2'],
    [rate('vcpuSwitches'), 'captured-trips', 'every vCPU has a pCPU of its own'],
    [rate('hyperVFlushes'), 'captured-trips', 'without hyperV: true'],
    [rate('guestBroadcasts'), 'captured-trips', 'only l1-exits have it'],
    [rate('l1Flushes'), 'l1-exits', 'these guests run no L2'],
  ])('%s with %s', (lines, kind, message) => {
    expect(suite(lines, kind)).toThrow(message);
  });

  test('one that can happen is taken', () => {
    expect(suite(rate('hostUnmaps'))).not.toThrow();
    expect(suite(rate('hostUnmaps'), 'l1-exits')).not.toThrow();
  });
});

describe('a fleet that cannot be placed is refused', () => {
  test('half of the vCPUs pinned, and no pCPU left for the others', () => {
    const fleet = (pcpus: number) => `fleet: {${FLEET}, pcpus: ${pcpus}, placement: half-pinned}`;
    expect(suite(fleet(1))).toThrow('must be more than 1');
    expect(suite(fleet(2))).not.toThrow();
  });

  test('SEV guests with L2s', () => {
    const fleet = `fleet: {${FLEET}, pcpus: 1, placement: spread, sev: true}`;
    expect(suite(fleet)).toThrow('SEV guests run no L2s');
    expect(suite(fleet, 'l1-exits')).not.toThrow();
  });
});
