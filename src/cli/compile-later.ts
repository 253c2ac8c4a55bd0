import { setFlagsFromString } from 'node:v8';

/**
 * What V8 calls the threshold of its optimising compiler, by Node's major version, at four times its own value:
 * `npm run bench` ran 5 to 10 % faster so (Node 20 and 24, two cores; docs/evidence/performance.md). A run has a
 * thousand functions, most of them used for milliseconds only, and every thread compiles them for itself.
 */
const THRESHOLDS: Readonly<Record<string, string>> = {
  20: '--interrupt-budget=270336',
  24: '--invocation-count-for-turbofan=12000',
};

/** Null for versions where it was not measured to pay (Node 22: it did not): an unknown flag would print an error, which no `try` keeps back. */
export const thresholdFlag = (version: string): string | null =>
  THRESHOLDS[version.split('.')[0]!] ?? null;

/** Tells V8 to wait longer before it optimises a function. */
export function compileLater(): void {
  const flag = thresholdFlag(process.versions.node);
  if (flag !== null) setFlagsFromString(flag);
}
