/**
 * Finds the fitted parameters of src/experiment/calibration.ts again, from the published pair alone:
 * `npm run calibrate`. Prints what it finds; a test compares it with the committed values.
 */
import { CALIBRATION_SEEDS, fitCalibration, withSeeds } from '../src/experiment/fit-calibration.ts';
import { loadSuites } from '../src/experiment/load-suite.ts';

const suites = loadSuites('suites/headline').map((suite) => withSeeds(suite, CALIBRATION_SEEDS));
const fitted = fitCalibration(suites);
process.stdout.write(`${JSON.stringify(fitted, null, 2)}\n`);
