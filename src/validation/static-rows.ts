import { KIND } from '../cost/ledger.ts';
import type { MachineConfig } from '../hardware/machine-config.ts';
import { machineConfig } from '../hardware/machine-config.ts';
import { vcpuEnterGuest, vmexit } from '../hypervisor/kvm-svm.ts';
import { KVM_REQ } from '../hypervisor/requests.ts';
import { type Strategy, strategyById } from '../hypervisor/strategies.ts';
import { kvmMakeRequest } from '../hypervisor/tlb-requests.ts';
import { runMachine } from '../suite/run-machine.ts';
import { capturedL0Exits } from '../workloads/captures.ts';
import { World } from '../workloads/world.ts';
import { comparedRow, type ValidationRow } from './rows.ts';

const SOURCE =
  '20250313215540.4171762-1-yosry.ahmed@linux.dev: "no difference or a 1-2% hit for the old hardware case"';
const MACHINE = 'zen3-milan';
const EXITS = 2000;
const WARM_EXITS = 200;
const SEED = 1;
/** What "no difference" can mean over five runs; assumed. */
const NO_DIFFERENCE_PERCENT = 0.5;

const SETUP =
  'AMD Milan, one guest that is not nested; netperf, cpuid_rate and a program that maps and unmaps ' +
  '100 MB a hundred times, with NPT and without; no table was published. Modelled: the captured CPUID ' +
  'exit of such a guest, static-2025-03-13 against kvm-6.14. ';

/** What the static ASIDs of March 2025 cost a guest that never nests. */
export function staticRows(): readonly ValidationRow[] {
  const shared = {
    topic: 'static',
    kind: 'validation',
    unit: '% of rate',
    source: SOURCE,
  } as const;
  const config = machineConfig(runMachine(MACHINE));
  const old: MachineConfig = { ...config, flushByAsid: false };
  const none = change(config, 0);
  const every = change(config, 1);
  const oldNone = change(old, 0);
  const oldEvery = change(old, 1);
  return [
    comparedRow({
      ...shared,
      id: 'static-flushbyasid',
      quantity: 'change with static ASIDs, FLUSHBYASID present',
      setup: `${SETUP}Bounds: no flush, and a flush at each exit. Measured interval: half a per cent, assumed.`,
      measured: 0,
      measuredInterval: { low: -NO_DIFFERENCE_PERCENT, high: NO_DIFFERENCE_PERCENT },
      predicted: { point: none, low: Math.min(none, every), high: Math.max(none, every) },
      ifOutside: 'a flush by a static ASID costs otherwise than one by a dynamic ASID',
    }),
    comparedRow({
      ...shared,
      id: 'static-no-flushbyasid',
      quantity: 'change with static ASIDs, FLUSHBYASID hidden',
      setup:
        `${SETUP}Bounds: no flush, and a flush at each exit; how often the published programs flush is not ` +
        'known, so only the direction and the order of magnitude are compared.',
      measured: -1,
      measuredInterval: { low: -2, high: 0 },
      predicted: {
        point: oldNone,
        low: Math.min(oldNone, oldEvery),
        high: Math.max(oldNone, oldEvery),
      },
      ifOutside: 'a flush of everything does not cost more than a new ASID',
    }),
  ];
}

/** Change of the rate of exits in per cent when the guest asks for a flush at that share of exits. */
function change(config: MachineConfig, flushShare: 0 | 1): number {
  const before = cyclesPerExit(config, named('kvm-6.14'), flushShare);
  const after = cyclesPerExit(config, named('static-2025-03-13'), flushShare);
  return (before / after - 1) * 100;
}

function named(id: string): Strategy {
  const found = strategyById(id);
  if (found === undefined) throw new RangeError(`there is no strategy ${id}`);
  return found;
}

function cyclesPerExit(config: MachineConfig, strategy: Strategy, flushShare: 0 | 1): number {
  const world = new World({
    config,
    behaviour: strategy.behaviour,
    paging: { l0: 'npt', l1: 'npt' },
    pageSizes: { l0: 'kernel-2m', l1: 'kernel-2m', l2: '4k', nptForL1: '2m', nptForL2: '4k' },
    l2Cr4Pge: 'same',
    seed: SEED,
  });
  const { pages, steps } = capturedL0Exits('l0flat.cpuid', 'CPUID', 'L1');
  const [place] = world.places;
  if (place === undefined) throw new RangeError('the world has no vCPU');
  const streams = steps.map((step) => place.stream(0, pages, step.touches));
  world.reserve();
  const { kvm, ledger } = world;
  const { vcpu, pcpu } = place;
  const exit = (number: number): void => {
    const at = number % steps.length;
    const stream = streams[at]!;
    pcpu.run(stream, 0, stream.touches.length);
    ledger.charge(KIND.l0Instruction, steps[at]!.instructions);
    if (flushShare === 1) kvmMakeRequest(vcpu, KVM_REQ.tlbFlushCurrent, 'guestFlush');
    vcpuEnterGuest(kvm, vcpu);
    vmexit(kvm, vcpu);
  };
  for (let number = 0; number < WARM_EXITS; number += 1) exit(number);
  const warm = ledger.cycles;
  for (let number = 0; number < EXITS; number += 1) exit(number);
  return (ledger.cycles - warm) / EXITS;
}
