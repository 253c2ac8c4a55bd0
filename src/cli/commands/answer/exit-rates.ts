import { exitReason } from '../../../importers/exit-names.ts';
import { exitCodeOf } from '../../../inputs/exit-codes.ts';
import { UserError } from '../../../util/user-error.ts';
import type { Parse } from '../../flags/flag.ts';

export interface ExitRate {
  /** As `inputs/exit-codes.ts` names it. */
  readonly reason: string;
  readonly perSecond: number;
}

/** `msr=24000,hlt=16000`: exits by the names of KVM's tracepoints, with their rates. */
export const exitRates: Parse<readonly ExitRate[]> = (typed, flag) => {
  const rates = typed.split(',').map((word): ExitRate => {
    const [, name = '', digits = ''] = /^([A-Za-z#][\w -]*)=(\d+(?:\.\d+)?)$/.exec(word) ?? [];
    const perSecond = Number(digits);
    if (name === '' || perSecond <= 0) {
      const cure = `Write for example ${flag} msr=24000,hlt=16000`;
      throw new UserError('usage', flag, `"${word}" is no exit with a rate above 0`, cure);
    }
    const reason = exitReason(name);
    if (exitCodeOf(reason) !== undefined) return { reason, perSecond };
    const cure =
      "Write it as KVM's tracepoints do: msr, hlt, io, cpuid, npf, interrupt, vintr, read_cr3";
    throw new UserError('usage', flag, `there is no exit "${name}"`, cure);
  });
  const twin = rates.find(({ reason }, at) => rates.findIndex((r) => r.reason === reason) !== at);
  if (twin === undefined) return rates;
  throw new UserError('usage', flag, `${twin.reason} stands twice`, 'Add the two rates');
};
