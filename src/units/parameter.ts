/** How far a parameter's number can be trusted, strongest first. */
export const CONFIDENCES = [
  'vendor',
  'measured',
  'derived',
  'secondary',
  'recalled',
  'assumed',
] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** Units that a parameter may have. `ratio` and `flag` (0 or 1) are dimensionless. */
export const UNITS = [
  'entries',
  'ways',
  'cycles',
  'cycles/instruction',
  'nanoseconds',
  'gigahertz',
  'asids',
  'lines',
  'pages',
  'instructions',
  'count',
  'ratio',
  'flag',
] as const;
export type Unit = (typeof UNITS)[number];

/**
 * One number of a model, with everything that a reader needs in order to doubt it.
 * `low` and `high` bound what the number could be; they equal `value` where the source leaves no doubt.
 * `assumed` means that nobody has published the number: `source` then gives the reasoning.
 */
export interface Parameter {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly unit: Unit;
  readonly confidence: Confidence;
  readonly source: string;
  readonly note?: string;
}
