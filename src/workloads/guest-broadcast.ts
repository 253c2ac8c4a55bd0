import { KIND } from '../cost/ledger.ts';
import { invlpgb } from '../hardware/invlpgb.ts';
import { asidOf } from '../hypervisor/asid-of.ts';
import { vcpuEnterGuest, vmexit } from '../hypervisor/kvm-svm.ts';
import { invlpgbInterception } from '../hypervisor/page-flushes.ts';
import type { L1ExitRunner } from './l1-exits.ts';

/**
 * L1 flushes a page on all of its vCPUs. Without INVLPGB it sends an interrupt to each other one:
 * an exit here, and an INVLPG there. `runners` are L1's, the issuer first.
 */
export function flushOnAllVcpus(
  runners: readonly L1ExitRunner[],
  row: number,
  drawTrip: (many: number) => number,
): void {
  const [issuer, ...others] = runners;
  if (issuer === undefined) return;
  const { world, vcpu, pcpu } = issuer.place;
  const { kvm, ledger, oracle } = world;
  oracle.guestChanged(row);
  const { guestInvlpgb } = kvm.behaviour;
  switch (guestInvlpgb) {
    case 'not-intercepted':
      invlpgb(world.pcpus, ledger, {
        mappings: [row],
        asid: asidOf(kvm, vcpu, vcpu.current),
        pcid: null,
        includeGlobal: true,
        finalOnly: false,
        includeNested: false,
      });
      break;
    case 'emulated':
      issuer.run(drawTrip(issuer.tripCount));
      invlpgbInterception(vcpu);
      ledger.charge(KIND.remoteFlush, others.length);
      break;
    case 'not-offered':
      vcpuEnterGuest(kvm, vcpu);
      pcpu.invlpg(row);
      vmexit(kvm, vcpu);
      for (const other of others) {
        issuer.run(drawTrip(issuer.tripCount));
        ledger.charge(KIND.remoteFlush, 1);
        vcpuEnterGuest(kvm, other.place.vcpu);
        other.place.pcpu.invlpg(row);
        vmexit(kvm, other.place.vcpu);
      }
      break;
    default:
      guestInvlpgb satisfies never;
  }
  oracle.guestFlushed([row], 'guest');
}
