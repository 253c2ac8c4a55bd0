import type { MachinePreset } from '../machine-preset.ts';
import { ICX } from './icx.ts';
import { K10_BARCELONA } from './k10-barcelona.ts';
import { SKX } from './skx.ts';
import { SPR } from './spr.ts';
import { ZEN1_NAPLES } from './zen1-naples.ts';
import { ZEN2_ROME } from './zen2-rome.ts';
import { ZEN3_MILAN } from './zen3-milan.ts';
import { ZEN4_GENOA } from './zen4-genoa.ts';
import { ZEN5_TURIN } from './zen5-turin.ts';

/** Every machine that ships, in the order in which lists show them. */
export const MACHINES: readonly MachinePreset[] = [
  ZEN1_NAPLES,
  ZEN2_ROME,
  ZEN3_MILAN,
  ZEN4_GENOA,
  ZEN5_TURIN,
  K10_BARCELONA,
  SKX,
  ICX,
  SPR,
];

/** The machine of that id, for example `zen3-milan`; undefined when there is none. */
export function machineById(id: string): MachinePreset | undefined {
  return MACHINES.find((machine) => machine.id === id);
}
