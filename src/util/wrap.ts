export const TERMINAL_COLUMNS = 80;

/**
 * Breaks a text at spaces into lines of at most `columns` characters.
 * Every line starts with `indent`; a longer word stays whole.
 */
export function wrap(text: string, indent = '', columns = TERMINAL_COLUMNS): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent.length + longer.length > columns) {
      lines.push(indent + line);
      line = word;
    } else {
      line = longer;
    }
  }
  lines.push(indent + line);
  return lines.join('\n');
}

/** `  name  text`, the text wrapped and hanging under itself. */
export function definition(name: string, text: string, nameColumns: number): string {
  const hanging = ' '.repeat(nameColumns + 4);
  const body = wrap(text, hanging).slice(hanging.length);
  const head = `  ${name.padEnd(nameColumns)}  `;
  return name.length <= nameColumns ? head + body : `  ${name}\n${hanging}${body}`;
}

/** The longest name's length, up to `limit`. */
export function nameColumns(names: readonly string[], limit = 24): number {
  return Math.min(limit, Math.max(0, ...names.map((name) => name.length)));
}
