import type { WorldSpec } from './world-spec.ts';
import { WORLDS } from './worlds.ts';

/** Worlds for single mutants: smaller than the default ones, so that a test explores them quickly. */
export const MUTANT_WORLDS: readonly WorldSpec[] = [
  {
    ...named('moving'),
    id: 'moving-plain',
    what: 'a vCPU without nesting on two pCPUs',
    l2s: 0,
    events: ['load', 'enter', 'touch', 'changes-pte', 'invlpg'],
  },
  {
    ...named('sharing'),
    id: 'swapping',
    what: 'two vCPUs of a VM on two pCPUs',
    pcpus: 2,
    l2s: 0,
    events: ['load', 'enter', 'touch'],
  },
  {
    ...named('sharing'),
    id: 'two-l2s',
    what: 'two vCPUs of a VM with two L2s each on two pCPUs',
    pcpus: 2,
    l2s: 2,
    tlbControls: [0],
    events: ['load', 'enter', 'touch', 'vmrun', 'reflected-exit'],
  },
  {
    ...named('one-vcpu'),
    id: 'nesting',
    what: 'one vCPU and its L2s, without odd ways in and out',
    events: [
      'load',
      'enter',
      'touch',
      'changes-pte',
      'changes-npt12',
      'invlpg',
      'vmrun',
      'reflected-exit',
      'emulated-flush',
      'host-unmaps',
    ],
  },
  {
    ...named('two-vms'),
    id: 'reuse',
    what: 'a VM on two pCPUs that dies and is created again',
    vms: [1],
    events: ['load', 'enter', 'touch', 'vm-dies', 'vm-created'],
  },
  {
    ...named('sev'),
    id: 'sev-mixed',
    what: 'a SEV guest and another VM',
    pcpus: 1,
    sevVms: [1],
    events: ['load', 'enter', 'touch'],
  },
];

function named(id: string): WorldSpec {
  const found = WORLDS.find((world) => world.id === id);
  if (found === undefined) throw new RangeError(`no world ${id}`);
  return found;
}

/** A default world or one of the mutants'. */
export function worldById(id: string): WorldSpec {
  return MUTANT_WORLDS.find((world) => world.id === id) ?? named(id);
}
