import type { MachinePreset } from '../../../hardware/machine-preset.ts';
import { type Probe, probeHost } from '../../../probe/probe.ts';
import { probeFileText, readProbeFile } from '../../../probe/probe-file.ts';
import { probeText } from '../../../report/probe/text.ts';
import { runMachine } from '../../../suite/run-machine.ts';
import { EXIT_CODES } from '../../../util/user-error.ts';
import { compareHost, type HostComparison } from '../../../validation/host-comparison.ts';
import { hostMachine } from '../../../validation/host-machine.ts';
import { nearestPreset } from '../../../validation/nearest-preset.ts';
import { readText } from '../../files/read-text.ts';
import { INVOCATION } from '../../output/invocation.ts';
import { print, printError } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import { writeNewFolder } from '../../run-folder/run-folder.ts';
import { selectMachines } from '../../select/machines.ts';
import type { ProbeFlags } from './flags.ts';
import { probeJson } from './json.ts';

/** `probe`: measures the TLBs of this host and compares them with a machine of the model. */
export async function perform(_: readonly string[], flags: ProbeFlags): Promise<number> {
  const named = flags.machine === undefined ? null : namedMachine(flags.machine);
  const measured = await measuredProbe(flags);
  const preset = named ?? nearestMachine(measured);
  const comparison = preset === null ? null : compareHost(measured, preset);
  const files = await filesOf(measured, preset, comparison);
  const folder = writeNewFolder('reports', 'probe', flags.out ?? null, files);
  print(
    flags.json
      ? jsonText(probeJson(measured, comparison, folder))
      : `${probeText(measured, comparison)}\n${written(folder, preset)}`,
  );
  return EXIT_CODES.ok;
}

async function measuredProbe(flags: ProbeFlags): Promise<Probe> {
  if (flags.from !== undefined) {
    return readProbeFile(readText(flags.from), flags.from);
  }
  return probeHost((what) => {
    if (!flags.json) printError(`${what} ...\n`);
  });
}

function namedMachine(word: string): MachinePreset {
  const { machines, ownMachines } = selectMachines([word]);
  return runMachine(machines?.[0] ?? word, ownMachines);
}

function nearestMachine({ host }: Probe): MachinePreset | null {
  const id = nearestPreset(host);
  return id === null ? null : runMachine(id);
}

async function filesOf(
  measured: Probe,
  preset: MachinePreset | null,
  comparison: HostComparison | null,
): Promise<Record<string, string>> {
  const probeJsonFile = { 'probe.json': probeFileText(measured) };
  if (preset === null || comparison === null) return probeJsonFile;
  const { hostFigure } = await import('../../../report/probe/figure.ts');
  return {
    ...probeJsonFile,
    'machine.json': `${JSON.stringify(hostMachine(measured, preset, comparison), null, 2)}\n`,
    'probe.svg': await hostFigure(measured, comparison),
  };
}

function written(folder: string, preset: MachinePreset | null): string {
  if (preset === null) return `Written: ${folder}/probe.json\n`;
  return (
    `Written: ${folder}/ with probe.json, probe.svg (both curves) and machine.json:\n` +
    `  ${INVOCATION} run cpuid-npt-npt --machine ${folder}/machine.json\n`
  );
}
