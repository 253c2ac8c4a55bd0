import { describe, expect, test } from 'vitest';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import { capturedTrips } from '../../src/workloads/captures.ts';
import { KERNEL_IDS, KERNELS, type KernelId } from '../../src/workloads/kernel-exits.ts';
import {
  GENERATION_INSTRUCTIONS,
  ownInstructions,
  requestInstructionsOf,
} from '../../src/workloads/l0-instructions.ts';
import type { Step } from '../../src/workloads/trips.ts';

/** Medians of each step over all trips of a window. */
function mediansOf(capture: string): readonly Step[] {
  const { trips } = capturedTrips(capture, 'CPUID');
  return trips[0]!.steps.map((step, at) => {
    const lengths = trips.map(({ steps }) => steps[at]!.instructions).sort((a, b) => a - b);
    return { ...step, instructions: lengths[Math.floor(lengths.length / 2)]! };
  });
}

const CONFIGURATIONS = [
  { window: 'npt-npt.cpuid', paging: { l0: 'npt', l1: 'npt' }, l0: 12_219, exits: 3, patches: 94 },
  {
    window: 'npt-shadow.cpuid',
    paging: { l0: 'npt', l1: 'shadow' },
    l0: 20_206,
    exits: 5,
    patches: 61,
  },
  {
    window: 'shadow-shadow.cpuid',
    paging: { l0: 'shadow', l1: 'shadow' },
    l0: 20_593,
    exits: 6,
    patches: 152,
  },
] as const;

describe.each(CONFIGURATIONS)(
  'a CPUID trip of $window',
  ({ window, paging, l0, exits, patches }) => {
    const stock = mediansOf(`stock/${window}`);
    const rfc = mediansOf(`rfc/${window}`);
    const ofL0 = (steps: readonly Step[]) => steps.filter(({ level }) => level === 0);
    const sum = (steps: readonly Step[]) =>
      steps.reduce((total, step) => total + step.instructions, 0);

    test('has the exits and instructions of the whole capture', () => {
      expect(ofL0(stock)).toHaveLength(exits);
      expect(sum(ofL0(stock))).toBe(l0);
      expect(sum(ofL0(stock)) - sum(ofL0(rfc))).toBe(patches);
    });

    test('makes the same exits with the patches, and L1 executes the same', () => {
      const shape = ({ level, end, exit }: Step) => `${level} ${end} ${exit}`;
      expect(rfc.map(shape)).toEqual(stock.map(shape));
      const ofL1 = (steps: readonly Step[]) => steps.filter(({ level }) => level === 1);
      expect(sum(ofL1(rfc))).toBe(sum(ofL1(stock)));
    });

    test('has the counts of the patched kernel, step by step, where its strategy runs it', () => {
      const { behaviour } = strategyById('rfc-2025-03')!;
      const modelled = stock.map((step) => ownInstructions(step, paging, behaviour));
      expect(modelled).toEqual(rfc.map(({ instructions }) => instructions));
    });

    test('has the counts of the captured kernel less its requests under its own strategy', () => {
      const { behaviour } = strategyById('kvm-6.14')!;
      const modelled = stock.map((step) => ownInstructions(step, paging, behaviour));
      const { nestedVmrun, nestedVmexit } = requestInstructionsOf(paging);
      const total = modelled.reduce((all, each) => all + each, 0);
      expect(sum(stock) - total).toBe(nestedVmrun + nestedVmexit);
      expect(GENERATION_INSTRUCTIONS * exits + nestedVmrun + nestedVmexit).toBe(patches);
    });
  },
);

describe('another kernel than the captured one', () => {
  const exitsOf = (kernel: KernelId, window = 'npt-shadow.cpuid') =>
    capturedTrips(`stock/${window}`, 'CPUID', kernel)
      .trips[0]!.steps.filter(({ level }) => level === 0)
      .map(({ exit }) => exit);
  const l0Of = (kernel: KernelId, window: string) =>
    capturedTrips(`stock/${window}`, 'CPUID', kernel)
      .trips[0]!.steps.filter(({ level }) => level === 0)
      .reduce((sum, { instructions }) => sum + instructions, 0);

  test('before the snapshot of DEBUGCTL makes no exit for it, and no other goes', () => {
    expect(exitsOf('linux-6.12.117')).toEqual(['CPUID', 'XSETBV', 'MSR', 'XSETBV', 'VMRUN']);
    expect(exitsOf('linux-6.14-2025-02')).toEqual(['CPUID', 'XSETBV', 'XSETBV', 'VMRUN']);
    expect(exitsOf('linux-6.14-2025-02', 'npt-npt.cpuid')).toEqual(['CPUID', 'VMRUN']);
  });

  test('executes in L1 what L1 executed on both sides of that exit', () => {
    const ofL1 = (kernel: KernelId) =>
      capturedTrips('stock/npt-npt.cpuid', 'CPUID', kernel).trips[0]!.steps.filter(
        ({ level }) => level === 1,
      );
    const [before, after] = ofL1('linux-6.12.117');
    const [joined, ...others] = ofL1('linux-6.14-2025-02');
    expect(others).toEqual([]);
    expect(joined!.instructions).toBe(before!.instructions + after!.instructions);
    expect([...joined!.touches]).toEqual([...before!.touches, ...after!.touches]);
    expect(joined!.exit).toBe('VMRUN');
  });

  test('that defers CPUID updates makes four fewer in a trip with XSETBV, and none elsewhere', () => {
    const saved = (window: string) =>
      l0Of('linux-6.14-2025-02', window) - l0Of('linux-6.14-2025-02-deferred', window);
    expect(saved('npt-shadow.cpuid')).toBe(4 * 925);
    expect(saved('npt-npt.cpuid')).toBe(0);
    expect(saved('shadow-shadow.cpuid')).toBe(0);
  });

  test('cuts the same exit out of captures that name it in words', () => {
    const { trips } = capturedTrips('plug-c.cpuid', 'CPUID', 'linux-6.14-2025-02');
    expect(trips.length).toBeGreaterThanOrEqual(5);
    expect(trips[0]!.steps.map(({ exit }) => exit)).toEqual(['CPUID', 'VMRUN', 'VMRUN', 'CPUID']);
  });

  test.each(KERNEL_IDS)('%s says what it is', (kernel) => {
    expect(KERNELS[kernel].what).toMatch(/^[A-Z].*\.$/);
  });
});
