import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { CheckerEvent } from './events.ts';
import { obstacleTo } from './obstacles.ts';
import { step } from './step.ts';
import { eventText } from './transcript.ts';
import { DEAD_DOMAIN } from './translations.ts';
import { World, type Wrong } from './world.ts';
import type { WorldSpec } from './world-spec.ts';

/** Width of the events' column; comments follow. */
const COLUMN = 30;

export interface Performed {
  /** Lines of the transcript, with what each event did. */
  readonly lines: readonly string[];
  readonly wrong: Wrong | null;
  /** Events performed before the violation, that one included; or all. */
  readonly used: number;
  /** The event that could not happen, where that ended the transcript; null if all could. */
  readonly impossible: { readonly index: number; readonly why: string } | null;
  readonly world: World;
}

export type StrictRun = (world: World, index: number, event: CheckerEvent) => void;

/**
 * Performs events in a world until something goes wrong. An event that cannot happen ends it when
 * `strict`, else is passed over; one that changes nothing is passed over.
 */
export function perform(
  spec: WorldSpec,
  behaviour: KvmBehaviour,
  events: readonly CheckerEvent[],
  strict: boolean,
  after: StrictRun = () => {},
): Performed {
  const world = new World(spec, behaviour);
  const lines: string[] = [];
  let happened = '';
  world.onVmrun = (record) => {
    happened += `VMRUN ${record.vmcb} ASID ${record.asid} TLB_CONTROL ${record.tlbControl}`;
  };
  world.onInvlpga = (pcpu, asid, page) => {
    happened += `INVLPGA p${pcpu} ASID ${asid} page ${page}; `;
  };
  for (const [index, event] of events.entries()) {
    happened = '';
    const did = step(world, event);
    const why = did || !strict ? null : obstacleTo(world, event);
    if (why !== null) {
      return { lines, wrong: null, used: index, impossible: { index, why }, world };
    }
    if (did) after(world, index, event);
    const comment = did && event.kind === 'touch' ? touchText(world, event) : happened;
    lines.push(line(event, comment.replace(/; $/, '')));
    if (world.wrong !== null) {
      return { lines, wrong: world.wrong, used: index + 1, impossible: null, world };
    }
  }
  return { lines, wrong: null, used: events.length, impossible: null, world };
}

function line(event: CheckerEvent, comment: string): string {
  const text = eventText(event);
  return comment === '' ? text : `${text.padEnd(COLUMN)}# ${comment}`;
}

function touchText(world: World, event: CheckerEvent): string {
  const vcpu = world.vcpus[event.actor]!;
  const level = levelText(world.levelOf(event.actor));
  if (world.wrong === null) {
    return `${level} fills ASID ${world.asidOf(event.actor)} on p${vcpu.pcpu}`;
  }
  return wrongText(world, world.wrong);
}

/** `L1`, or `L2 of asid12 1`. */
export function levelText(level: number): string {
  return level === 0 ? 'L1' : `L2 of asid12 ${level}`;
}

/** Whose an entry is: `v0's L1`. */
function domainText(world: World, domain: number): string {
  if (domain === DEAD_DOMAIN) return 'a dead VM';
  const { levels } = world.shape;
  const level = domain % levels;
  return `v${(domain - level) / levels}'s ${levelText(level)}`;
}

/** What is wrong, in one clause. */
function wrongText(world: World, wrong: Wrong): string {
  if (wrong.kind !== 'hit') {
    if (wrong.kind === 'asid 0') return 'VMRUN with ASID 0 fails';
    if (wrong.kind === 'SEV ASID reused') return 'a SEV ASID is reused without WBINVD, DF_FLUSH';
    return 'hardware flushes every ASID, the host included';
  }
  const { hit } = wrong;
  if (hit.layer === 'owner') return `STALE: hits an entry of ${domainText(world, hit.entryDomain)}`;
  if (hit.layer === 'host') return 'STALE: hits a page that the host took back';
  if (hit.from === 'shadow') return 'STALE: refills from a shadow PTE that was to be synced';
  return 'STALE: hits what its own flush covers';
}
