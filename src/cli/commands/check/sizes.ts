import { WORLD_LIMITS, type WorldSpec } from '../../../checker/world-spec.ts';
import { UserError } from '../../../util/user-error.ts';
import type { CheckSizes } from './flags.ts';

/** A world with other sizes. Throws UserError('usage') for one that no state has room for. */
export function resized(world: WorldSpec, sizes: CheckSizes): WorldSpec {
  const spec: WorldSpec = {
    ...world,
    pcpus: sizes.pcpus ?? world.pcpus,
    vms: sizes.vcpus === undefined ? world.vms : world.vms.map(() => sizes.vcpus!),
    l2s: sizes.l2s ?? world.l2s,
    pages: sizes.pages ?? world.pages,
    asidCount: sizes.asids ?? world.asidCount,
    flushByAsid: world.flushByAsid && sizes.flushbyasid,
  };
  const vcpus = spec.vms.reduce((sum, count) => sum + count, 0);
  limit('--pcpus', spec.pcpus, 1, WORLD_LIMITS.pcpus);
  limit('--vcpus', vcpus, spec.vms.length, WORLD_LIMITS.vcpus);
  limit('--l2s', spec.l2s, 0, WORLD_LIMITS.l2s);
  limit('--pages', spec.pages, 1, WORLD_LIMITS.pages);
  limit('--asids', spec.asidCount, spec.minAsid + 1, WORLD_LIMITS.asidCount);
  return spec;
}

function limit(flag: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new UserError(
    'usage',
    flag,
    `a world with ${value} cannot be explored`,
    `Choose ${least} to ${most} in all`,
  );
}
