import { basename, join } from 'node:path';
import { MACHINES } from '../../../hardware/presets/index.ts';
import { type HostAnswer, hostAnswer } from '../../../host/host-answer.ts';
import { type HostSuite, hostSuite, onOneVcpu } from '../../../host/host-suite.ts';
import { type StatedHost, statedProfile } from '../../../host/stated-host.ts';
import { merge } from '../../../importers/combine.ts';
import { type PmuRates, pmuRates } from '../../../importers/pmu-findings.ts';
import type { ImportedProfile } from '../../../importers/profile.ts';
import { scenarioText } from '../../../importers/scenario-text.ts';
import { type HostText, hostText } from '../../../report/host/text.ts';
import { type ReadBack, readBack } from '../../../report/which-kernel.ts';
import { analyseSensitivity } from '../../../sensitivity/analyse.ts';
import { loadSuites, shippedSuites } from '../../../suite/load-suite.ts';
import { planCells } from '../../../suite/plan.ts';
import type { Suite } from '../../../suite/suite.ts';
import { EXIT_CODES, UserError } from '../../../util/user-error.ts';
import { freePath } from '../../files/free-path.ts';
import { makeFolder } from '../../files/write-file.ts';
import { importFiles, writeScenario } from '../../host-files/import-files.ts';
import { freeTracePath } from '../../host-files/trace-file.ts';
import { INVOCATION } from '../../output/invocation.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import { storedSafety } from '../../running/evidence.ts';
import { runCells } from '../../running/run-cells.ts';
import { named } from '../../select/names.ts';
import { selectStrategy } from '../../select/strategies.ts';
import type { ExitRate } from './exit-rates.ts';
import type { AnswerFlags } from './flags.ts';

const DEFAULT_MACHINE = 'zen3-milan';
const DEFAULT_STRATEGY = 'rfc-2025-03';
/** Below, nothing that could be saved is worth the time that it takes to model. */
const RAREST_PER_VCPU = 50;

/** `answer --exits`: what the series would save on a host of which somebody says this. */
export async function answerStated(
  files: readonly string[],
  exits: readonly ExitRate[],
  flags: AnswerFlags,
): Promise<number> {
  const machine = named('machine', onlyOne('--machine', flags.machine, DEFAULT_MACHINE), MACHINES);
  const strategy = selectStrategy(onlyOne('--strategy', flags.strategy, DEFAULT_STRATEGY));
  const stated = statedHost(exits, flags);
  const id = flags.id ?? 'stated-host';
  const folder = flags.out ?? freePath('reports', `answer-${id}`);
  const known = await knownOf(files, stated, flags, folder);
  const host = hostSuite(known.profile, stated, {
    id,
    machine: machine.id,
    strategy: strategy.id,
    l2Trace: known.l2Trace,
    measuredBusyShare: known.busyShare,
  });
  refuseRare(host);
  if (flags.out === undefined) makeFolder('reports');
  const path = join(folder, 'suite.yaml');
  writeScenario(path, scenarioText(host.document, host.report));
  const { answer, safety, baseSafety } = await computed(host, loadSuites(path)[0]!, flags);
  const assumed = host.report.assumed.map(({ text }) => text);
  const measured = measuredBeside(answer, known.rates);
  print(
    flags.json
      ? jsonText({
          suite: path,
          ...answer,
          safety: safety.verdict,
          baseSafety: baseSafety.verdict,
          fromFiles: known.replaced,
          measured,
          assumed,
        })
      : `${hostText({ answer, safety, baseSafety, pmu: machine.pmuEvents, replaced: known.replaced, measured, assumed })}
Suite:  ${path}
Run it: ${INVOCATION} run ${path}
`,
  );
  return EXIT_CODES.ok;
}

/** What files counted, against what is predicted under both kernels. */
function measuredBeside(answer: HostAnswer, rates: PmuRates | null): readonly ReadBack[] {
  const { baseline, strategy, flushesPerTransition, walksPerExit } = answer;
  const predicted = (kernel: string, side: 'before' | 'after') => ({
    kernel,
    flushesPerTransition: flushesPerTransition[side],
    walksPerRoundTrip: walksPerExit[side],
  });
  if (rates === null) return [];
  return readBack(rates, predicted(baseline, 'before'), predicted(strategy, 'after'));
}

function statedHost(exits: readonly ExitRate[], flags: AnswerFlags): StatedHost {
  const { per, vcpus, l2s, workingSet, busy } = flags;
  if (busy === 0) {
    const cause = 'a host that is always halted has no exits';
    throw new UserError('usage', '--busy', cause, 'Write for example --busy 40%');
  }
  const factor = per === 'vcpu' ? vcpus : 1;
  return {
    exits: exits.map(({ reason, perSecond }) => ({ reason, perSecond: perSecond * factor })),
    vcpus,
    l2sPerVcpu: l2s,
    workingSetPages: workingSet ?? null,
    busyShare: busy ?? null,
  };
}

