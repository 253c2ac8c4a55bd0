import { expect, test } from 'vitest';
import { eventsOf } from '../../src/checker/events.ts';
import { worldById } from '../../src/checker/mutant-worlds.ts';
import { step } from '../../src/checker/step.ts';
import { World } from '../../src/checker/world.ts';
import { strategyNamed } from '../hypervisor/transcript.ts';

const FAULT = 'rfc-2026-06+tagFreed=while-vcpus-run';

test.each([
  ['whose end has begun', FAULT, ['vm-dying', 'vm-dies']],
  ['that ends at once', FAULT, ['vm-dies']],
  ['whose end has begun', 'rfc-2026-06', ['vm-dying', 'vm-dies']],
  ['that ends at once', 'rfc-2026-06', ['vm-dies']],
])('a VM %s under %s has given its numbers back once it is gone', (_, strategy, kinds) => {
  const spec = worldById('dying');
  const world = new World(spec, strategyNamed(strategy).behaviour);
  const used = () => world.kvm.usedAsids.filter((each) => each !== 0).length;
  const before = used();
  for (const kind of kinds) {
    const event = eventsOf(spec).find((each) => each.kind === kind && each.actor === 0)!;
    expect(step(world, event)).toBe(true);
    const isGone = kind === 'vm-dies' || strategy === FAULT;
    expect(used() < before).toBe(isGone);
  }
  const created = eventsOf(spec).find((each) => each.kind === 'vm-created' && each.actor === 0)!;
  step(world, created);
  expect(used()).toBe(before);
});
