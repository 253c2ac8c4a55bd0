import { MACHINES } from '../../../hardware/presets/index.ts';
import { type ListedParameter, listParameters } from '../../../hardware/presets/list-parameters.ts';
import { runMachine } from '../../../suite/run-machine.ts';
import { wrap } from '../../../util/wrap.ts';

interface Owned extends ListedParameter {
  readonly machine: string;
}

function all(): readonly Owned[] {
  return MACHINES.flatMap(({ id }) =>
    listParameters(runMachine(id)).map((each) => ({ ...each, machine: id })),
  );
}

/** Dotted paths of all numbers of all machines, each once. */
export function parameterPaths(): readonly string[] {
  return [...new Set(all().map((each) => each.path))];
}

/** A parameter on every machine that has it: value, range, confidence and source. */
export function explainParameter(path: string): string | undefined {
  const owned = all().filter((each) => each.path === path);
  if (owned.length === 0) return undefined;
  const unit = owned[0]?.parameter.unit ?? '';
  const byText = new Map<string, string[]>();
  for (const { machine, parameter } of owned) {
    const { value, low, high, confidence, source, note } = parameter;
    const range = low === high ? '' : ` (${low} to ${high})`;
    const words = note === undefined ? source : `${source} ${note}`;
    const text = `${value}${range}, ${confidence}\n${wrap(words, '      ')}`;
    byText.set(text, [...(byText.get(text) ?? []), machine]);
  }
  const lines = [...byText].map(
    ([text, machines]) => `${wrap(machines.join(', '), '  ')}:\n    ${text}`,
  );
  return [`parameter ${path}`, `  Unit: ${unit}.`, '', 'By machine:', ...lines].join('\n');
}
