import { UserError } from '../../util/user-error.ts';
import { type Flags, longName } from './flag.ts';

/** Throws UserError('usage') for the first flag of `refused` that was given. */
export function refuseFlags<Table extends Flags>(
  refused: Table,
  values: { readonly [Key in keyof Table]: unknown },
  cause: string,
  cure: string,
): void {
  const given = Object.entries(refused).find(([key, { otherwise }]) => values[key] !== otherwise);
  if (given !== undefined) throw new UserError('usage', longName(given[1]), cause, cure);
}
