/**
 * Finds the fitted parameters of src/suite/calibration.ts again, from the published pair alone, and
 * counts the events of src/suite/calibration-events.ts: `npm run make -- calibration`. Prints what it
 * finds; tests compare it with the committed values.
 */
import {
  CALIBRATION_SEEDS,
  calibrationEvents,
  fitCalibration,
  withSeeds,
} from '../src/calibrate/fit-calibration.ts';
import { loadSuites } from '../src/suite/load-suite.ts';

const suites = loadSuites('suites/headline').map((suite) => withSeeds(suite, CALIBRATION_SEEDS));
const fitted = fitCalibration(suites);
process.stdout.write(`${JSON.stringify(fitted, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(calibrationEvents(suites), null, 2)}\n`);
