import type { EventKind } from '../../workloads/events.ts';
import type { Section } from '../blocks/document.ts';
import { listed } from '../blocks/words.ts';
import type { ReportModel } from './model.ts';

const EVENT_PREFIX = 'events.';

/** Events beside round trips that any scenario of the run has, by their names in suites. */
function eventsOf({ manifest }: Pick<ReportModel, 'manifest'>): readonly string[] {
  const paths = manifest.scenarios.flatMap(({ parameters }) =>
    parameters.filter(({ value }) => value > 0).map(({ path }) => path),
  );
  const events = paths.filter((path) => path.startsWith(EVENT_PREFIX));
  return [...new Set(events)].map((path) => path.slice(EVENT_PREFIX.length));
}

/** Which stale translations the run's own counter could have shown, whatever it did show. */
export function couldShow(model: Pick<ReportModel, 'manifest'>): string {
  const events = eventsOf(model);
  const has = (kind: EventKind): boolean => events.includes(kind);
  const missing = [
    ...(has('migrations') ? [] : ['no move of a vCPU']),
    ...(has('vcpuSwitches') ? [] : ['no switch of vCPUs']),
    ...(has('hostUnmaps') ? [] : ['no host unmap']),
  ];
  const classes = [
    ...(has('hostUnmaps') ? ['host'] : []),
    ...(has('migrations') || has('vcpuSwitches') ? ['crossVm'] : []),
    'guest',
  ];
  const shown = `stale translations of class ${listed(classes)}`;
  if (missing.length === 0) return `This run’s own counter can show ${shown}.`;
  return `This run has ${listed(missing)}: its own counter can show ${shown} only.`;
}

/** What a run without stale hits leaves open. */
export function notShown(): string {
  return (
    'No hit is not a proof: a run takes one order of events. A scenario is one VM with one ' +
    'vCPU and one L2 on one pCPU unless its question says otherwise, and none forces a vCPU out of L2. The ' +
    'checker tries the orders of events that a run does not.'
  );
}

/** `withPrices`: the report has a section about what prices could be. */
export function limitsSection(model: ReportModel, withPrices: boolean): Section {
  const { baseline } = model.manifest;
  const intervals = withPrices
    ? 'The intervals contain what varies between seeds and what costs and latencies could be; where a scenario was ' +
      'analysed beforehand also what sizes, exit rates and replacement could be. None contains what the model itself ' +
      'has wrong.'
    : 'The intervals contain what varies between seeds. They do not contain what is unknown about the ' +
      'hardware: for that, look at the ranges of the parameters.';
  return {
    id: 'limits',
    short: 'Limits',
    heading: 'These are modelled times, not measurements',
    tone: 'plain',
    blocks: [
      {
        kind: 'list',
        items: [
          intervals,
          'The only published AMD measurement of this change (20250205182402.2147495-14-yosry.ahmed@' +
            'linux.dev) fixes the sum of flush, sync and refill, not its parts. How the saving is ' +
            'divided among causes is the model’s statement.',
          `All savings are relative to ${baseline} on the machines named above. Other kernels, ` +
            'processors and guests differ.',
          'The checker’s worlds are small, and some were explored to a bound only: what it did not find may ' +
            'still be there.',
        ],
      },
    ],
  };
}
