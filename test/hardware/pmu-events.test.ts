import { expect, test } from 'vitest';
import { machineById } from '../../src/hardware/presets/index.ts';

test.each([
  ['zen1-naples', 'all_tlbs_flushed', 'l2_dtlb_misses'],
  ['zen2-rome', 'all_tlbs_flushed', 'l2_dtlb_misses'],
  ['zen3-milan', 'all_tlbs_flushed', 'l2_dtlb_misses'],
  ['zen4-genoa', 'ls_tlb_flush.all', 'ls_l1_d_tlb_miss.all_l2_miss'],
  // Erratum 1569: what it counts of flushes can't be believed.
  ['zen5-turin', null, 'ls_l1_d_tlb_miss.all_l2_miss'],
])('%s counts flushes as %s and walks as %s', (id, flushes, walks) => {
  expect(machineById(id)?.pmuEvents).toEqual({ flushes, walks: [walks] });
});
