import type { Determined, HostFit } from '../../../calibrate/fit-host.ts';
import { wrap } from '../../../util/wrap.ts';
import { INVOCATION } from '../../output/invocation.ts';

interface FitParts {
  readonly machine: string;
  readonly suite: string;
  readonly fit: HostFit;
  readonly checks: readonly string[];
  readonly path: string;
}

/** A fit in 80 columns: what is determined, what stays open, what was checked. */
export function fitText({ machine, suite, fit, checks, path }: FitParts): string {
  return [
    `Determined, of ${machine}, by rates of ${suite}:`,
    ...fit.determined.map(determinedText),
    `Left open (${fit.open.length} assumed costs; the rates fix a sum and not its parts):`,
    wrap(openText(fit), '  '),
    ...(checks.length === 0 ? [] : ['Checked against the files:', ...checks.map(item)]),
    '',
    `Machine: ${path}`,
    `Use it:  ${INVOCATION} run headline --machine ${path}`,
    '',
  ].join('\n');
}

function determinedText({ path, prior, value, low, high, isInPrior, from }: Determined): string {
  const range = low === high ? '' : ` (${low} to ${high})`;
  const before = `before ${prior.value}, ${prior.low} to ${prior.high}`;
  const outside = isInPrior
    ? ''
    : '. That is outside of what it could be: something else differs, such as the kernel, its mitigations or the pinning';
  return item(`${path} = ${value}${range} ${prior.unit}, from ${from}; ${before}${outside}`);
}

function openText(fit: HostFit): string {
  return fit.open
    .map(({ path, parameter }) => `${path} (${parameter.low} to ${parameter.high})`)
    .join(', ');
}

function item(text: string): string {
  return `  - ${wrap(text, '    ').slice(4)}`;
}
