/** What `npm run make -- NAME` runs. */
export interface Made {
  /** A module of scripts/, without its ending; absent: the program itself. */
  readonly script?: string;
  readonly words?: readonly string[];
  readonly what: string;
}

/** Everything that is made of the program and kept, and everything that is measured of it. */
export const MADE: Readonly<Record<string, Made>> = {
  schema: {
    script: 'make-suite-schema',
    words: ['suites/suite.schema.json'],
    what: 'suites/suite.schema.json, by which editors check suites',
  },
  index: {
    script: 'make-suite-index',
    words: ['suites/index.json'],
    what: 'suites/index.json: what list shows of suites',
  },
  reference: {
    script: 'make-reference',
    words: ['docs/reference/api.md'],
    what: 'docs/reference/api.md, of the docstrings',
  },
  commands: {
    script: 'make-commands',
    words: ['docs/reference/commands.md'],
    what: "docs/reference/commands.md, of the program's help",
  },
  validation: {
    script: 'make-validation',
    what: 'docs/evidence/validation.md and data/validation: the scoreboard',
  },
  sensitivity: {
    script: 'make-sensitivity',
    what: 'data/sensitivity of the headline suites, or of those named (2 minutes)',
  },
  series: {
    words: ['check', '--series', '--out', 'data/series/series.json'],
    what: 'data/series/series.json: the series patch by patch (2 minutes)',
  },
  verdicts: {
    script: 'make-verdicts',
    what: 'data/verdicts: what check --quick finds of every strategy that ships (2 minutes with --all)',
  },
  example: {
    script: 'make-example',
    what: "reports/example: the committed run's report.md and report.html, of its cells",
  },
  figure: {
    script: 'make-readme-figure',
    what: 'docs/evidence/headline.svg, of the committed run',
  },
  screenshots: { script: 'make-screenshots', what: "docs/screenshots, of the example's page" },
  captures: {
    script: 'make-captures',
    what: 'data/captures, or those named, with the emulator (minutes each)',
  },
  'sanitizer-evidence': {
    script: 'make-sanitizer-evidence',
    what: 'docs/evidence/sanitizer.md, by running everything in a folder again (hours)',
  },
  worlds: {
    script: 'make-worlds-table',
    what: 'the table of worlds in docs/evidence/findings.md (10 minutes)',
  },
  predictions: {
    script: 'predict',
    what: 'prints what the model says of published rates that it was not fitted to',
  },
  calibration: { script: 'calibrate', what: 'prints the fit to the published rates' },
  statistics: {
    script: 'prove-statistics',
    what: 'prints intervals and tests on data whose truth is known',
  },
  samples: {
    script: 'nightly/tool-samples',
    what: "records a file of each format with Debian's tools, and imports it",
  },
  fuzz: { script: 'fuzz-importers', what: 'damaged recordings: --seconds 600 --seed 1' },
  'fuzz-formats': {
    script: 'fuzz-formats',
    what: 'damaged suites, results, manifests, plans, jobs: --seconds 600 --seed 1',
  },
  'fuzz-compressed': {
    script: 'fuzz-compressed',
    what: 'damaged files in every compressed form: --seconds 600 --seed 1',
  },
  mutation: {
    script: 'nightly/mutation',
    what: 'small faults in the sources, which tests have to notice: --sample 100 --seed 1 (hours)',
  },
  'bench-simulator': {
    script: 'bench-simulator',
    what: 'how fast the simulator is, against a C program that counts the same',
  },
  'bench-importers': { script: 'bench-importers', what: 'how fast traces are imported' },
  'bench-checker': { script: 'bench-checker', what: 'how fast the checker is' },
};
