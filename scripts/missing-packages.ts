import { missingPackages } from '../src/rig/build-tools.ts';

/** `missing-packages.js`: Debian's packages that building the emulator needs and this machine lacks, for `.ci/run`. */
process.stdout.write(`${missingPackages().join(' ')}\n`);
