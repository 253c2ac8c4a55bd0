import { basename, join } from 'node:path';
import { machineById } from '../../../hardware/presets/index.ts';
import { pmuRates } from '../../../importers/pmu-findings.ts';
import type { ImportedProfile } from '../../../importers/profile.ts';
import { UserError } from '../../../util/user-error.ts';
import { freePath } from '../../files/free-path.ts';
import { makeFolder } from '../../files/write-file.ts';
import { refuseFlags } from '../../flags/refuse.ts';
import {
  importFiles,
  makeScenario,
  scenarioId,
  writeScenario,
} from '../../host-files/import-files.ts';
import { importText } from '../../host-files/import-text.ts';
import { freeTracePath } from '../../host-files/trace-file.ts';
import { print } from '../../output/io.ts';
import { selectMachines } from '../../select/machines.ts';
import { runSuites } from '../run/run-suites.ts';
import { type AnswerFlags, STATED_FLAGS } from './flags.ts';
import { answerLink, isLink } from './link.ts';
import { answerStated } from './stated.ts';

/** The scenario whose rates anybody can measure with cpuid_rate: for the field checks. */
const CPUID_SUITE = 'cpuid-npt-npt';

/** Programs that stand in for L2, whose pages no log of KVM shows; the first is the nominal one. */
const L2_PROGRAMS = [
  { suffix: '', trace: 'redis60k-10M' },
  { suffix: '-small-l2', trace: 'sqlite-10M' },
  { suffix: '-large-l2', trace: 'zstd-10M' },
] as const;

/** `answer FILE…`: import, run and report in one command; `answer LINK`: what a page shows under it. */
export async function perform(files: readonly string[], flags: AnswerFlags): Promise<number> {
  const [first = ''] = files;
  if (files.length === 1 && isLink(first)) return answerLink(first, flags);
  if (flags.exits !== undefined) return answerStated(files, flags.exits, flags);
  refuseFlags(STATED_FLAGS, flags, 'it is for a host that --exits describes', 'Add --exits');
  if (files.length === 0) {
    const cure = 'Name files that were recorded on the host, or say --exits msr=24000,hlt=16000';
    throw new UserError('usage', 'answer', 'nothing is known of the host', cure);
  }
  const { machines } = selectMachines(flags.machine ?? []);
  const id = flags.id ?? scenarioId(first);
  const folder = flags.out ?? newFolder(`answer-${id}`);
  const { profile, traces } = await importFiles(files, flags, (file) => {
    makeFolder(folder);
    return freeTracePath(folder, scenarioId(file));
  });
  if (profile === null) {
    throw new UserError(
      'input',
      files.join(', '),
      'an address trace tells what L2 touches but not how often it exits',
      'Give counters or a trace of KVM with it, or use import',
    );
  }
  const machine = machines?.find((each) => machineById(each) !== undefined) ?? null;
  const trace = traces[0]?.written.tracePath;
  const scenarios = {
    profile,
    id,
    machine,
    folder,
    l2Trace: trace === undefined ? null : { file: basename(trace) },
    isQuiet: flags.json,
  };
  const paths = writeScenarios(scenarios);
  const { strategy, seeds, jobs, json } = flags;
  return runSuites(
    {
      words: [...paths, CPUID_SUITE],
      flags: { machine: flags.machine ?? ['zen3-milan'], strategy, seeds },
      shard: null,
    },
    { jobs, out: folder, json, measured: pmuRates(profile) ?? undefined },
  );
}

interface Scenarios {
  readonly profile: ImportedProfile;
  readonly id: string;
  readonly machine: string | null;
  readonly folder: string;
  /** A page trace of the user's: then L2 is known, and nothing stands in for it. */
  readonly l2Trace: { readonly file: string } | null;
  readonly isQuiet: boolean;
}

/** Writes one scenario for each program that L2 may be like; says what the import said. */
function writeScenarios(from: Scenarios): string[] {
  const { profile, id, machine, folder, l2Trace } = from;
  const programs = l2Trace === null ? L2_PROGRAMS : L2_PROGRAMS.slice(0, 1);
  const made = programs.map(({ suffix, trace }) => ({
    path: join(folder, `scenario${suffix}.yaml`),
    ...makeScenario(profile, {
      id: `${id}${suffix}`,
      machine,
      l2Trace: l2Trace ?? (suffix === '' ? null : trace),
    }),
  }));
  if (!from.isQuiet) {
    const title = `${profile.files.join(', ')} (${profile.format})`;
    print(`${importText(title, made[0]!.report)}\n\n`);
  }
  for (const { path, text } of made) writeScenario(path, text);
  return made.map(({ path }) => path);
}

/** A new folder under reports/. */
function newFolder(name: string): string {
  makeFolder('reports');
  return freePath('reports', name);
}
