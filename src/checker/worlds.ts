import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { EventKind } from './event-kinds.ts';
import type { WorldSpec } from './world-spec.ts';

const RUNS: readonly EventKind[] = ['load', 'enter', 'exit', 'touch'];
const OWN_TABLES: readonly EventKind[] = ['changes-pte', 'invlpg', 'mov-cr3'];
const NESTING: readonly EventKind[] = ['vmrun', 'reflected-exit', 'changes-l2-pte', 'invlpga'];
const STEPS: readonly EventKind[] = ['serve', 'cancel', 'handle', 'interrupt-to-l1'];
const WAYS_OUT: readonly EventKind[] = [
  'vmrun-fails-early',
  'vmrun-fails-late',
  'forced-leave',
  'svme-off',
  'svme-on',
  'emulated-flush',
  'rsm',
  'interrupt-to-l1',
];

const BASE = {
  pcpus: 1,
  vms: [1],
  l2s: 2,
  pages: 1,
  asidCount: 6,
  minAsid: 1,
  flushByAsid: true,
  nptEnabled: true,
  nestedPaging: true,
  hyperV: false,
  sevVms: [],
  tlbControls: [0, 1, 3, 7],
  onlySvm: false,
} as const;

/** What `check` explores by default, in this order. Each reaches obligations that others can't. */
export const WORLDS: readonly WorldSpec[] = [
  {
    ...BASE,
    id: 'one-vcpu',
    what: 'one vCPU on one pCPU, two L2s, NPT in L0 and L1: every event of nesting',
    events: [
      ...RUNS,
      ...OWN_TABLES,
      ...NESTING,
      'changes-npt12',
      'host-unmaps',
      'memslot-deleted',
      'serve',
      'cancel',
      ...WAYS_OUT,
    ],
  },
  {
    ...BASE,
    id: 'moving',
    what: 'one vCPU on two pCPUs, preempted at every point',
    pcpus: 2,
    l2s: 1,
    events: [...RUNS, ...OWN_TABLES, ...NESTING, ...STEPS, 'host-unmaps'],
  },
  {
    ...BASE,
    id: 'sharing',
    what: 'two vCPUs of a VM on one pCPU',
    vms: [2],
    l2s: 1,
    events: [...RUNS, 'changes-pte', 'invlpg', ...NESTING, ...STEPS, 'host-unmaps'],
  },
  {
    ...BASE,
    id: 'two-vms',
    what: 'two VMs on two pCPUs, which die and are created again',
    pcpus: 2,
    vms: [1, 1],
    l2s: 0,
    asidCount: 4,
    events: [...RUNS, 'changes-pte', 'invlpg', 'host-unmaps', 'vm-dies', 'vm-created'],
  },
  {
    ...BASE,
    id: 'dying',
    what: 'VMs on one pCPU whose vCPUs still run when their end begins',
    vms: [1, 1],
    l2s: 0,
    asidCount: 4,
    events: [...RUNS, 'vm-dying', 'vm-dies', 'vm-created'],
  },
  {
    ...BASE,
    id: 'l1-shadow',
    what: 'NPT in L0, shadow paging in L1',
    nestedPaging: false,
    events: [...RUNS, ...OWN_TABLES, ...NESTING, 'host-unmaps', 'vmrun-fails-late', 'forced-leave'],
  },
  {
    ...BASE,
    id: 'l0-shadow',
    what: 'shadow paging in L0 and L1',
    nptEnabled: false,
    nestedPaging: false,
    events: [...RUNS, ...OWN_TABLES, ...NESTING, 'emulated-flush', 'host-unmaps'],
  },
  {
    ...BASE,
    id: 'no-flushbyasid',
    what: 'a CPU without FLUSHBYASID',
    l2s: 1,
    asidCount: 4,
    flushByAsid: false,
    onlySvm: true,
    events: [...RUNS, ...OWN_TABLES, ...NESTING, 'changes-npt12', 'host-unmaps'],
  },
  {
    ...BASE,
    id: 'exhausted',
    what: 'two VMs and too few ASIDs for them',
    vms: [1, 1],
    l2s: 0,
    asidCount: 2,
    events: [...RUNS, 'changes-pte', 'invlpg', 'host-unmaps', 'vm-dies', 'vm-created'],
  },
  {
    ...BASE,
    id: 'exhausted-l2',
    what: 'two VMs with ASIDs of their own, and too few for their L2s',
    vms: [1, 1],
    l2s: 1,
    asidCount: 4,
    events: [...RUNS, 'changes-pte', 'invlpg', 'vmrun', 'reflected-exit', 'host-unmaps'],
  },
  {
    ...BASE,
    id: 'sev',
    what: 'two SEV guests on two pCPUs that use their ASIDs again',
    pcpus: 2,
    vms: [1, 1],
    l2s: 0,
    asidCount: 5,
    minAsid: 3,
    sevVms: [0, 1],
    onlySvm: true,
    events: [...RUNS, 'changes-pte', 'invlpg', 'host-unmaps', 'vm-dies', 'vm-created'],
  },
  {
    ...BASE,
    id: 'hyper-v',
    what: "Hyper-V's flush queues of both levels",
    l2s: 1,
    hyperV: true,
    events: [
      ...RUNS,
      'changes-pte',
      'changes-l2-pte',
      'vmrun',
      'reflected-exit',
      'emulated-flush',
      'serve',
      'hv-flush-l1',
      'hv-flush-l2',
      'host-unmaps',
    ],
  },
  {
    ...BASE,
    id: 'paravirtual',
    what: "KVM's flush through the steal-time record, two vCPUs of a VM on one pCPU",
    vms: [2],
    l2s: 1,
    events: [...RUNS, 'changes-pte', 'vmrun', 'reflected-exit', 'pv-flush'],
  },
  {
    ...BASE,
    id: 'default',
    what: 'two vCPUs of a VM with two L2s each on two pCPUs: everything together',
    pcpus: 2,
    vms: [2],
    events: [
      ...RUNS,
      ...OWN_TABLES,
      ...NESTING,
      'changes-npt12',
      ...STEPS,
      'host-unmaps',
      'memslot-deleted',
      'vmrun-fails-late',
      'forced-leave',
      'svme-off',
      'svme-on',
      'emulated-flush',
      'rsm',
    ],
  },
];

/** The worlds that say something about a strategy: other hardware has neither SEV nor TLB_CONTROL. */
export function worldsFor(behaviour: KvmBehaviour): readonly WorldSpec[] {
  const isSvm = behaviour.guestFlush === 'at-next-vmrun';
  return WORLDS.filter((world) => isSvm || !world.onlySvm);
}
