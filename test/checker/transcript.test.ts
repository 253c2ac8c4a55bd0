import { describe, expect, test } from 'vitest';
import { eventsOf } from '../../src/checker/events.ts';
import { MUTANT_WORLDS } from '../../src/checker/mutant-worlds.ts';
import { eventText, parseTranscript } from '../../src/checker/transcript.ts';
import { WORLDS } from '../../src/checker/worlds.ts';

describe('a transcript', () => {
  test('of any event of any world is read as it was written', () => {
    for (const world of [...WORLDS, ...MUTANT_WORLDS]) {
      const events = eventsOf(world);
      const text = `world ${world.id}\n${events.map((event) => `${eventText(event)}  # x`).join('\n')}`;
      expect(parseTranscript(text, 'here')).toEqual({
        world: world.id,
        events,
        lineNumbers: events.map((_, index) => index + 2),
      });
    }
  });

  test.each([
    ['v0 lod p0', 'file:1: "lod" is no event. Did you mean "load".'],
    ['v0 load', 'file:1: "load" lacks its pcpu. Add p0 or so.'],
    [
      '\nv0 vmrun asid=1 tlb=2',
      'file:2: "vmrun" has no operand "tlb=2". It takes asid, tlb, npt12.',
    ],
    ['v0 enter page=0', 'file:1: "enter" has no operand "page=0". It takes nothing.'],
    ['x0 enter', 'file:1: "x0" cannot do "enter". Begin the line with v0, v1 or so.'],
    ['v0 vm-dies', 'file:1: "v0" cannot do "vm-dies". Begin the line with vm0, vm1 or so.'],
  ])('with a mistake, %j, is refused with place, cause and cure', (text, message) => {
    expect(() => parseTranscript(text, 'file')).toThrow(message);
  });
});
