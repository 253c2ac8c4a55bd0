import { readJson } from '../../../util/read-json.ts';
import { UserError } from '../../../util/user-error.ts';
import { readText } from '../../files/read-text.ts';

/**
 * CPUIDs per second from the file of a probe. Throws UserError('input') where it has none.
 * Only the one key is read here, so that commands which take a rate start without the checker of
 * whole files.
 */
export function cpuidRateOf(path: string): number {
  const cure = 'Name a probe.json that "probe" wrote where a C compiler exists, or a number';
  const data = readJson(readText(path), path, cure);
  const rate =
    typeof data === 'object' && data !== null && 'cpuidPerSecond' in data
      ? data.cpuidPerSecond
      : undefined;
  if (typeof rate === 'number' && rate > 0) return rate;
  throw new UserError('input', path, 'there is no rate of CPUIDs in it', cure);
}
