import type { Estimate } from '../../probe/estimate.ts';
import type { Probe } from '../../probe/probe.ts';
import type { HostComparison, HostQuantity } from '../../validation/host-comparison.ts';
import { type Block, cell, left, paragraph, right } from '../blocks/document.ts';
import { formatNumber, PAGE } from '../blocks/numbers.ts';
import { terminalText } from '../blocks/terminal.ts';

/** Above this share huge pages back the probe's own memory and not something beside it. */
const HUGE_SHARE = 0.1;
const NS_PER_SECOND = 1e9;

const number = (value: number): string => formatNumber(value);

function interval({ point, low, high }: Estimate, digits: number): string {
  const text = (value: number) => number(Number(value.toFixed(digits)));
  return low === high ? text(point) : `${text(point)} (${text(low)}${PAGE.to}${text(high)})`;
}

/** What a run of the probe found, for a terminal of 80 columns. Everything here is host time. */
export function probeText(probe: Probe, comparison: HostComparison | null): string {
  return terminalText([
    hostBlock(probe),
    ...(comparison === null ? kneeBlocks(probe) : comparisonBlocks(probe, comparison)),
    paragraph(cpuidSentences(probe)),
  ]);
}

function hostBlock({ host, hugePageShare, samples, estimates }: Probe): Block {
  const family = host.family === null ? '' : ` (family ${host.family}, model ${host.model})`;
  const where =
    host.isVirtualMachine === null
      ? 'The host does not say whether it is a VM.'
      : host.isVirtualMachine
        ? "This is a VM (the CPU has the hypervisor flag): a TLB miss walks two dimensions, and what pages its host backs it with can't be seen from here."
        : 'This is no VM: a TLB miss walks one dimension.';
  return paragraph(
    `${host.modelName}${family}, about ${number(Number(estimates.clockGhz.point.toFixed(2)))} GHz. ${where} ` +
      `${hugePageSentence(host.transparentHugePages, hugePageShare)} ` +
      `${samples.clockGhz.length} rounds over ${estimates.curve.length} footprints; intervals are 95 % over rounds.`,
  );
}

function hugePageSentence(setting: string, share: number | null): string {
  const set = `Transparent huge pages are set to "${setting}"`;
  if (share === null) return `${set}; whether they back the probe is not known.`;
  if (share <= HUGE_SHARE) return `${set} and do not back the probe: these are 4 KiB pages.`;
  const percent = Math.round(share * 100);
  return (
    `${set} and back ${percent} % of the probe's memory: THIS CURVE IS NOT OF 4 KiB PAGES. ` +
    'Set them to "madvise" and probe again.'
  );
}

function comparisonBlocks(probe: Probe, { machine, quantities }: HostComparison): readonly Block[] {
  const unclear = probe.estimates.knees.filter((knee) => knee.isClear).length < 2;
  const table = {
    caption: '',
    columns: [left(''), right('measured here'), right(`modelled: ${machine}`)],
    rows: quantities.map((quantity) => cells(quantity).map((text) => cell(text))),
  };
  return [
    { kind: 'table', table, folded: false },
    paragraph(
      'Cycles measured are host time at the clock above. Bounds of the model are the ends of its ' +
        'parameters, and in a VM of what its host may back it with.',
    ),
    ...(unclear ? [paragraph(UNCLEAR)] : []),
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

function kneeBlocks({ estimates }: Probe): readonly Block[] {
  const clear = estimates.knees.filter((knee) => knee.isClear);
  const items = clear.map(
    ({ reachPages, rise }, index) =>
      `step ${index + 1}: after ${interval(reachPages, 0)} pages` +
      (rise === null ? '' : `, ${interval(rise, 2)} ns of host time`),
  );
  return [
    { kind: 'list', items: items.length === 0 ? ['no clear step'] : items },
    paragraph('No preset is of this kind of CPU. Name one with --machine to compare.'),
  ];
}

function cpuidSentences({ cpuid, host }: Probe): string {
  if ('reason' in cpuid) return `CPUID exits were not counted: ${cpuid.reason}.`;
  const { perSecond } = cpuid;
  const each = `${number(Math.round(NS_PER_SECOND / perSecond.point))} ns each`;
  const rate = `${interval(perSecond, 0)} CPUIDs per second of processor time, ${each}.`;
  if (host.isVirtualMachine === false) return `${rate} No VM: they cause no exits.`;
  return (
    `${rate} In a VM each is an exit. Published for comparison: 735 ns in a guest on Zen 3 ` +
    '(20231109180646.2963718-1-khorenko@virtuozzo.com), 3,897 and 3,321 ns in an L2 on Milan, with ' +
    'and without a flush on each transition (20250205182402.2147495-14-yosry.ahmed@linux.dev).'
  );
}
