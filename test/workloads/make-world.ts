import { machineConfig } from '../../src/hardware/machine-config.ts';
import { ZEN3_MILAN } from '../../src/hardware/presets/zen3-milan.ts';
import { type Strategy, strategyById } from '../../src/hypervisor/strategies.ts';
import { World, type WorldOptions } from '../../src/workloads/world.ts';

export function strategyOf(id: string): Strategy {
  const strategy = strategyById(id);
  if (strategy === undefined) throw new RangeError(`no strategy ${id}`);
  return strategy;
}

/** A Milan with L0 and L1 under NPT, as the headline suites have it. */
export function makeWorld(strategy: Strategy, changes: Partial<WorldOptions> = {}): World {
  return new World({
    config: machineConfig(ZEN3_MILAN),
    behaviour: strategy.behaviour,
    paging: { l0: 'npt', l1: 'npt' },
    pageSizes: { l0: 'kernel-2m', l1: 'kernel-2m', l2: '4k', nptForL1: '2m', nptForL2: '4k' },
    l2Cr4Pge: 'same',
    seed: 1,
    ...changes,
  });
}
