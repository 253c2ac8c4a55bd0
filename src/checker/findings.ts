import {
  BEHAVIOUR_KEYS,
  type BehaviourKey,
  behaviourValues,
  isFault,
  type KvmBehaviour,
} from '../hypervisor/behaviour.ts';
import { concretePath } from './concrete-path.ts';
import { diagnose } from './diagnose.ts';
import type { CheckerEventKind } from './event-kinds.ts';
import type { CheckerEvent } from './events.ts';
import { perform } from './narrate.ts';
import type { Obligation } from './obligations.ts';
import { classOf, runPath, type Setting, shrink, type ViolationClass } from './shrink.ts';

/** A single change of behaviour after which a transcript is harmless. */
export interface Remedy {
  readonly behaviour: BehaviourKey;
  readonly value: string;
}

/** One way in which something goes wrong, by its shortest transcript. */
export interface Violation {
  readonly class: ViolationClass;
  readonly obligation: Obligation;
  readonly world: string;
  /** Events, one a line, with what each did. */
  readonly transcript: readonly string[];
  readonly events: number;
  /** The same for violations that are one finding. */
  readonly cause: string;
  /** Paths that came to the same. */
  paths: number;
  /** True when a base was given and the transcript is harmless under it. */
  readonly isNew: boolean;
  /** Single changes of behaviour that make this transcript harmless. */
  readonly remedies: readonly Remedy[];
}

/** Events that are part of why something goes wrong, beside the plain ones. */
const TELLING: readonly CheckerEventKind[] = [
  'serve',
  'cancel',
  'handle',
  'invlpga',
  'emulated-flush',
  'vmrun-fails-early',
  'vmrun-fails-late',
  'rsm',
  'interrupt-to-l1',
  'forced-leave',
  'set-nested-state',
  'off-and-on',
  'svme-off',
  'svme-on',
  'host-unmaps',
  'memslot-deleted',
  'vm-dies',
  'pv-flush',
  'hv-flush-l1',
  'hv-flush-l2',
];

/**
 * Sorts violating paths into distinct findings. Two paths are one finding when, made as short as
 * possible, they break the same obligation in the same class and the same single changes of behaviour
 * make them harmless.
 */
export class Findings {
  readonly found: Violation[] = [];
  private readonly setting: Setting;
  private readonly base: KvmBehaviour | null;
  /** Finding by what a path looks like before it is shrunk, and after. */
  private readonly byPath = new Map<string, Violation>();
  private readonly byCause = new Map<string, Violation>();

  constructor(setting: Setting, base: KvmBehaviour | null) {
    this.setting = setting;
    this.base = base;
  }

  /** Takes a path under the explorer's names. Returns its finding. */
  addExplored(path: readonly CheckerEvent[]): Violation {
    const { spec, behaviour } = this.setting;
    return this.add(concretePath(spec, behaviour, path));
  }

  add(path: readonly CheckerEvent[]): Violation {
    const { setting, base } = this;
    const run = runPath(setting, path);
    if (run.wrong === null) throw new RangeError('the path is not a violation when it is replayed');
    const isNew = base !== null && runPath({ ...setting, behaviour: base }, path).wrong === null;
    const looks = `${run.shape} ${isNew} ${tellingKinds(path).join(' ')}`;
    const known = this.byPath.get(looks);
    if (known !== undefined) {
      known.paths += 1;
      return known;
    }
    const finding = this.sort(path, isNew);
    this.byPath.set(looks, finding);
    return finding;
  }

  private sort(path: readonly CheckerEvent[], isNew: boolean): Violation {
    const { setting, base } = this;
    let events = shrink(setting, path);
    // A shorter path may be another one's fault.
    if (isNew && base !== null && runPath({ ...setting, behaviour: base }, events).wrong !== null) {
      events = runPath(setting, path).performed;
    }
    const obligation = diagnose(setting, events);
    const remedies = remediesFor(setting, events);
    const cause = [
      runPath(setting, events).shape.split(' ')[0],
      obligation,
      isNew,
      causeText(remedies, events),
    ].join();
    const known = this.byCause.get(cause);
    if (known !== undefined) {
      known.paths += 1;
      return known;
    }
    const { spec, behaviour } = setting;
    const told = perform(spec, behaviour, events, false);
    const finding: Violation = {
      class: classOf(told.world, told.wrong!),
      obligation,
      world: spec.id,
      transcript: told.lines,
      events: events.length,
      cause,
      paths: 1,
      isNew,
      remedies,
    };
    this.byCause.set(cause, finding);
    this.found.push(finding);
    return finding;
  }
}

/** The decisions behind it; where no single one is, what happened. */
function causeText(remedies: readonly Remedy[], events: readonly CheckerEvent[]): string {
  if (remedies.length === 0) return tellingKinds(events).join(' ');
  return remedies.map(({ behaviour, value }) => `${behaviour}=${value}`).join(' ');
}

function tellingKinds(events: readonly CheckerEvent[]): string[] {
  const kinds = events.map<CheckerEventKind>(({ kind }) => (kind === 'serve' ? 'cancel' : kind));
  return TELLING.filter((kind) => kinds.includes(kind));
}

/** Changes that are bounds or other hardware rather than remedies. */
const NOT_REMEDIES: readonly BehaviourKey[] = ['everyVmrun', 'staleEntries', 'guestFlush'];

/** Tries every other value of every behaviour against a transcript; faults are no remedies. */
export function remediesFor(setting: Setting, events: readonly CheckerEvent[]): readonly Remedy[] {
  return BEHAVIOUR_KEYS.filter((key) => !NOT_REMEDIES.includes(key)).flatMap((behaviour) =>
    behaviourValues(behaviour)
      .filter((value) => value !== setting.behaviour[behaviour] && !isFault(behaviour, value))
      .filter((value) => isHarmless(setting, events, behaviour, value))
      .map((value) => ({ behaviour, value })),
  );
}

function isHarmless(
  setting: Setting,
  events: readonly CheckerEvent[],
  key: BehaviourKey,
  value: string,
): boolean {
  const behaviour: KvmBehaviour = { ...setting.behaviour, [key]: value };
  return runPath({ ...setting, behaviour }, events).wrong === null;
}
