import { type Command, Option } from 'commander';

/** Makes a value of what is typed after a flag. Throws UserError('usage') for what has none. */
export type Parse<Value> = (typed: string, flag: string) => Value;

/** A flag: how it is typed, what help says of it, and how its text becomes a value. */
export interface Flag<Value> {
  readonly words: string;
  readonly what: string;
  /** Absent: the text itself, or true for a flag without one. */
  readonly parse?: Parse<Value>;
  /** The value is a list, and each time that the flag is given adds to it. */
  readonly isRepeated?: boolean;
  readonly choices?: readonly string[];
  /** The value where the flag is not given. */
  readonly otherwise: Value;
  /** What help says of that value, where it differs from machine to machine. */
  readonly otherwiseText?: string;
}

/** The flags of a command, each under the name that its long form makes: `cpuidBefore`. */
export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** What the flags of a table say, under its names. */
export type FlagValues<Table> = {
  readonly [Key in keyof Table]: Table[Key] extends Flag<infer Value> ? Value : never;
};

export function text(words: string, what: string): Flag<string | undefined> {
  return { words, what, otherwise: undefined };
}

export function textOr(words: string, what: string, otherwise: string): Flag<string> {
  return { words, what, otherwise };
}

/** A flag without a value; one that begins with `--no-` is true where it is not given. */
export function toggle(words: string, what: string): Flag<boolean> {
  return { words, what, otherwise: words.startsWith('--no-') };
}

export function parsed<Value>(
  words: string,
  what: string,
  parse: Parse<Value>,
): Flag<Value | undefined> {
  return { words, what, parse, otherwise: undefined };
}

export function parsedOr<Value>(
  words: string,
  what: string,
  parse: Parse<Value>,
  otherwise: Value,
): Flag<Value> {
  return { words, what, parse, otherwise };
}

export function choice<const Value extends string>(
  words: string,
  what: string,
  choices: readonly Value[],
): Flag<Value | undefined> {
  return { words, what, choices, otherwise: undefined };
}

export function choiceOr<const Value extends string>(
  words: string,
  what: string,
  choices: readonly Value[],
  otherwise: NoInfer<Value>,
): Flag<Value> {
  return { words, what, choices, otherwise };
}

/** A flag that may be given several times; `parse` makes a list of each, and they are joined. */
export function repeated<Item = string>(
  words: string,
  what: string,
  parse: Parse<readonly Item[]>,
): Flag<readonly Item[] | undefined> {
  return { words, what, parse, isRepeated: true, otherwise: undefined };
}

/** The word itself, for `repeated`. */
export const word: Parse<readonly string[]> = (typed) => [typed];

/** `--seeds` of `--seeds <n>`. */
export function longName({ words }: Flag<unknown>): string {
  return words.split(' ')[0] ?? words;
}

/** Lets a command take the flags of a table. */
export function addFlags(command: Command, flags: Flags): void {
  for (const flag of Object.values(flags)) {
    const option = new Option(flag.words, flag.what);
    if (flag.choices !== undefined) option.choices(flag.choices);
    if (flag.parse !== undefined) option.argParser(parserOf(flag));
    if (option.required && flag.otherwise !== undefined)
      option.default(flag.otherwise, flag.otherwiseText);
    command.addOption(option);
  }
}

/** What commander calls for each time that a flag is given. */
function parserOf(flag: Flag<unknown>): (typed: string) => unknown {
  const items: unknown[] = [];
  return (typed) => {
    const value = flag.parse?.(typed, longName(flag));
    if (flag.isRepeated !== true || !Array.isArray(value)) return value;
    items.push(...value);
    return items;
  };
}

/** What was typed, under the names of the table. */
export function valuesOf<Table extends Flags>(command: Command, flags: Table): FlagValues<Table> {
  const typed = command.opts<Record<string, unknown>>();
  const entries = Object.entries(flags).map(([key, flag]) => [key, typed[key] ?? flag.otherwise]);
  return Object.fromEntries(entries) as FlagValues<Table>;
}

/** The words that say these values again: lists of words one by one, a list of numbers as one word. */
export function spoken<Table extends Flags>(
  flags: Table,
  values: Partial<FlagValues<Table>>,
): readonly string[] {
  return Object.entries(flags).flatMap(([key, flag]) => {
    const value: unknown = values[key];
    if (value === undefined) return [];
    const isOneWord = !Array.isArray(value) || typeof value[0] === 'number';
    const words: readonly unknown[] = isOneWord ? [value] : value;
    return words.flatMap((word) => [longName(flag), String(word)]);
  });
}
