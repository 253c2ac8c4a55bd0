import { basename, dirname } from 'node:path';
import type { ImportReport } from '../../../importers/import-report.ts';
import type { ImportedProfile } from '../../../importers/profile.ts';
import { EXIT_CODES } from '../../../util/user-error.ts';
import { makeFolder } from '../../files/write-file.ts';
import {
  freeScenarioPath,
  importFiles,
  makeScenario,
  scenarioId,
  writeScenario,
} from '../../host-files/import-files.ts';
import { importText } from '../../host-files/import-text.ts';
import { freeTracePath, tracePathBeside } from '../../host-files/trace-file.ts';
import { INVOCATION } from '../../output/invocation.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import { selectMachines } from '../../select/machines.ts';
import type { ImportFlags } from './flags.ts';

/** `import FILE…`: what a user has recorded of a host, as a suite that `run` takes. */
export async function perform(files: readonly string[], flags: ImportFlags): Promise<number> {
  const { machines } = selectMachines(flags.machine === undefined ? [] : [flags.machine]);
  const id = flags.id ?? scenarioId(files[0] ?? '');
  const folder = dirname(flags.out ?? freeScenarioPath(id));
  const { profile, traces } = await importFiles(files, flags, (file) => {
    makeFolder(folder);
    if (files.length === 1 && flags.out !== undefined) return tracePathBeside(flags.out);
    return freeTracePath(folder, files.length === 1 ? id : scenarioId(file));
  });
  const parts: ImportPart[] = traces.map(({ imported, written }) => ({
    title: `${imported.file} (${imported.format})`,
    report: written.report,
    written: [`Page trace: ${written.tracePath}`],
    scenario: written.suitePath,
    json: { ...imported, trace: written },
  }));
  if (profile !== null) {
    const trace = traces[0]?.written.tracePath;
    const l2Trace = trace === undefined ? null : { file: basename(trace) };
    const options = { id, machine: machines?.[0] ?? null, l2Trace };
    const { report, text } = makeScenario(profile, options);
    const path = flags.out ?? freeScenarioPath(id);
    writeScenario(path, text);
    const title = `${profile.files.join(', ')} (${profile.format})`;
    const json = profileJson(profile, report);
    parts.push({ title, report, written: [], scenario: path, json });
  }
  print(flags.json ? jsonOf(parts) : textOf(parts));
  return EXIT_CODES.ok;
}

/** One thing that was imported. */
interface ImportPart {
  readonly title: string;
  readonly report: ImportReport;
  readonly written: readonly string[];
  readonly scenario: string;
  readonly json: object;
}

function textOf(parts: readonly ImportPart[]): string {
  const texts = parts.map(({ title, report, written, scenario }) => {
    const end = [...written, `Suite:  ${scenario}`, `Run it: ${INVOCATION} run ${scenario}`];
    return `${importText(title, report)}\n\n${end.join('\n')}\n`;
  });
  return texts.join('\n');
}

function jsonOf(parts: readonly ImportPart[]): string {
  const imported = parts.map(({ scenario, json }) => ({ scenario, ...json }));
  return jsonText({ imported });
}

/** A profile with the shares that follow from it; null where the data can't tell. */
function profileJson(profile: ImportedProfile, report: ImportReport): object {
  const trips = profile.reflectedExits ?? profile.nestedRuns;
  const each = (count: number | null): number | null =>
    count === null || trips === null || trips === 0 ? null : count / trips;
  const l2Exits =
    profile.l2ExitsHandledByL0 === null || profile.reflectedExits === null
      ? null
      : profile.reflectedExits + profile.l2ExitsHandledByL0;
  const flushes = each(profile.flushes);
  return {
    exitsPerRoundTrip: each(profile.exits),
    reflectedShare:
      l2Exits === null || l2Exits === 0 ? null : (profile.reflectedExits ?? 0) / l2Exits,
    flushesPerTransition: flushes === null ? null : flushes / 2,
    ...profile,
    report,
  };
}
