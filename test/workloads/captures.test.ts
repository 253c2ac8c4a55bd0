import { expect, test } from 'vitest';
import { capturedTrips, provideCapturedTrips } from '../../src/workloads/captures.ts';

test('trips that were provided are given, and no file is read for them', () => {
  const shipped = capturedTrips('stock/npt-npt.cpuid', 'CPUID');
  const own = { ...shipped, capture: 'a capture that lies nowhere' };
  expect(() => capturedTrips(own.capture, 'CPUID', own.kernel)).toThrow();
  provideCapturedTrips('CPUID', own);
  expect(capturedTrips(own.capture, 'CPUID', own.kernel)).toBe(own);
  expect(capturedTrips('stock/npt-npt.cpuid', 'CPUID')).toBe(shipped);
});
