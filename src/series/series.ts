import type { Violation } from '../checker/findings.ts';
import { PATCHES, type Patch } from '../hypervisor/patches.ts';
import type { Strategy } from '../hypervisor/strategies.ts';
import type { CellResult } from '../run/results.ts';
import { type ScenarioSaving, savingsBetween } from './costs.ts';
import { behaviourId, type SeriesVariants } from './variants.ts';
import type { VerdictAnswer } from './verdicts.ts';

/** `same`: no behaviour differs. `safe`: nothing new was found within the bounds. */
export type SafetyVerdict = 'same' | 'safe' | 'stale';

/** A violation as far as a report tells it. */
export interface FoundViolation {
  readonly class: string;
  readonly obligation: string;
  readonly world: string;
  readonly events: number;
  readonly transcript: readonly string[];
}

/** The series without one of its patches, against the whole. */
export interface DroppedPatch {
  /** `cost`: safe, and a scenario is slower than with it. */
  readonly verdict: 'nothing' | 'cost' | 'safe' | 'stale';
  readonly violation: FoundViolation | null;
  readonly transcript: readonly string[];
  readonly statesExplored: number;
  /** What leaving it out saves: negative is what it costs. */
  readonly savings: readonly ScenarioSaving[];
}

/** One patch of the series. */
export interface PatchReport {
  readonly number: number;
  readonly subject: string;
  readonly kind: Patch['kind'];
  readonly what: string;
  readonly source: string;
  readonly changes: Readonly<Record<string, string>>;
  /** What it saves when it is applied in its place, in the first scenario. */
  readonly saving: ScenarioSaving | null;
  readonly savings: readonly ScenarioSaving[];
  readonly dropped: DroppedPatch;
}

/** The series up to a patch, against what was there before it. */
export interface PrefixReport {
  readonly after: number;
  readonly verdict: SafetyVerdict;
  readonly violation: FoundViolation | null;
  readonly statesExplored: number;
  readonly saving: ScenarioSaving | null;
  readonly savings: readonly ScenarioSaving[];
}

/** The whole series, patch by patch. */
export interface SeriesReport {
  readonly patches: readonly PatchReport[];
  readonly prefixes: readonly PrefixReport[];
}

/** Answers by `behaviourId`: for prefixes against v6.14, for dropped patches against the series. */
export interface SeriesEvidence {
  readonly cells: readonly CellResult[];
  /** `behaviourId` of a prefix as it was asked about. */
  readonly asAsked: (prefix: Strategy) => string;
  readonly prefixAnswers: ReadonlyMap<string, VerdictAnswer>;
  readonly droppedAnswers: ReadonlyMap<string, VerdictAnswer>;
}

/** Below this share of a round trip nobody would see a cost. */
const VISIBLE_RATIO = 0.001;

export function seriesReport(variants: SeriesVariants, evidence: SeriesEvidence): SeriesReport {
  return {
    patches: PATCHES.map((patch) => patchReport(patch, variants, evidence)),
    prefixes: variants.prefixes.map((_, after) => prefixReport(after, variants, evidence)),
  };
}

/** Savings of one variant against another; of the same behaviours none are computed: all are 0. */
function savings(
  variants: SeriesVariants,
  cells: readonly CellResult[],
  before: Strategy,
  after: Strategy,
): readonly ScenarioSaving[] {
  const first = variants.sameAs(before);
  const second = variants.sameAs(after);
  const found = savingsBetween(cells, first.id, second.id);
  if (first !== second) return found;
  const zero = { point: 0, low: 0, high: 0 };
  return found.map((each) => ({ ...each, savingNs: zero, savingRatio: zero }));
}

function patchReport(
  patch: Patch,
  variants: SeriesVariants,
  evidence: SeriesEvidence,
): PatchReport {
  const { number } = patch;
  const applied = savings(
    variants,
    evidence.cells,
    variants.prefixes[number - 1]!,
    variants.prefixes[number]!,
  );
  return {
    number,
    subject: patch.subject,
    kind: patch.kind,
    what: patch.what,
    source: patch.source,
    changes: patch.changes as Readonly<Record<string, string>>,
    saving: applied[0] ?? null,
    savings: applied,
    dropped: droppedPatch(number, variants, evidence),
  };
}

function droppedPatch(
  number: number,
  variants: SeriesVariants,
  evidence: SeriesEvidence,
): DroppedPatch {
  const whole = variants.prefixes.at(-1)!;
  const without = variants.dropped[number - 1]!;
  const costs = savings(variants, evidence.cells, whole, without);
  const found = evidence.droppedAnswers.get(behaviourId(without.behaviour));
  const base = {
    violation: found === undefined ? null : told(found.violation),
    transcript: found?.violation?.transcript ?? [],
    statesExplored: found?.statesExplored ?? 0,
    savings: costs,
  };
  if (behaviourId(whole.behaviour) === behaviourId(without.behaviour)) {
    return { verdict: 'nothing', ...base };
  }
  if (base.violation !== null) return { verdict: 'stale', ...base };
  const isSlower = costs.some(({ savingRatio }) => savingRatio.high < -VISIBLE_RATIO);
  return { verdict: isSlower ? 'cost' : 'safe', ...base };
}

function prefixReport(
  after: number,
  variants: SeriesVariants,
  evidence: SeriesEvidence,
): PrefixReport {
  const prefix = variants.prefixes[after]!;
  const baseline = variants.prefixes[0]!;
  const compared = savings(variants, evidence.cells, baseline, prefix);
  const found = evidence.prefixAnswers.get(evidence.asAsked(prefix));
  const isSame = behaviourId(prefix.behaviour) === behaviourId(baseline.behaviour);
  const violation = isSame || found === undefined ? null : told(found.violation);
  return {
    after,
    verdict: isSame ? 'same' : violation === null ? 'safe' : 'stale',
    violation,
    statesExplored: found?.statesExplored ?? 0,
    saving: compared[0] ?? null,
    savings: compared,
  };
}

function told(violation: Violation | null): FoundViolation | null {
  if (violation === null) return null;
  const { class: kind, obligation, world, events, transcript } = violation;
  return { class: kind, obligation, world, events, transcript };
}
