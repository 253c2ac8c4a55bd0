import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseManifest, parseResults } from '../../src/run/parse-run.ts';

const manifestText = readFileSync('reports/example/manifest.json', 'utf8');
const line = readFileSync('reports/example/results.jsonl', 'utf8').split('\n')[0]!;
const changed = (text: string, change: object) =>
  JSON.stringify({ ...JSON.parse(text), ...change });

describe('reading a run', () => {
  test('gives what was written', () => {
    expect(parseManifest(manifestText, 'm')).toEqual(JSON.parse(manifestText));
    expect(parseResults(`${line}\n`, 'r')).toEqual([JSON.parse(line)]);
  });

  test('takes a run that is older than a cause, with 0 cycles of it', () => {
    const { refillTlb, ...cyclesPerTrip } = JSON.parse(line).cyclesPerTrip;
    expect(refillTlb).toBeGreaterThan(0);
    const [cell] = parseResults(changed(line, { cyclesPerTrip }), 'r');
    expect(cell?.cyclesPerTrip.refillTlb).toBe(0);
    expect(cell?.cyclesPerTrip.l0Instructions).toBe(cyclesPerTrip.l0Instructions);
  });

  test('ignores keys that it does not know', () => {
    expect(parseResults(changed(line, { later: 1 }), 'r')).toHaveLength(1);
    expect(parseManifest(changed(manifestText, { later: 1 }), 'm').version).toMatch(/^\d/);
  });

  test.each([
    ['a line that was cut off', `${line}\n${line.slice(0, 100)}`, 'r:2: this is not JSON'],
    [
      'a word for a number',
      changed(line, { meanNs: 'fast' }),
      'r:1: meanNs is not as it should be',
    ],
    ['a missing key', changed(line, { seed: undefined }), 'r:1: seed is not as it should be'],
    ['a cause of the future', changed(line, { cyclesPerTrip: { later: 1 } }), 'the cause "later"'],
    ['another schema', changed(line, { schemaVersion: 99 }), 'its schema version is 99'],
    ['a negative count', changed(line, { staleHits: { host: -1, crossVm: 0, guest: 0 } }), 'host'],
  ])('refuses %s, with its line', (_, text, message) => {
    expect(() => parseResults(text, 'r')).toThrow(message);
  });

  test.each([
    ['half a file', manifestText.slice(0, 500), 'm: this is not JSON'],
    ['something else', '[1]', 'm: it is not as it should be'],
    ['no machines', changed(manifestText, { machines: undefined }), 'machines is not'],
    ['another schema', changed(manifestText, { schemaVersion: 0 }), 'its schema version is 0'],
  ])('refuses a manifest that is %s', (_, text, message) => {
    expect(() => parseManifest(text, 'm')).toThrow(message);
  });
});
