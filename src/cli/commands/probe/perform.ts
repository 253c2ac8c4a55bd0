import { Command } from 'commander';
import type { MachinePreset } from '../../../hardware/machine-preset.ts';
import type { Probe } from '../../../probe/probe.ts';
import { EXIT_CODES, UserError } from '../../../util/user-error.ts';
import type { HostComparison } from '../../../validation/host-comparison.ts';
import { readUserText } from '../../host-files/user-text.ts';
import { endWith, print, printError } from '../../output/io.ts';
import { INVOCATION, PROBE_HELP } from '../../output/messages.ts';

interface ProbeFlags {
  readonly machine?: string;
  readonly from?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `probe`: measures the TLBs of this host and compares them with a machine of the model. */
export function probeCommand(): Command {
  return new Command('probe')
    .description("measure this host's TLBs and compare them with the model")
    .option('--machine <id>', 'machine, or machine file, to compare with (default: the nearest)')
    .option('--from <file>', 'a probe.json of before instead of a measurement')
    .option('--json', 'print one JSON object and no progress')
    .option('--out <dir>', 'folder to write to (default: a new one under reports/)')
    .addHelpText('after', PROBE_HELP)
    .action(async (flags: ProbeFlags) => {
      endWith(await probe(flags));
    });
}

async function probe(flags: ProbeFlags): Promise<number> {
  const named = flags.machine === undefined ? null : await namedMachine(flags.machine);
  const measured = await measuredProbe(flags);
  const preset = named ?? (await nearestMachine(measured));
  const { compareHost } = await import('../../../validation/host-comparison.ts');
  const comparison = preset === null ? null : compareHost(measured, preset);
  const files = await filesOf(measured, preset, comparison);
  const { writeNewFolder } = await import('../../run-folder/run-folder.ts');
  const folder = writeNewFolder('reports', 'probe', flags.out ?? null, files);
  if (flags.json === true) {
    const { probeJson } = await import('./json.ts');
    print(`${JSON.stringify(probeJson(measured, comparison, folder), null, 2)}\n`);
    return EXIT_CODES.ok;
  }
  const { probeText } = await import('../../../report/probe-text.ts');
  print(`${probeText(measured, comparison)}\n${written(folder, preset)}`);
  return EXIT_CODES.ok;
}

async function measuredProbe(flags: ProbeFlags): Promise<Probe> {
  if (flags.from !== undefined) {
    const { readProbeFile } = await import('../../../probe/probe-file.ts');
    return readProbeFile(readUserText(flags.from), flags.from);
  }
  const { probeHost } = await import('../../../probe/probe.ts');
  return probeHost((what) => {
    if (flags.json !== true) printError(`${what} ...\n`);
  });
}

async function namedMachine(word: string): Promise<MachinePreset> {
  const { selectMachines } = await import('../../select/machines.ts');
  const { machines, ownMachines } = selectMachines([word]);
  const { runMachine } = await import('../../../suite/run-machine.ts');
  const [id] = machines ?? [];
  if (id === undefined)
    throw new UserError('usage', '--machine', 'no machine is named', 'See list');
  return runMachine(id, ownMachines);
}

async function nearestMachine({ host }: Probe): Promise<MachinePreset | null> {
  const { nearestPreset } = await import('../../../validation/nearest-preset.ts');
  const { runMachine } = await import('../../../suite/run-machine.ts');
  const id = nearestPreset(host);
  return id === null ? null : runMachine(id);
}

async function filesOf(
  measured: Probe,
  preset: MachinePreset | null,
  comparison: HostComparison | null,
): Promise<Record<string, string>> {
  const { probeFileText } = await import('../../../probe/probe-file.ts');
  const probeJsonFile = { 'probe.json': probeFileText(measured) };
  if (preset === null || comparison === null) return probeJsonFile;
  const { hostMachine } = await import('../../../validation/host-machine.ts');
  const { hostFigure } = await import('../../../report/host-figure.ts');
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
