import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commandsPage } from '../scripts/reference/commands.ts';
import { entriesOf, referenceOf } from '../scripts/reference/reference.ts';

const namesIn = (text: string) => [...text.matchAll(/^### `(\w+)`$/gm)].map((match) => match[1]);

/** Whether its texts are current is checked by .ci/run: `npm run make -- reference` makes them so. */
describe('docs/reference/api.md', () => {
  const entries = entriesOf('src/index.ts');

  test('has an entry for each export, and no other', async () => {
    const made = namesIn(referenceOf(entries));
    expect(namesIn(readFileSync('docs/reference/api.md', 'utf8'))).toEqual(made);
    const values = Object.keys(await import('../src/index.ts'));
    expect(values.length).toBeGreaterThan(20);
    expect(made).toEqual(expect.arrayContaining(values));
  });

  test('takes text and signature from the source', () => {
    const entry = entries.find(({ name }) => name === 'machineById');
    expect(entry).toMatchObject({
      group: 'Functions',
      code: 'export function machineById(id: string): MachinePreset | undefined',
      file: 'src/hardware/presets/index.ts',
    });
    expect(entry?.doc).toMatch(/^The machine of that id/);
  });
});

test('docs/reference/commands.md is what --help says: npm run make -- commands writes it', async () => {
  expect(readFileSync('docs/reference/commands.md', 'utf8')).toBe(await commandsPage());
});
