import type { Estimate } from '../../probe/estimate.ts';
import type { Probe } from '../../probe/probe.ts';
import type { HostComparison, HostQuantity } from '../../validation/host-comparison.ts';
import { escapeTerminal } from '../blocks/escape.ts';
import { ASCII, formatNumber } from '../blocks/numbers.ts';
import { type TextColumn, textTable } from '../blocks/text-table.ts';
import { wrapped } from '../run/terminal.ts';

const WIDTH = 80;
/** Above this share huge pages back the probe's own memory and not something beside it. */
const HUGE_SHARE = 0.1;
const NS_PER_SECOND = 1e9;

const number = (value: number): string => formatNumber(value, ASCII);

function interval({ point, low, high }: Estimate, digits: number): string {
  const text = (value: number) => number(Number(value.toFixed(digits)));
  return low === high ? text(point) : `${text(point)} (${text(low)}..${text(high)})`;
}

/** What a run of the probe found, for a terminal of 80 columns. Everything here is host time. */
export function probeText(probe: Probe, comparison: HostComparison | null): string {
  return [
    ...hostLines(probe),
    '',
    ...(comparison === null ? kneeLines(probe) : comparisonLines(probe, comparison)),
    '',
    ...cpuidLines(probe),
    '',
  ].join('\n');
}

function hostLines({ host, hugePageShare, samples, estimates }: Probe): readonly string[] {
  const family = host.family === null ? '' : ` (family ${host.family}, model ${host.model})`;
  const where =
    host.isVirtualMachine === null
      ? 'The host does not say whether it is a VM.'
      : host.isVirtualMachine
        ? "This is a VM (the CPU has the hypervisor flag): a TLB miss walks two dimensions, and what pages its host backs it with can't be seen from here."
        : 'This is no VM: a TLB miss walks one dimension.';
  return wrapped(
    `${escapeTerminal(host.modelName)}${family}, about ${number(Number(estimates.clockGhz.point.toFixed(2)))} GHz. ${where} ` +
      `${hugePageSentence(host.transparentHugePages, hugePageShare)} ` +
      `${samples.clockGhz.length} rounds over ${estimates.curve.length} footprints; intervals are 95 % over rounds.`,
  );
}

function hugePageSentence(setting: string, share: number | null): string {
  const set = `Transparent huge pages are set to "${escapeTerminal(setting)}"`;
  if (share === null) return `${set}; whether they back the probe is not known.`;
  if (share <= HUGE_SHARE) return `${set} and do not back the probe: these are 4 KiB pages.`;
  const percent = Math.round(share * 100);
  return (
    `${set} and back ${percent} % of the probe's memory: THIS CURVE IS NOT OF 4 KiB PAGES. ` +
    'Set them to "madvise" and probe again.'
  );
}

function comparisonLines(probe: Probe, { machine, quantities }: HostComparison): readonly string[] {
  const unclear = probe.estimates.knees.filter((knee) => knee.isClear).length < 2;
  const columns: readonly TextColumn[] = [
    { label: '', align: 'left' },
    { label: 'measured here', align: 'right' },
    { label: `modelled: ${machine}`, align: 'right' },
  ];
  return [
    ...textTable(columns, quantities.map(cells), WIDTH),
    '',
    ...wrapped(
      'Cycles measured are host time at the clock above. Bounds of the model are the ends of its ' +
        'parameters, and in a VM of what its host may back it with.',
    ),
    ...(unclear ? wrapped(UNCLEAR) : []),
  ];
}

const UNCLEAR =
  'A step counts as clear when 95 % of the resamples have it in the same place. Fewer than two ' +
  'are: the host may be too busy, or its pages are not of 4 KiB. Try again on an idle host.';

function cells({ what, unit, measured, predicted }: HostQuantity): readonly string[] {
  const digits = unit === 'pages' ? 0 : 1;
  return [
    `${what}, ${unit}`,
    measured === null ? 'no clear step' : interval(measured, digits),
    predicted === null ? '-' : interval(predicted, digits),
  ];
}

function kneeLines({ estimates }: Probe): string[] {
  const clear = estimates.knees.filter((knee) => knee.isClear);
  const lines = clear.map(
    ({ reachPages, rise }, index) =>
      `step ${index + 1}: after ${interval(reachPages, 0)} pages` +
      (rise === null ? '' : `, ${interval(rise, 2)} ns of host time`),
  );
  return [
    ...(lines.length === 0 ? ['no clear step'] : lines),
    ...wrapped('No preset is of this kind of CPU. Name one with --machine to compare.'),
  ];
}

function cpuidLines({ cpuid, host }: Probe): readonly string[] {
  if ('reason' in cpuid) return wrapped(`CPUID exits were not counted: ${cpuid.reason}.`);
  const { perSecond } = cpuid;
  const each = `${number(Math.round(NS_PER_SECOND / perSecond.point))} ns each`;
  const rate = `${interval(perSecond, 0)} CPUIDs per second of processor time, ${each}.`;
  if (host.isVirtualMachine === false) return wrapped(`${rate} No VM: they cause no exits.`);
  return wrapped(
    `${rate} In a VM each is an exit. Published for comparison: 735 ns in a guest on Zen 3 ` +
      '(20231109180646.2963718-1-khorenko@virtuozzo.com), 3,897 and 3,321 ns in an L2 on Milan, with ' +
      'and without a flush on each transition (20250205182402.2147495-14-yosry.ahmed@linux.dev).',
  );
}
