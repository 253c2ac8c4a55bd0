import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineById } from '../../hardware/presets/index.ts';
import { DEFAULT_BASELINE, strategyById } from '../../hypervisor/strategies.ts';
import { DEFAULT_STATE, type LiveState, stateOfScenario } from '../../live/live-state.ts';
import { LIVE_SCENARIOS } from '../../live/scenarios.ts';
import type { LivePage } from '../../report/live/section.ts';
import { reportModel } from '../../report/run/model.ts';
import { safetySentence, safetyTone } from '../../report/safety.ts';
import type { RunSummary } from '../../run/results.ts';
import { UserError } from '../../util/user-error.ts';
import { INVOCATION } from '../output/invocation.ts';
import { projectRoot } from '../project-root.ts';
import { storedSafetyOf } from './evidence.ts';
import { type KnownResults, liveAnswer } from './live-cells.ts';

/** Made by the build from `src/page` and the captures, and part of the package. */
const BUILT = 'dist/src/page';

/** Can be chosen whatever the run was about. */
const ALWAYS_OFFERED = ['rfc-2025-03', 'rfc-2026-06', 'asid-cache-2', 'asid-cache-4', 'ideal'];

/** What makes the page of a run alive. It starts with what the run is about, where that can be chosen; `known` saves it to run that once more. */
export function livePage(summary: RunSummary, known?: KnownResults): LivePage {
  const { headline, strategies } = reportModel(summary);
  const { scenario, comparison } = headline;
  // Of a run that compares with something else, the page can show no comparison but its own.
  const isOffered = (id: string) => id !== DEFAULT_BASELINE && strategyById(id)?.id === id;
  const state: LiveState = {
    ...(startsAt(scenario.id) ? stateOfScenario(scenario.id) : DEFAULT_STATE),
    ...(machineById(scenario.machine) === undefined ? {} : { machine: scenario.machine }),
    ...(isOffered(comparison.strategy) ? { strategy: comparison.strategy } : {}),
  };
  const offered = [...strategies.filter(isOffered), ...ALWAYS_OFFERED];
  const all = [...new Set([DEFAULT_BASELINE, ...offered])];
  const base = storedSafetyOf(DEFAULT_BASELINE);
  const safety = all.map((id) => {
    const own = storedSafetyOf(id);
    return [id, { text: safetySentence(own, base), tone: safetyTone(own) }] as const;
  });
  return {
    state,
    answer: liveAnswer(state, known),
    strategies: all,
    safety: Object.fromEntries(safety),
    invocation: INVOCATION,
    dataJson: built('data.json'),
    script: built('main.bundle.js'),
  };
}

/** Of a recorded program a page has the answer and not the recording: none of its controls could change anything. */
function startsAt(scenario: string): boolean {
  return LIVE_SCENARIOS.some(({ id, rate }) => id === scenario && rate === undefined);
}

function built(file: string): string {
  const path = join(projectRoot(), BUILT, file);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  const cause = 'it is missing: the program was built in part';
  throw new UserError('input', path, cause, 'Make it with `npm run build`');
}