/** A flag that may be repeated elsewhere. */
function onlyOne(flag: string, words: readonly string[] | undefined, otherwise: string): string {
  if (words === undefined || words.length < 2) return words?.[0] ?? otherwise;
  throw new UserError('usage', flag, 'with --exits there is one at a time', 'Ask once for each');
}

function refuseRare({ exitsPerSecond, vcpus }: HostSuite): void {
  if (exitsPerSecond / vcpus >= RAREST_PER_VCPU) return;
  const cause = `fewer than ${RAREST_PER_VCPU} exits a second of a vCPU of L1 are too rare to save anything`;
  throw new UserError('usage', '--exits', cause, 'Check --per and --vcpus');
}

/** What is known of the host: what files hold comes before what is said. */
interface Known {
  readonly profile: ImportedProfile;
  readonly l2Trace: { readonly file: string } | null;
  readonly busyShare: number | null;
  readonly replaced: readonly string[];
  readonly rates: PmuRates | null;
}

async function knownOf(
  files: readonly string[],
  stated: StatedHost,
  flags: AnswerFlags,
  folder: string,
): Promise<Known> {
  const own = statedProfile(stated);
  if (files.length === 0) {
    return { profile: own, l2Trace: null, busyShare: null, replaced: [], rates: null };
  }
  const { profile, traces } = await importFiles(files, flags, () => {
    if (flags.out === undefined) makeFolder('reports');
    makeFolder(folder);
    return freeTracePath(folder, 'l2');
  });
  const trace = traces[0]?.written.tracePath;
  const busyShare = profile === null ? null : busyShareOf(profile, stated.vcpus);
  const measured = profile?.files.join(', ') ?? '';
  const replaced = [
    ...((profile?.exitsByReason.length ?? 0) > 0
      ? [`which exits there are is of ${measured}, and not of --exits`]
      : []),
    ...((profile?.nestedRuns ?? profile?.reflectedExits ?? null) !== null &&
    profile?.durationSeconds !== null
      ? [`how many nested exits there are is of ${measured}, and not of --exits`]
      : []),
    ...((profile?.vcpus ?? null) === null ? [] : [`the vCPUs are those of ${measured}`]),
    ...(busyShare === null ? [] : [`the time that vCPUs are not halted is of ${measured}`]),
    ...(trace === undefined ? [] : ['the working set is that of the address trace']),
    ...(profile?.report.understood ?? []).map(({ text }) => text),
  ];
  return {
    profile: profile === null ? own : merge(profile, own),
    l2Trace: trace === undefined ? null : { file: basename(trace) },
    busyShare,
    replaced,
    rates: profile === null ? null : pmuRates(profile),
  };
}

/** Milliseconds of task-clock over the time of all vCPUs; null where it was not counted. */
function busyShareOf(profile: ImportedProfile, vcpus: number): number | null {
  const clock = profile.pmuEvents.find(({ event }) => event === 'task-clock')?.count;
  if (clock === undefined || clock <= 0 || profile.durationSeconds === null) return null;
  return Math.min(1, clock / 1000 / profile.durationSeconds / (profile.vcpus ?? vcpus));
}

async function computed(
  host: HostSuite,
  suite: Suite,
  flags: AnswerFlags,
): Promise<Pick<HostText, 'answer' | 'safety' | 'baseSafety'>> {
  const plan = planCells({
    suites: [suite],
    machines: null,
    strategies: null,
    seeds: flags.seeds ?? null,
    jobs: flags.jobs,
    command: `${INVOCATION} answer`,
  });
  const cells = await runCells(plan, flags);
  const { fleet: _, ...alone } = suite;
  const one: Suite = { ...alone, ...onOneVcpu(host.document) };
  const before = selectStrategy(suite.baseline);
  const after = selectStrategy(suite.strategies[1]!);
  const machine = named('machine', suite.machines[0]!, MACHINES);
  const request = { suite: one, machine, before, after, suites: shippedSuites() };
  const analysis = await analyseSensitivity(request, (cellsOfDesign) =>
    runCells(cellsOfDesign, flags),
  );
  if (analysis === undefined) throw new Error('no draw of the unknowns can meet the calibration');
  return {
    answer: hostAnswer(host, cells, analysis),
    safety: storedSafety(after),
    baseSafety: storedSafety(before),
  };
}
