import { describe, expect, test } from 'vitest';
import type { Section } from '../../../src/report/blocks/document.ts';
import { reportModel } from '../../../src/report/run/model.ts';
import { reportDocument } from '../../../src/report/run/sections.ts';
import { breakEvenSection } from '../../../src/report/sensitivity/break-even.ts';
import { sensitivitySection } from '../../../src/report/sensitivity/section.ts';
import type {
  BreakEvenMap,
  SensitivityResult,
} from '../../../src/sensitivity/sensitivity-result.ts';
import { makeSensitivity } from '../make-sensitivity.ts';
import { makeSummary } from '../make-summary.ts';

const headingOf = (result: SensitivityResult, id = 'sensitivity') =>
  (id === 'break-even'
    ? breakEvenSection(result.breakEven!)
    : sensitivitySection(result)
  ).heading.replaceAll('\u202f', ' ');

const figuresOf = (sections: readonly Section[]) =>
  sections
    .flatMap(({ blocks }) => blocks)
    .flatMap((block) => (block.kind === 'figure' ? [block.figure.id] : []));

describe('the headings about what an answer depends on', () => {
  test('name the unknowns that explain most, with their shares', () => {
    expect(headingOf(makeSensitivity())).toBe(
      'How much kv-redis-l2 saves depends most on the exit rate (60 %) and the cost of flushing ' +
        'an ASID (25 %)',
    );
  });

  test('say so where none explains much, or none anything', () => {
    const withTotal = (point: number): SensitivityResult => ({
      ...makeSensitivity(),
      unknowns: makeSensitivity().unknowns.map((each) => ({
        ...each,
        total: { point, low: point, high: point },
      })),
    });
    expect(headingOf(withTotal(0.05))).toContain('depends on many unknowns, on none of them much');
    expect(headingOf(withTotal(0))).toBe('How much kv-redis-l2 saves depends on no unknown');
  });

  const mapOf = (rates: readonly (number | null)[]): SensitivityResult => {
    const rows = rates.map((exitsPerSecond, index): BreakEvenMap['rows'][number] => ({
      workingSetPages: 8 * (index + 1),
      savingRatios: [0.01],
      points: [
        {
          savingRatio: 0.05,
          reached: exitsPerSecond === null ? 'never' : 'within',
          exitsPerSecond,
        },
      ],
    }));
    return { ...makeSensitivity(), breakEven: { exitsPerSecond: [1000], rows } };
  };

  test('say from which rates on 5 % is saved: where latest and where soonest', () => {
    expect(headingOf(mapOf([29_312, 4_321, 6_000]), 'break-even')).toBe(
      'A saving of 5 % takes 29 000 exits from L2 per second with 8 pages in use, 4 300 with 16',
    );
    expect(headingOf(mapOf([null, 4_321]), 'break-even')).toBe(
      'A saving of 5 % takes 4 300 exits from L2 per second with 16 pages in use, and is out of reach ' +
        'with 8',
    );
    expect(headingOf(mapOf([null, null]), 'break-even')).toBe(
      'A saving of 5 % is nowhere on the map',
    );
    expect(headingOf(mapOf([4_321]), 'break-even')).toBe(
      'A saving of 5 % takes 4 300 exits from L2 per second with 8 pages in use',
    );
  });
});

describe('the sensitivity in the report of a run', () => {
  const of = (suite: string): SensitivityResult => ({ ...makeSensitivity(), suite });
  const sectionsOf = (results: readonly SensitivityResult[]) =>
    reportDocument(reportModel(makeSummary(), { sensitivity: results })).sections.filter(({ id }) =>
      ['sensitivity', 'break-even'].includes(id),
    );

  test('is left out unless the headline’s scenario was analysed on its machine', () => {
    expect(sectionsOf([])).toEqual([]);
    expect(sectionsOf([of('pio-npt-npt')])).toEqual([]);
    expect(sectionsOf([{ ...of('kv-redis-l2'), machine: 'zen5-turin' }])).toEqual([]);
  });

  test('is of the headline’s scenario: the map early, the unknowns folded', () => {
    const sections = sectionsOf([of('cpuid-npt-npt'), of('kv-redis-l2')]);
    expect(figuresOf(sections)).toEqual(['figure-break-even', 'figure-sobol', 'figure-tornado']);
    expect(sections.map(({ folded }) => folded)).toEqual([undefined, true]);
    expect(JSON.stringify(sections)).not.toContain('was fitted to what was measured');
  });
});
