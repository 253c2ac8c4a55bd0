import { describe, expect, it } from 'vitest';
import { noncentralStudentCdf, pairedPower } from '../../src/statistics/power.ts';
import { logGamma } from '../../src/statistics/special-functions.ts';
import { studentCdf, studentQuantile } from '../../src/statistics/student-t.ts';
import scipy from './fixtures/inference.json' with { type: 'json' };

describe("Student's t", () => {
  it.each(scipy.studentCdf)('is at most %d with %d degrees with the chance %d', (t, degrees, p) => {
    expect(Math.abs(studentCdf(t!, degrees!) - p!)).toBeLessThan(1e-12);
  });

  it.each(scipy.studentQuantile)('has at %d with %d degrees the quantile %d', (p, degrees, t) => {
    expect(Math.abs(studentQuantile(p!, degrees!) - t!)).toBeLessThan(1e-9 * Math.abs(t!));
  });

  it('is symmetric and refuses impossible arguments', () => {
    expect(studentQuantile(0.5, 3)).toBe(0);
    expect(studentCdf(Number.NEGATIVE_INFINITY, 3)).toBe(0);
    expect(studentCdf(Number.NaN, 3)).toBeNaN();
    expect(() => studentQuantile(1, 3)).toThrow('no quantile');
    expect(() => studentCdf(1, 0)).toThrow('0 degrees');
  });

  it.each(scipy.logGamma)('rests on ln Γ(%d) = %d', (x, value) => {
    expect(Math.abs(logGamma(x!) - value!)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value!)));
  });
});

describe('the noncentral t', () => {
  it.each(scipy.noncentral)('is at most %d with %d degrees and shift %d: %d', (t, d, shift, p) => {
    expect(Math.abs(noncentralStudentCdf(t!, d!, shift!) - p!)).toBeLessThan(1e-7);
  });

  it.each(scipy.power)(
    'gives %d pairs and an effect of %d at %d the power %d',
    (n, e, a, power) => {
      expect(Math.abs(pairedPower(n!, e!, a!) - power!)).toBeLessThan(1e-7);
    },
  );
});
