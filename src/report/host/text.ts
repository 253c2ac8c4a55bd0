import type { PmuEvents } from '../../hardware/pmu-events.ts';
import type { HostAnswer } from '../../host/host-answer.ts';
import type { Interval } from '../../run/results.ts';
import { wrap } from '../../util/wrap.ts';
import { ASCII, formatNs, formatNumber, formatRatio } from '../blocks/numbers.ts';
import { OLD_NAME_NOTE, ROUND_TRIP_EVENTS } from '../perf-events.ts';
import { type Safety, safetySentence } from '../safety.ts';
import { type ReadBack, readBackSentences } from '../which-kernel.ts';
import { mapLines } from './map.ts';

export interface HostText {
  readonly answer: HostAnswer;
  readonly safety: Safety;
  readonly baseSafety: Safety;
  /** Null: nobody knows what this CPU counts. */
  readonly pmu: PmuEvents | null;
  /** What files have replaced of what was stated: sentences. */
  readonly replaced: readonly string[];
  /** What files counted that the model predicts. */
  readonly measured: readonly ReadBack[];
  readonly assumed: readonly string[];
}

/** The answer for a host that somebody has described, in 80 columns. */
export function hostText(text: HostText): string {
  const { answer, safety, baseSafety, pmu, replaced, measured, assumed } = text;
  return [
    wrap(titleOf(answer)),
    '',
    ...factsOf(answer),
    fact('safety', `${safetySentence(safety, baseSafety)} ${usedHere(answer)}`),
    '',
    ...(replaced.length === 0 ? [] : ['From the files:', ...replaced.map(item), '']),
    ...(measured.length === 0
      ? []
      : ['Counted on the host:', ...readBackSentences(measured).map(item), '']),
    ...(assumed.length === 0 ? [] : ['Assumed:', ...assumed.map(item), '']),
    ...unknownsOf(answer),
    '',
    ...(answer.place === null ? [] : [...mapLines(answer.place), '']),
    ...settlersOf(answer, pmu),
    '',
  ].join('\n');
}

function titleOf({ machine, baseline, strategy, vcpus, l2sPerVcpu, exitsPerSecond }: HostAnswer) {
  const l2s = l2sPerVcpu === 1 ? 'one L2' : `${l2sPerVcpu} L2s`;
  const vcpusText = vcpus === 1 ? 'its one vCPU' : `each of its ${vcpus} vCPUs`;
  return (
    `What ${strategy} would save against ${baseline} on ${machine}: L1 runs ${l2s} on ${vcpusText}, and handles ` +
    `${rate(exitsPerSecond.perHost)} exits a second per host, ${rate(exitsPerSecond.perVcpu)} per vCPU of L1. ` +
    'Modelled; intervals are 95 % of everything that is unknown.'
  );
}

function rate(perSecond: number): string {
  return formatNumber(Number(perSecond.toPrecision(4)), ASCII);
}

function factsOf(answer: HostAnswer): readonly string[] {
  const { savingNsPerExit, savingOfAllTime, savingOfBusyTime, coresPerHost, vcpus } = answer;
  const percent = (ratio: number) => formatRatio(ratio, ASCII);
  const cores = (count: number) => String(Number(count.toPrecision(2)));
  return [
    fact(
      'saving per exit',
      span(savingNsPerExit, (ns) => formatNs(ns, ASCII)),
    ),
    fact('of all time', `${span(savingOfAllTime, percent)}, halts included`),
    fact('of busy time', span(savingOfBusyTime, percent)),
    fact('cores per host', `${span(coresPerHost, cores)}, of ${vcpus}`),
    fact('with AVIC', avicSentence(answer)),
  ];
}

function span({ point, low, high }: Interval, text: (value: number) => string): string {
  return `${text(point)} (${text(low)} to ${text(high)})`;
}

function avicSentence({ savingNsPerExit: { point }, savingNsPerExitWithAvic }: HostAnswer): string {
  const left = point <= 0 ? '' : `, ${formatRatio(savingNsPerExitWithAvic / point, ASCII)} of it`;
  return (
    `${formatNs(savingNsPerExitWithAvic, ASCII)} per exit${left}, where guests use AVIC: activating it again at ` +
    "each nested #VMEXIT flushes L1's ASID under every strategy"
  );
}

