import { expect, test } from 'vitest';
import { type PlanRequest, planBoots } from '../../src/rig/plan-boots.ts';
import { type RigWorkload, WORKLOADS, workloadHeader } from '../../src/rig/workloads.ts';

function named(...names: readonly string[]): readonly RigWorkload[] {
  return names.map((name) => WORKLOADS.find((each) => each.name === name)!);
}

function plan(request: Partial<PlanRequest>): ReturnType<typeof planBoots> {
  const usual = { l0: [{ npt: '1' }], l1: [{ npt: '1' }, { npt: '0' }], hasPages: true };
  const no = { hasSequence: false, vCpus: 1 };
  return planBoots({ ...usual, ...no, workloads: named('cpuid'), ...request });
}

const names = (boots: ReturnType<typeof planBoots>): readonly (readonly string[])[] =>
  boots.map(({ windows }) => windows.map(({ name }) => name));

test('one L1 runs all workloads with each of its parameters', () => {
  const boots = plan({ workloads: named('cpuid', 'pio') });
  expect(names(boots)).toEqual([
    ['npt-npt.cpuid', 'npt-npt.pio', 'npt-shadow.cpuid', 'npt-shadow.pio'],
  ]);
  expect(boots[0]).toMatchObject({
    command: 'windows',
    parameters: {
      l0: 'npt=1',
      l1: 'npt=1,npt=0',
      workloads: 'cpuid:flat::0:300:60:256,pio:flat::4:150:30:260',
    },
  });
});

test('L1 has as many vCPUs as were asked for, and windows the touches', () => {
  const [boot] = plan({ vCpus: 2, hasSequence: true, workloads: named('vcpus-apart') });
  expect(boot?.parameters).toMatchObject({
    vcpus: '2',
    workloads: 'vcpus-apart:flat:handover+apart+vcpus=2:14:60:20:782',
  });
});

test('an L0 without NPT offers L1 none', () => {
  const boots = plan({ l0: [{ npt: '1' }, { npt: '0', vls: '0' }], hasPages: false });
  expect(names(boots)).toEqual([['npt-npt.cpuid', 'npt-shadow.cpuid'], ['shadow-shadow.cpuid']]);
  expect(boots[1]?.parameters).toEqual({
    l0: 'npt=0+vls=0',
    l1: 'npt=0',
    workloads: 'cpuid:flat::0:300:60:0',
  });
});

test('what a Linux L2 does comes last, an L3 of it too, whatever was asked for first', () => {
  const boots = plan({ workloads: named('l3-cpuid', 'fork', 'cpuid'), l1: [{ npt: '1' }] });
  expect(names(boots)).toEqual([['npt-npt.cpuid', 'npt-npt.l3-cpuid', 'npt-npt.fork']]);
});

test('what L0 does to an L1 has boots of its own, with an L2 that opens no window', () => {
  const [first, ...others] = plan({ workloads: named('reclaim') });
  expect(others).toHaveLength(1);
  expect(first).toMatchObject({
    command: 'reclaim',
    windows: [{ name: 'npt-npt.reclaim' }],
    parameters: { workloads: 'spin:flat::5:0:10:0', kind: '12', rounds: '20' },
  });
});

test('workloads have names and numbers of their own, which fit a mark', () => {
  expect(new Set(WORKLOADS.map(({ name }) => name)).size).toBe(WORKLOADS.length);
  expect(new Set(WORKLOADS.map(({ id }) => id)).size).toBe(WORKLOADS.length);
  expect(Math.max(...WORKLOADS.map(({ id }) => id))).toBeLessThan(256);
  expect(workloadHeader()).toContain('#define WORKLOAD_TWO_L2S 10\n');
});
