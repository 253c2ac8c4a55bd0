import type { Probe } from '../../../probe/probe.ts';
import { probeFile } from '../../../probe/probe-file.ts';
import type { HostComparison } from '../../../validation/host-comparison.ts';

/** What `probe --json` prints: the file without its rounds, and the comparison with the model. */
export function probeJson(probe: Probe, comparison: HostComparison | null, folder: string) {
  const { rounds, ...measured } = probeFile(probe);
  return {
    ...measured,
    roundCount: rounds.clockGhz.length,
    machine: comparison?.machine ?? null,
    comparison: comparison?.quantities ?? [],
    modelledCurve: (comparison?.curve ?? []).map(({ pages, translationCycles }) => ({
      pages,
      translationCycles,
    })),
    folder,
  };
}
