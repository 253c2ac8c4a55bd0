/**
 * Finds the fitted parameters of src/experiment/calibration.ts again, from the published pair alone:
 * `npm run calibrate`. Prints what it finds; a test compares it with the committed values.
 */
import { fitCalibration } from '../src/experiment/fit-calibration.ts';
import { loadSuites } from '../src/experiment/load-suite.ts';

const fitted = fitCalibration(loadSuites('suites/headline'));
process.stdout.write(`${JSON.stringify(fitted, null, 2)}\n`);
