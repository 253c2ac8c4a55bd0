import { basename } from 'node:path';
import { dataPath } from '../../../inputs/load-data.ts';
import { readProbeFile } from '../../../probe/probe-file.ts';
import type { NamedProbe } from '../../../validation/host-rows.ts';
import { readText } from '../../files/read-text.ts';

/** Probes that ship with the program. */
const SHIPPED = ['epyc-genoa-vm'];

export function shippedProbes(): readonly NamedProbe[] {
  return SHIPPED.map((name) => readProbe(dataPath('probes', `${name}.json`), name));
}

/** A probe that the user named, called by its file. Throws UserError('input') where it is none. */
export function readProbe(path: string, name = basename(path, '.json')): NamedProbe {
  return { name, probe: readProbeFile(readText(path), path) };
}
