import type { JobsOptions } from 'bullmq';
import { RESULTS_SCHEMA_VERSION, VERSION } from '../suite/version.ts';

/**
 * Jobs of another version, schema or build never meet workers of this one. `build` names the code
 * and the captured files.
 */
export function queueName(build: string): string {
  return `cells-${VERSION}-${RESULTS_SCHEMA_VERSION}-${build}`;
}
/** What all keys in Redis start with. */
export const KEY_PREFIX = 'asidbench';

/** Finished jobs stay so long, for those who resume a run or submit the same one. */
const KEEP_SECONDS = 7 * 24 * 3600;

export const JOB_OPTIONS: JobsOptions = {
  attempts: 1,
  removeOnComplete: { age: KEEP_SECONDS },
  removeOnFail: { age: KEEP_SECONDS },
};
