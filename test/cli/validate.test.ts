import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { validationMarkdown } from '../../src/report/validation/markdown.ts';
import { validationText } from '../../src/report/validation/text.ts';
import { type Scoreboard, TOPIC_IDS } from '../../src/validation/rows.ts';
import { program } from './command-line.ts';

const ended = await program('validate', '--json');
const board: Scoreboard = JSON.parse(ended.stdout);
const row = (id: string) => {
  const found = board.rows.find((each) => each.id === id);
  if (found === undefined) throw new Error(`there is no row ${id}`);
  return found;
};

describe('validate --json', () => {
  test('has rows of every topic, each with an id of its own, a source and a setup', () => {
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
    expect(new Set(board.rows.map((each) => each.topic))).toEqual(new Set(TOPIC_IDS));
    expect(new Set(board.rows.map((each) => each.id)).size).toBe(board.rows.length);
    for (const { id, source, setup, predicted } of board.rows) {
      expect(source.length, id).toBeGreaterThan(0);
      expect(setup.length, id).toBeGreaterThan(0);
      if (predicted === null) continue;
      expect(predicted.low, id).toBeLessThanOrEqual(predicted.point);
      expect(predicted.high, id).toBeGreaterThanOrEqual(predicted.point);
    }
  });

  test('marks what the model was fitted to as calibration', () => {
    for (const id of ['milan-npt-npt-before', 'milan-npt-npt-after', 'milan-cpuid-not-nested']) {
      expect(row(id).kind).toBe('calibration');
    }
    expect(row('curve-zen3-milan-step').kind).toBe('calibration');
    expect(row('curve-zen3-milan-first-reach').kind).toBe('validation');
  });

  test('gives the published predictions as they stand in docs/evidence/predictions.md, without a measurement', () => {
    const text = readFileSync('docs/evidence/predictions.md', 'utf8');
    for (const id of ['milan-npt-shadow-gain', 'milan-shadow-shadow-gain']) {
      const { measured, predicted, status } = row(id);
      expect([measured, status]).toEqual([null, 'awaiting']);
      const { point, low, high } = predicted!;
      expect(text).toContain(`+${point.toFixed(1)} %** (${low.toFixed(1)} to ${high.toFixed(1)})`);
    }
  });

  test('counts as other simulators do, and as the captured KVM did', () => {
    const exact = board.rows.filter(
      ({ topic, unit }) => topic === 'peers' || unit === 'per round trip',
    );
    // Exits, instructions and flushes: six of the old captures, twelve of the stock and the patched kernel.
    expect(exact.length).toBe(36 * 3 + 6 + 12);
    expect(exact.filter((each) => each.inside !== true)).toEqual([]);
  });

  test('does not hide what is out', () => {
    expect(row('walk-references-5x5').status).toBe('notModelled');
    expect(row('vpid-16p-16k').inside).toBe(false);
    expect(row('host-epyc-genoa-vm-second-reach').inside).toBe(false);
    for (const each of board.rows.filter((some) => some.inside === false)) {
      expect(each.why, each.id).not.toBe('');
    }
  });
});

test('docs/evidence/validation.md is what the code gives: npm run make -- validation writes it', () => {
  const committed = readFileSync('docs/evidence/validation.md', 'utf8');
  expect(validationMarkdown(board, 'validation.svg')).toBe(committed);
  const shown = readFileSync('data/validation/scoreboard.json', 'utf8');
  expect(`${JSON.stringify(board)}\n`).toBe(shown);
});

test('the scoreboard fits a terminal of 80 columns', () => {
  const lines = validationText(board).split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.some((line) => line.endsWith('OUT'))).toBe(true);
});

test('a file that is no probe is answered with one sentence', async () => {
  const { code, stdout, stderr } = await program('validate', '--probe', 'package.json');
  expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  expect(stderr).toMatch(/^asidbench: package\.json kind/);
});
