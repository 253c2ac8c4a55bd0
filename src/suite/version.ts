/** Version of the package; a test compares it with package.json. */
export const VERSION = '0.1.0';

/** Of results.jsonl and manifest.json: it changes where an older reader would misread them. */
export const RESULTS_SCHEMA_VERSION = 1;
