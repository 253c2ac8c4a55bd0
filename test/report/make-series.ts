import type { ScenarioSaving } from '../../src/series/costs.ts';
import type {
  FoundViolation,
  PatchReport,
  PrefixReport,
  SeriesReport,
} from '../../src/series/series.ts';

function saving(scenario: string, ns: number): ScenarioSaving {
  const width = ns === 0 ? 0 : 20;
  return {
    scenario,
    machine: 'zen3-milan',
    savingNs: { point: ns, low: ns - width, high: ns + width },
    savingRatio: { point: ns / 4000, low: (ns - width) / 4000, high: (ns + width) / 4000 },
  };
}

const savings = (first: number, second: number) => [
  saving('cpuid-npt-npt', first),
  saving('kv-redis-l2', second),
];

export const STORY: FoundViolation = {
  class: 'host',
  obligation: 'O7 ALL-LEVELS',
  world: 'one-vcpu',
  events: 3,
  transcript: ['v0 load p0', 'vm0 host-unmaps page=0', 'v0 touch page=0  # STALE: a hit'],
};

function patch(number: number, ns: number, dropped: Partial<PatchReport['dropped']>): PatchReport {
  return {
    number,
    subject: `KVM: nSVM: Subject ${number}`,
    kind: 'behaviour',
    what: 'Made for tests.',
    source: 'made-for-tests@example.invalid',
    changes: {},
    saving: saving('cpuid-npt-npt', ns),
    savings: savings(ns, ns * 4),
    dropped: {
      verdict: 'nothing',
      violation: null,
      transcript: [],
      statesExplored: 0,
      savings: savings(0, 0),
      ...dropped,
    },
  };
}

function prefix(after: number, verdict: PrefixReport['verdict'], ns: number): PrefixReport {
  return {
    after,
    verdict,
    violation: verdict === 'stale' ? STORY : null,
    statesExplored: verdict === 'same' ? 0 : 12_345,
    saving: saving('cpuid-npt-npt', ns),
    savings: savings(ns, ns * 4),
  };
}

/** A made-up series of four patches: one does nothing, two are needed, the last one saves. */
export function makeSeries(): SeriesReport {
  return {
    patches: [
      patch(1, 0, {}),
      patch(2, 0, { verdict: 'stale', violation: STORY, transcript: STORY.transcript }),
      patch(3, 0, { verdict: 'safe', statesExplored: 99 }),
      patch(4, 580, { verdict: 'cost', savings: savings(-580, -2_320) }),
    ],
    prefixes: [
      prefix(0, 'same', 0),
      prefix(1, 'same', 0),
      prefix(2, 'safe', 0),
      prefix(3, 'stale', 0),
      prefix(4, 'safe', 580),
    ],
  };
}
