import type { MachinePreset } from '../hardware/machine-preset.ts';
import type { Probe } from '../probe/probe.ts';
import { runMachine } from '../suite/run-machine.ts';
import { compareHost, type HostQuantity } from './host-comparison.ts';
import { nearestPreset } from './nearest-preset.ts';
import { comparedRow, notModelledRow, type ValidationRow } from './rows.ts';

/** A probe that was read from a file. */
export interface NamedProbe {
  readonly name: string;
  readonly probe: Probe;
}

/** A probed host against the machine that it is nearest to; the probe's steps have brackets. */
export function hostRows({ name, probe }: NamedProbe): readonly ValidationRow[] {
  const id = nearestPreset(probe.host);
  if (id === null) return [unknownRow(name, probe)];
  const preset = runMachine(id);
  return compareHost(probe, preset).quantities.map((quantity) =>
    quantityRow(name, probe, preset, quantity),
  );
}

function sourceOf(name: string, { host }: Probe): string {
  const where = host.isVirtualMachine === true ? 'a VM' : 'bare metal';
  return `asidbench probe, ${name}: ${host.modelName}, family ${host.family}, model ${host.model}, ${where}`;
}

function unknownRow(name: string, probe: Probe): ValidationRow {
  return notModelledRow({
    id: `host-${name}`,
    topic: 'host',
    kind: 'validation',
    quantity: `translation times of ${name}`,
    unit: 'cycles',
    source: sourceOf(name, probe),
    setup: 'A chase with one load on each page, less the same number of loads side by side.',
    measured: null,
    measuredInterval: null,
    why: 'no machine of the model is of this kind of CPU',
  });
}

function quantityRow(
  name: string,
  probe: Probe,
  preset: MachinePreset,
  quantity: HostQuantity,
): ValidationRow {
  const row = {
    id: `host-${name}-${quantity.id}`,
    topic: 'host',
    kind: 'validation',
    quantity: `${quantity.what}, ${name}`,
    unit: quantity.unit,
    source: sourceOf(name, probe),
    setup:
      'A chase with one load on each page, less the same number of loads side by side; intervals over ' +
      `rounds, host time at the measured clock. Modelled: ${preset.id}; bounds are the ends of its ` +
      'parameters and, in a VM, of what its host may back it with.',
  } as const;
  const { measured, predicted } = quantity;
  if (measured === null || predicted === null) {
    return notModelledRow({
      ...row,
      measured: measured?.point ?? null,
      measuredInterval: measured,
      why: measured === null ? 'the probe saw no clear step here' : 'the model has no such step',
    });
  }
  return comparedRow({
    ...row,
    measured: measured.point,
    measuredInterval: { low: measured.low, high: measured.high },
    predicted,
    ifOutside:
      quantity.unit === 'pages'
        ? 'the entries are the vendor’s; hardware may hash or split its sets, hold page directories and ' +
          'other code’s pages in the same array, and replace otherwise than the model'
        : 'a busy host or another cache hierarchy; page tables share the caches with data',
  });
}
