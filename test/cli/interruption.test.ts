import { expect, test } from 'vitest';
import { listenForInterrupts } from '../../src/cli/running/interruption.ts';

test('the second Ctrl-C ends at once, but not the copy of the first that npm passes on', async () => {
  const listeners = new Set<() => void>();
  let now = 1000;
  let ended = 0;
  const interruption = listenForInterrupts(() => (ended += 1), {
    on: (listener) => listeners.add(listener),
    off: (listener) => listeners.delete(listener),
    nowMilliseconds: () => now,
  });
  const press = () => {
    for (const listener of listeners) listener();
  };
  expect(interruption.signal.aborted).toBe(false);
  press();
  await interruption.happened;
  expect(interruption.signal.aborted).toBe(true);
  now += 20;
  press();
  expect(ended).toBe(0);
  now += 1000;
  press();
  expect(ended).toBe(1);
  interruption.release();
  expect(listeners.size).toBe(0);
});
