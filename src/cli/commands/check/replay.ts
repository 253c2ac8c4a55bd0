import { diagnose } from '../../../checker/diagnose.ts';
import { remediesFor } from '../../../checker/findings.ts';
import { perform } from '../../../checker/narrate.ts';
import { classOf } from '../../../checker/shrink.ts';
import { eventText, misfit, parseTranscript } from '../../../checker/transcript.ts';
import type { WorldSpec } from '../../../checker/world-spec.ts';
import { WORLDS } from '../../../checker/worlds.ts';
import type { Strategy } from '../../../hypervisor/strategies.ts';
import { EXIT_CODES, UserError } from '../../../util/user-error.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import { named } from '../../select/names.ts';
import type { CheckFlags } from './flags.ts';
import { resized } from './sizes.ts';

/** `check --replay`: performs a transcript under a strategy and says what happens. */
export function replayTranscript(
  strategy: Strategy,
  source: { readonly text: string; readonly place: string },
  flags: CheckFlags,
): number {
  const { text, place } = source;
  const { world, events, lineNumbers } = parseTranscript(text, place);
  const spec = resized(worldNamed(flags.world?.[0] ?? world, place), flags);
  const where = (index: number): string => `${place}:${lineNumbers[index]}`;
  const wrong = events.findIndex((event) => misfit(spec, event) !== null);
  if (wrong >= 0) {
    const event = events[wrong]!;
    const cause = `"${eventText(event)}" does not fit world ${spec.id}: ${misfit(spec, event)}`;
    const cure = 'Name the world that it was made in with --world';
    throw new UserError('input', where(wrong), cause, cure);
  }
  const told = perform(spec, strategy.behaviour, events, true);
  if (told.impossible !== null) {
    const { index, why } = told.impossible;
    const cause = `"${eventText(events[index]!)}" cannot happen here: ${why}`;
    throw new UserError('input', where(index), cause, 'Write the events that must come before it');
  }
  const setting = { spec, behaviour: strategy.behaviour };
  const performed = events.slice(0, told.used);
  const found =
    told.wrong === null
      ? null
      : {
          class: classOf(told.world, told.wrong),
          obligation: diagnose(setting, performed),
          remedies: remediesFor(setting, performed),
        };
  const body = { strategy: strategy.id, world: spec.id, transcript: told.lines, violation: found };
  if (flags.json) print(jsonText(body));
  else {
    const verdict =
      found === null ? 'No violation.' : `Violation: ${found.obligation} [${found.class}].`;
    print(
      `${strategy.id} in world ${spec.id}\n\n${told.lines.map((line) => `  ${line}\n`).join('')}\n${verdict}\n`,
    );
  }
  return found === null ? EXIT_CODES.ok : EXIT_CODES.violation;
}

function worldNamed(id: string | null, place: string): WorldSpec {
  if (id === null) {
    const known = WORLDS.map((world) => world.id);
    const cure = `Begin it with a line "world ID" or add --world; worlds are ${known.join(', ')}`;
    throw new UserError('input', place, 'the transcript names no world', cure);
  }
  return named('world', id, WORLDS);
}