/** What this run could have shown is said with what the checker says. */
function usedHere({ staleHits }: HostAnswer): string {
  return `In this run, which moves no vCPU and unmaps nothing, ${staleHits} were used.`;
}

const NAME_COLUMNS = 17;
/** Room for the backslash. */
const COMMAND_COLUMNS = 78;

function fact(name: string, text: string): string {
  const indent = ' '.repeat(NAME_COLUMNS + 2);
  return `  ${name.padEnd(NAME_COLUMNS)}${wrap(text, indent).slice(indent.length)}`;
}

function item(text: string): string {
  return `  - ${wrap(text, '    ').slice(4)}`;
}

/** Unknowns by the beginning of their path: what they are, and how each can be known. */
const UNKNOWNS: readonly (readonly [string, string, string])[] = [
  [
    'workload.hotPages',
    '4 KiB pages that L2 comes back to',
    'the working set: compare page walks per nested exit with the prediction, or record a program of L2 and give its trace',
  ],
  [
    'workload.exitsPerSecond',
    'exits a second of a vCPU of L1 while it is not halted',
    'halts: task-clock over the time of all vCPUs, which is --busy',
  ],
  [
    'events.l2Switches',
    'turns to another L2 per exit',
    'turns between L2s: give a trace of kvm_nested_vmenter',
  ],
  ['frequencyGhz', 'GHz', 'the clock: cycles over task-clock, by fit --ghz'],
  ['workload.', 'per exit', "L2's program: cycles over instructions"],
  ['measurement.', 'times what was published', 'the published rates: cpuid_rate in L2, by fit'],
  ['costs.', 'cycles', 'costs of this CPU: cpuid_rate in L2, by fit; run takes its machine file'],
  ['', '', 'this CPU: probe; run takes its machine file'],
];

function rowOf(path: string): (typeof UNKNOWNS)[number] {
  return UNKNOWNS.find(([start]) => path.startsWith(start))!;
}

function unknownsOf({ unknowns }: HostAnswer): readonly string[] {
  if (unknowns.length === 0) return [];
  const number = (value: number): string => formatNumber(value, ASCII);
  return [
    "What decides it, by share of the interval's variance:",
    ...unknowns.map(({ path, total, low, high, ratioAtLow, ratioAtHigh }) =>
      item(
        `${formatRatio(total.point, ASCII)} ${path}, ${number(low)} to ${number(high)} ${rowOf(path)[1]}: saves ` +
          `${formatRatio(ratioAtLow, ASCII)} of busy time near the one end and ${formatRatio(ratioAtHigh, ASCII)} near the other`,
      ),
    ),
  ];
}

function settlersOf(answer: HostAnswer, pmu: PmuEvents | null): readonly string[] {
  const { unknowns, walksPerExit, flushesPerTransition } = answer;
  const counted = [
    ...(pmu?.flushes == null ? [] : [pmu.flushes]),
    ...(pmu?.walks ?? []),
    ROUND_TRIP_EVENTS,
    'task-clock,cycles,instructions,duration_time',
  ];
  const command = `perf stat -x, -o host.csv -p PID ${counted.map((events) => `--event=${events}`).join(' ')} -- sleep 10`;
  const each = (value: number): string => formatNumber(Number(value.toPrecision(3)), ASCII);
  return [
    'To settle that, in L0, of the process that runs L1:',
    wrap(command, '    ', COMMAND_COLUMNS).replaceAll('\n', ' \\\n').replace(/^ {2}/, ''),
    ...[...new Set(unknowns.map(({ path }) => rowOf(path)[2]))].map(item),
    item(
      `predicted: ${each(walksPerExit.before)} page walks per nested exit before, ${each(walksPerExit.after)} after; ` +
        `${each(flushesPerTransition.before)} and ${each(flushesPerTransition.after)} flushes per transition`,
    ),
    item(OLD_NAME_NOTE),
    wrap('Then give host.csv to the same command: what was counted replaces what is assumed.'),
  ];
}
