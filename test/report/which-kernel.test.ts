import { describe, expect, test } from 'vitest';
import { readBack, readBackSentences } from '../../src/report/which-kernel.ts';

const BEFORE = { kernel: 'kvm-6.14', flushesPerTransition: 1, walksPerRoundTrip: 20 };
const AFTER = { kernel: 'rfc-2025-03', flushesPerTransition: 0, walksPerRoundTrip: 8 };

const counted = (flushesPerTransition: number | null, walksPerRoundTrip: number | null) =>
  readBack({ flushesPerTransition, walksPerRoundTrip }, BEFORE, AFTER);

describe('which kernel a host looks like', () => {
  test.each([
    ['as predicted before', 1, 20, ['kvm-6.14', 'kvm-6.14']],
    ['as predicted after', 0, 8, ['rfc-2025-03', 'rfc-2025-03']],
    ['with flushes of the host beside them', 1.3, 26, ['kvm-6.14', 'kvm-6.14']],
    ['nearer to after', 0.2, 11, ['rfc-2025-03', 'rfc-2025-03']],
    ['on two sides', 0.02, 19, ['rfc-2025-03', 'kvm-6.14']],
    ['far more than either', 2.1, 41, [null, null]],
    ['far fewer walks than either', 0, 3.9, ['rfc-2025-03', null]],
    ['no flushes counted', null, 9, ['rfc-2025-03']],
    ['no walks counted', 0.9, null, ['kvm-6.14']],
  ])('%s', (_, flushes, walks, expected) => {
    expect(counted(flushes, walks).map(({ looksLike }) => looksLike)).toEqual(expected);
  });

  test('predictions that are alike decide nothing', () => {
    const alike = { ...AFTER, flushesPerTransition: 0.95, walksPerRoundTrip: 19.5 };
    const rates = { flushesPerTransition: 1, walksPerRoundTrip: 20 };
    const all = readBack(rates, BEFORE, alike);
    expect(all.map(({ looksLike }) => looksLike)).toEqual([null, null]);
    expect(readBackSentences(all).join('\n')).toMatch(/too close to tell[\s\S]*can not be told/);
  });

  test('is said with the numbers, and where the two do not agree', () => {
    expect(readBackSentences(counted(1.01, 19))).toEqual([
      '1.01 flushes per transition were counted, 1 predicted before and 0 after: as under kvm-6.14',
      '19 page walks per round trip were counted, 20 predicted before and 8 after: as under kvm-6.14',
      'this host looks like one that runs kvm-6.14',
    ]);
    expect(readBackSentences(counted(0.02, 19)).at(-1)).toContain(
      'looks like rfc-2025-03 by its flushes, and not by its walks',
    );
  });

  test('nothing counted says nothing of a kernel', () => {
    expect(counted(null, null)).toEqual([]);
  });
});
