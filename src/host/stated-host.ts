import type { ImportedProfile } from '../importers/profile.ts';
import { emptyProfile } from '../importers/profile-builder.ts';

/** What somebody knows of a host without having recorded it. */
export interface StatedHost {
  /** Exits of L2 that L1 handles, by reason as `inputs/exit-codes.ts` names them, of the whole host. */
  readonly exits: readonly { readonly reason: string; readonly perSecond: number }[];
  /** vCPUs of L1, each on a pCPU of its own. */
  readonly vcpus: number;
  /** L2s that each of them runs in turn. */
  readonly l2sPerVcpu: number;
  /** 4 KiB pages of data that L2 comes back to; null: unknown. */
  readonly workingSetPages: number | null;
  /** Share of the time that a vCPU of L1 is not halted, above 0; null: unknown. */
  readonly busyShare: number | null;
}

/** A second of the host, as if somebody had recorded it. */
export function statedProfile({ exits, vcpus, l2sPerVcpu }: StatedHost): ImportedProfile {
  const count = exits.reduce((sum, { perSecond }) => sum + perSecond, 0);
  return {
    ...emptyProfile('stated', '--exits'),
    level: 'L0',
    vendor: 'svm',
    durationSeconds: 1,
    nestedRuns: count,
    reflectedExits: count,
    exitsByReason: exits.map(({ reason, perSecond }) => ({
      reason,
      from: 'L2',
      count: perSecond,
      reflected: perSecond,
    })),
    vcpus,
    l2s: l2sPerVcpu,
  };
}
