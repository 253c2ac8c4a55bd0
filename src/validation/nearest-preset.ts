import { MACHINES } from '../hardware/presets/index.ts';
import type { Host } from '../probe/host.ts';

/** Id of the machine whose core the host has, or null when no preset is of its kind. */
export function nearestPreset(host: Pick<Host, 'vendor' | 'family' | 'model'>): string | null {
  const { vendor, family, model } = host;
  if (family === null || model === null) return null;
  const found = MACHINES.find(
    (machine) =>
      machine.vendor === vendor &&
      machine.cpuModels.some(
        (each) => each.family === family && each.from <= model && model <= each.to,
      ),
  );
  return found?.id ?? null;
}
