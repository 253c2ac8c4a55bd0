import { expect } from 'vitest';
import { diagnose } from '../../src/checker/diagnose.ts';
import { worldById } from '../../src/checker/mutant-worlds.ts';
import { type Performed, perform } from '../../src/checker/narrate.ts';
import type { Obligation } from '../../src/checker/obligations.ts';
import { classOf, type ViolationClass } from '../../src/checker/shrink.ts';
import { parseTranscript } from '../../src/checker/transcript.ts';
import { strategyNamed } from '../hypervisor/transcript.ts';

/** `rfc-2025-03` or `rfc-2025-03 invlpga=as-invlpg`. */
function run(strategy: string, transcript: string): Performed & { obligation: Obligation | null } {
  const { world, events } = parseTranscript(transcript, 'transcript');
  const spec = worldById(world ?? 'one-vcpu');
  const { behaviour } = strategyNamed(strategy);
  const told = perform(spec, behaviour, events, true);
  expect(told.impossible, 'an event that cannot happen').toBeNull();
  const used = events.slice(0, told.used);
  const obligation = told.wrong === null ? null : diagnose({ spec, behaviour }, used);
  return { ...told, obligation };
}

/**
 * Performs a transcript as `check` prints it, line by line, and expects it to end in a violation. The
 * comments behind `#` must come out too, where there are any.
 */
export function expectViolation(
  strategy: string,
  transcript: string,
  expected: { class: ViolationClass; obligation: Obligation },
): void {
  const told = run(strategy, transcript);
  expect(told.wrong, 'a violation').not.toBeNull();
  expect({ class: classOf(told.world, told.wrong!), obligation: told.obligation }).toEqual(
    expected,
  );
  expect(told.used, 'the violation is at the end').toBe(told.lines.length);
  const commented = lines(transcript).filter((line) => line.includes('#'));
  expect(told.lines.map(squeezed)).toEqual(expect.arrayContaining(commented));
}

/** Performs a transcript, all of whose events must be possible, and expects nothing wrong. */
export function expectHarmless(strategy: string, transcript: string): void {
  expect(run(strategy, transcript).wrong).toBeNull();
}

/** Whether another strategy, under which every event must be possible too, gets through it. */
export function runsHarmless(strategy: string, transcript: string): boolean {
  return run(strategy, transcript).wrong === null;
}

function lines(transcript: string): string[] {
  return transcript.split('\n').map(squeezed);
}

function squeezed(line: string): string {
  return line.trim().replaceAll(/\s+/g, ' ');
}
