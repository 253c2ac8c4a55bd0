import type { MachinePreset } from '../../hardware/machine-preset.ts';
import { MACHINES } from '../../hardware/presets/index.ts';
import { readMachineFile } from '../../suite/machine-file.ts';
import { readText } from '../files/read-text.ts';
import { unknownName } from './names.ts';

/** What `--machine` names: ids, null when each suite's own apply, and the machines of files. */
export interface SelectedMachines {
  readonly machines: readonly string[] | null;
  readonly ownMachines: readonly MachinePreset[];
}

/** `--machine` words, checked: an id of a machine that ships, or the path of a machine file. */
export function selectMachines(words: readonly string[]): SelectedMachines {
  const known = MACHINES.map((machine) => machine.id);
  const own = new Map<string, MachinePreset>();
  const ids = words.map((word) => {
    if (known.includes(word)) return word;
    if (!word.endsWith('.json')) throw unknownName('machine', word, known);
    const preset = readMachineFile(readText(word), word);
    own.set(preset.id, preset);
    return preset.id;
  });
  return {
    machines: words.length === 0 ? null : [...new Set(ids)],
    ownMachines: [...own.values()],
  };
}
