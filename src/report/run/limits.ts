import type { RunSummary } from '../../run/results.ts';
import type { Section } from '../blocks/document.ts';
import { listed } from '../blocks/words.ts';

const EVENT_PREFIX = 'events.';

/** Events beside round trips that any scenario of the run has, by their names in suites. */
function eventsOf({ manifest }: RunSummary): readonly string[] {
  const paths = manifest.scenarios.flatMap(({ parameters }) =>
    parameters.filter(({ value }) => value > 0).map(({ path }) => path),
  );
  const events = paths.filter((path) => path.startsWith(EVENT_PREFIX));
  return [...new Set(events)].map((path) => path.slice(EVENT_PREFIX.length));
}

/** What a run without stale hits leaves open. */
export function notShown(summary: RunSummary): string {
  const events = eventsOf(summary);
  const beside =
    events.length === 0
      ? 'Besides round trips these scenarios have no events: no vCPU moves to another pCPU, and the host ' +
        'takes no memory back.'
      : `Besides round trips these scenarios have, some of them, ${listed(events)} and no other events.`;
  return (
    `No hit is not a proof: a run takes one order of events. ${beside} A scenario is one VM with one ` +
    'vCPU and one L2 on one pCPU unless its question says otherwise, and none forces a vCPU out of L2. A ' +
    'strategy can be wrong in all that is missing and still show 0 here; the command check tries orders ' +
    'of events that a run does not.'
  );
}

/** `withPrices`: the report has a section about what prices could be. */
export function limitsSection(summary: RunSummary, withPrices: boolean): Section {
  const { baseline } = summary.manifest;
  const intervals = withPrices
    ? 'The intervals contain what varies between seeds; those of the section Uncertainty also what costs ' +
      'and latencies could be. Sizes, exit rates and replacement stay at their nominals there, and no ' +
      'interval contains what the model itself has wrong.'
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
          'No stale hit in a run is evidence, not proof: the run shows only the order of events ' +
            'that it took.',
        ],
      },
    ],
  };
}
