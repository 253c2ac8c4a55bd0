import { z } from 'zod';
import { machineConfig } from '../hardware/machine-config.ts';
import type { MachinePreset } from '../hardware/machine-preset.ts';
import { MACHINES, machineById } from '../hardware/presets/index.ts';
import { listParameters } from '../hardware/presets/list-parameters.ts';
import { TagSpace } from '../hardware/tags.ts';
import { buildTlbArrays } from '../hardware/tlb-arrays.ts';
import { CONFIDENCES, type Parameter, UNITS } from '../units/parameter.ts';
import { suggest } from '../util/suggest.ts';
import { UserError } from '../util/user-error.ts';
import { causeOf, mostTelling } from './explain-issue.ts';
import { runMachine } from './run-machine.ts';

export const MACHINE_FILE_KIND = 'asidbench-machine';

const parameterSchema = z.strictObject({
  path: z.string(),
  value: z.number().nonnegative(),
  low: z.number().nonnegative(),
  high: z.number().nonnegative(),
  unit: z.enum(UNITS),
  confidence: z.enum(CONFIDENCES),
  source: z.string().min(1),
  note: z.string().optional(),
});

const machineFileSchema = z.strictObject({
  kind: z.literal(MACHINE_FILE_KIND),
  schemaVersion: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'must be lower-case letters, digits, dots, dashes'),
  name: z.string().min(1),
  referencePart: z.string().min(1),
  base: z.enum(MACHINES.map((machine) => machine.id)),
  parameters: z.array(parameterSchema),
});

/** A machine as a user writes it: a shipped one with some parameters replaced. */
export type MachineFile = z.infer<typeof machineFileSchema>;

/** Replaces what stands at a path such as `tlb.firstLevelData.0.entries`. */
function replaced(node: unknown, keys: readonly string[], parameter: Parameter): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return parameter;
  if (Array.isArray(node)) {
    return node.map((each, index) =>
      String(index) === key ? replaced(each, rest, parameter) : each,
    );
  }
  const record = node as Readonly<Record<string, unknown>>;
  return { ...record, [key]: replaced(record[key], rest, parameter) };
}

/** A preset with other parameters; each path must be one that `listParameters` lists. */
export function withParameters(
  preset: MachinePreset,
  parameters: readonly (Parameter & { readonly path: string })[],
): MachinePreset {
  return parameters.reduce(
    (made, { path, ...parameter }) => replaced(made, path.split('.'), parameter) as MachinePreset,
    preset,
  );
}

function refuse(file: string, where: string, cause: string, cure: string): UserError {
  return new UserError('input', `${file} ${where}`.trim(), cause, cure);
}

const SEE_FORMATS = 'docs/reference/formats.md describes machine files; "probe" writes one';

function parse(text: string, file: string): MachineFile {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw refuse(file, '', `this is no JSON: ${what}`, SEE_FORMATS);
  }
  const result = machineFileSchema.safeParse(data);
  if (result.success) return result.data;
  const issue = mostTelling(result.error.issues);
  if (issue === undefined) throw new TypeError(`${file}: zod refused without an issue`);
  throw refuse(file, issue.path.join('.'), causeOf(issue, valueAt(data, issue.path)), SEE_FORMATS);
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (node, key) =>
      typeof node === 'object' && node !== null
        ? (node as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined,
    data,
  );
}

function checkParameters(machine: MachineFile, base: MachinePreset, file: string): void {
  const known = new Map(listParameters(base).map(({ path, parameter }) => [path, parameter]));
  for (const { path, value, low, high, unit } of machine.parameters) {
    const own = known.get(path);
    if (own === undefined) {
      const near = suggest(path, [...known.keys()]);
      const cure = near === undefined ? SEE_FORMATS : `The nearest parameter is "${near}"`;
      throw refuse(file, path, `${machine.base} has no such parameter`, cure);
    }
    if (unit !== own.unit) {
      throw refuse(file, path, `its unit is ${own.unit}, not ${unit}`, 'Convert the number');
    }
    if (low > value || value > high) {
      const cure = 'Write low, value and high in ascending order';
      throw refuse(file, path, `${value} is not from ${low} to ${high}`, cure);
    }
  }
}

/** The array code refuses geometries that it can't index; a user should see why. */
function checkGeometry(preset: MachinePreset, file: string): void {
  try {
    buildTlbArrays(machineConfig(preset), new TagSpace());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refuse(file, 'tlb', error.message, 'Change entries or ways of that array');
  }
}

/**
 * A machine from the text of its file: the base as runs use it, fitted parameters included, with the
 * file's parameters in place of the base's. Throws UserError('input') for the first mistake.
 */
export function readMachineFile(text: string, file: string): MachinePreset {
  const machine = parse(text, file);
  if (machineById(machine.id) !== undefined) {
    const cause = `"${machine.id}" is the id of a machine that ships`;
    throw refuse(file, 'id', cause, 'Give it an id of its own');
  }
  const base = runMachine(machine.base);
  checkParameters(machine, base, file);
  const preset = withParameters(
    { ...base, id: machine.id, name: machine.name, referencePart: machine.referencePart },
    machine.parameters.map(({ note, ...rest }) => (note === undefined ? rest : { ...rest, note })),
  );
  checkGeometry(preset, file);
  return preset;
}
