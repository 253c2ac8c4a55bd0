import type { MachinePreset } from '../../hardware/machine-preset.ts';
import { MACHINES } from '../../hardware/presets/index.ts';
import type { LiveAnswer } from '../../live/live-answer.ts';
import type { LiveData } from '../../live/live-data.ts';
import { LIVE_SEEDS } from '../../live/live-question.ts';
import {
  fragmentOfState,
  type LiveState,
  NUMBER_CONTROLS,
  type NumberKey,
} from '../../live/live-state.ts';
import { LIVE_SCENARIOS } from '../../live/scenarios.ts';
import { escapeHtml } from '../blocks/escape.ts';
import { formatExact, formatNumber } from '../blocks/numbers.ts';
import { type LiveSafety, liveResultHtml } from './result.ts';

interface LiveChoices {
  /** What the page starts with. */
  readonly state: LiveState;
  /** `DEFAULT_BASELINE`, then all that can be chosen: those of the run first, as in the charts. */
  readonly strategies: readonly string[];
  /** How a command of this program begins. */
  readonly invocation: string;
  readonly safety: LiveSafety;
}

/** What the script of a page finds in it beside the controls. */
export interface LiveSettings extends LiveChoices {
  readonly data: LiveData;
}

/** What a page needs to be alive. */
export interface LivePage extends LiveChoices {
  /** `LiveData` as JSON. */
  readonly dataJson: string;
  /** To `state`, for those who run no scripts. */
  readonly answer: LiveAnswer;
  /** The bundle of `src/page`: JavaScript without `</script`. */
  readonly script: string;
}

export const LIVE_SECTION = { id: 'try', short: 'Try it' } as const;

const LABELS: Readonly<Record<NumberKey, string>> = {
  rate: 'Exits of L2',
  pages: 'Working set of L2',
  l2s: 'L2s on the vCPU of L1',
  switches: 'Switches of L2',
  tlb: 'Second-level TLBs',
  walk: 'Cost of a page walk',
  flush: 'Cost of a flush',
};

/** What a slider changes, where its label leaves that open. */
const HINTS: Readonly<Partial<Record<NumberKey, string>>> = {
  tlb: 'Entries for data; those for code change alike.',
  walk: 'On its start and on each reference to a page table.',
  flush: 'Of the hardware at VMRUN, and of the kernel for the request.',
};

/** The value of a control for people, with its unit, on the machine that the state makes. */
export function controlText(key: NumberKey, value: number, { tlb, costs }: MachinePreset): string {
  switch (key) {
    case 'rate':
      return `${formatExact(value)} per second`;
    case 'pages':
      return `${formatExact(value)} pages, ${sizeText(value * 4)}`;
    case 'l2s':
      return formatExact(value);
    case 'switches':
      return value === 1 ? 'at each round trip' : `1 in ${formatNumber(1 / value)} round trips`;
    case 'tlb':
      return `${formatExact(tlb.secondLevelData[0]?.entries.value ?? 0)} entries`;
    case 'walk':
      return `× ${formatExact(value)}`;
    case 'flush': {
      const cycles = costs.flushAsidCycles.value + costs.flushRequestCycles.value;
      return `${formatNumber(cycles)} cycles`;
    }
  }
}

/** What stands below a slider: why it changes nothing, or what it changes. */
export function controlHint(key: NumberKey, whyNot: string | null): string {
  return whyNot === null ? (HINTS[key] ?? '') : `Not here: ${whyNot}.`;
}

function sizeText(kib: number): string {
  return kib < 1024 ? `${kib} KiB` : `${Math.round((kib / 1024) * 10) / 10} MiB`;
}

/** The section in which a reader changes assumptions. Without scripts: the answer to those of the page. */
export function liveSectionHtml(page: LivePage): string {
  const { state, answer, strategies, invocation, safety, dataJson } = page;
  const { id } = LIVE_SECTION;
  const choices: LiveChoices = { state, strategies, invocation, safety };
  const settings = `${JSON.stringify(choices).slice(0, -1)},"data":${dataJson}}`;
  const json = settings.replaceAll('<', '\\u003c');
  return `<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">Other assumptions give another answer: compute yours here</h2>
<p>The model runs in this page. Choose what you know better: the answer is that of the command line, digit by digit, and the address of this page then holds your choice. It runs ${LIVE_SEEDS.count} seeds, to answer at once, so it can differ a little from the run above.</p>
<noscript><p>The controls need scripts, which are off. Below is the answer to the assumptions of this page.</p></noscript>
<form id="${id}-controls" class="controls" aria-label="Assumptions" hidden>
${selectHtml(
  'scenario',
  'Scenario',
  LIVE_SCENARIOS.map((each) => [each.id, each.label]),
)}
${selectHtml(
  'machine',
  'Machine',
  MACHINES.map((each) => [each.id, each.name]),
)}
${selectHtml(
  'strategy',
  'Strategy',
  strategies.slice(1).map((each) => [each, each]),
)}
${NUMBER_CONTROLS.map((each) => sliderHtml(each.key, each.stops.length - 1)).join('\n')}
<p class="buttons"><button type="button" id="${id}-reset">Back to the assumptions of this page</button></p>
</form>
<p id="${id}-trouble" class="bad" role="alert"></p>
<p id="${id}-status" class="quiet" role="status"></p>
<p id="${id}-place" class="quiet"></p>
<div id="${id}-result">
${liveResultHtml(answer, strategies, safety)}
</div>
<p>The same on a command line:</p>
<pre class="folding" tabindex="0"><code id="${id}-command">${escapeHtml(liveCommand(state, invocation))}</code></pre>
<script type="application/json" id="${id}-settings">${json}</script>
</section>`;
}

/** The command that prints the answer of a state. */
export function liveCommand(state: LiveState, invocation: string): string {
  return `${invocation} answer '#${fragmentOfState(state).replaceAll("'", '%27')}'`;
}

function selectHtml(
  key: string,
  label: string,
  options: readonly (readonly [value: string, text: string])[],
): string {
  const choices = options.map(
    ([value, text]) => `<option value="${escapeHtml(value)}">${escapeHtml(text)}</option>`,
  );
  return `<p class="${key}"><label for="try-${key}">${label}</label><select id="try-${key}">${choices.join('')}</select></p>`;
}

function sliderHtml(key: NumberKey, last: number): string {
  return `<p><label for="try-${key}">${LABELS[key]}</label><output id="try-${key}-value" for="try-${key}"></output><input type="range" id="try-${key}" min="0" max="${last}" step="1" aria-describedby="try-${key}-why"><small id="try-${key}-why"></small></p>`;
}
