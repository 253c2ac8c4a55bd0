import { describe, expect, test } from 'vitest';
import { worldById } from '../../src/checker/mutant-worlds.ts';
import { perform } from '../../src/checker/narrate.ts';
import { parseTranscript } from '../../src/checker/transcript.ts';
import { strategyNamed } from '../hypervisor/transcript.ts';

/** What is said of the last line when it cannot happen; null when everything can. */
function obstacle(transcript: string, strategy = 'rfc-2025-03'): string | null {
  const { world, events } = parseTranscript(transcript, 'transcript');
  const { behaviour } = strategyNamed(strategy);
  const told = perform(worldById(world ?? 'one-vcpu'), behaviour, events, true);
  if (told.impossible === null) return null;
  expect(told.impossible.index, 'only the last line is impossible').toBe(events.length - 1);
  return told.impossible.why;
}

const L1 = `v0 load p0
  v0 enter`;
const VMRUN = `${L1}
  v0 vmrun asid=1 tlb=0`;
const L2 = `${VMRUN}
  v0 enter`;

describe('an event cannot happen', () => {
  test.each([
    ['v0 vmrun asid=1 tlb=0', 'the guest does not run, it has to be entered first'],
    ['v0 enter', 'the vCPU is on no pCPU'],
    [`${L1}\nv0 reflected-exit`, 'L1 runs, and there is no L2 to leave'],
    [`${L1}\nv0 serve`, 'the guest runs, and L0 gets no turn before an exit'],
    [`${L1}\nv0 exit\nv0 forced-leave`, 'the vCPU is in L1'],
    [`${L1}\nv0 exit\nv0 handle`, 'no exit waits for its handler'],
    [`${L1}\nv0 svme-on`, 'EFER.SVME is set'],
    [`${L1}\nv0 svme-off\nv0 enter\nv0 vmrun asid=1 tlb=0`, 'EFER.SVME is clear'],
    [`${L2}\nv0 changes-npt12 page=0`, 'L2 runs, and only L1 can do it'],
    [`${L2}\nv0 reflected-exit\nv0 enter\nv0 rsm asid=2`, 'RSM goes back to the L2 that the SMI'],
    [`${L1}\nv0 hv-flush-l1 page=0`, 'the guest has no enlightenments of Hyper-V'],
    [`${L1}\nv0 pv-flush`, 'the vCPU is not preempted'],
    ['vm0 vm-dies\nvm0 vm-dies', 'the VM is dead'],
    ['vm0 vm-dies\nv0 load p0', 'its VM is dead'],
    ['vm0 vm-created', 'the VM that it replaces lives'],
    ['vm0 vm-dying\nvm0 vm-dying', 'the end of the VM has begun'],
  ])('%j', (transcript, why) => {
    expect(obstacle(transcript)).toContain(why);
  });
});

describe('an interrupt for L1', () => {
  test('is refused between VMRUN and the first instruction of L2 (nested_run_pending)', () => {
    const why = 'L2 has not run since VMRUN (nested_run_pending)';
    expect(obstacle(`${VMRUN}\nv0 interrupt-to-l1`)).toBe(why);
    expect(obstacle(`${VMRUN}\nv0 cancel\nv0 interrupt-to-l1`)).toBe(why);
    expect(obstacle(`world moving\n${VMRUN}\nv0 load p1\nv0 interrupt-to-l1`)).toBe(why);
  });

  test('is taken once L2 has run, and after L2 was left and entered again refused again', () => {
    expect(obstacle(`${L2}\nv0 exit\nv0 interrupt-to-l1`)).toBeNull();
    const again = `${L2}\nv0 reflected-exit\nv0 enter\nv0 vmrun asid=1 tlb=0\nv0 interrupt-to-l1`;
    expect(obstacle(again)).toContain('nested_run_pending');
  });

  test("comes after the vCPU's own flush requests, and may come before those of others", () => {
    expect(obstacle(`${L2}\nv0 emulated-flush\nv0 interrupt-to-l1`)).toBe(
      "the vCPU's own flush requests are served first",
    );
    expect(obstacle(`${L2}\nv0 emulated-flush\nv0 cancel\nv0 interrupt-to-l1`)).toBeNull();
    expect(obstacle(`${L2}\nvm0 host-unmaps page=0\nv0 interrupt-to-l1`)).toBeNull();
  });
});

test('an event that can happen and changes nothing is passed over', () => {
  expect(obstacle(`${L1}\nv0 enter\nv0 load p0\nv0 touch page=0\nv0 touch page=0`)).toBeNull();
});
