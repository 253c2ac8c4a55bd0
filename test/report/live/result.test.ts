import { describe, expect, test } from 'vitest';
import { CAUSE_IDS, type CyclesByCause } from '../../../src/cost/causes.ts';
import type { LiveAnswer } from '../../../src/live/live-answer.ts';
import { plainAscii } from '../../../src/report/blocks/escape.ts';
import { numbersInAscii } from '../../../src/report/blocks/numbers.ts';
import { liveResultHtml, liveSentence } from '../../../src/report/live/result.ts';

const NS = { before: 4000, after: 3400 };

function side(strategy: string, meanNs: number): LiveAnswer['before'] {
  const cycles = Object.fromEntries(CAUSE_IDS.map((id) => [id, 0])) as Record<
    keyof CyclesByCause,
    number
  >;
  return {
    strategy,
    meanNs,
    roundTripsPerSecond: 1e9 / meanNs,
    hardwareFlushesPerTrip: 2,
    walksPerTrip: 30,
    staleHits: 0,
    cyclesPerTrip: { ...cycles, worldSwitch: meanNs * 3.5 },
  };
}

const saves: LiveAnswer = {
  scenario: 'cpuid-npt-npt',
  machine: 'zen3-milan',
  machineName: 'Zen 3 (Milan)',
  frequencyGhz: 3.5,
  seeds: 4,
  trips: { warmUp: 40, measured: 120 },
  before: side('kvm-6.14', NS.before),
  after: side('rfc-2025-03', NS.after),
  savingNs: { point: 600, low: 580, high: 620 },
  savingRatio: { point: 0.15, low: 0.145, high: 0.155 },
  whole: {
    ns: { point: 600, low: 580, high: 620 },
    ratio: { point: 0.15, low: 0.145, high: 0.155 },
    over: 'seeds',
    verdict: 'saves',
  },
  savedMsPerSecond: 150,
};
const costs: LiveAnswer = {
  ...saves,
  savingNs: { point: -200, low: -210, high: -190 },
  savingRatio: { point: -0.05, low: -0.0525, high: -0.0475 },
  whole: {
    ns: { point: -200, low: -210, high: -190 },
    ratio: { point: -0.05, low: -0.0525, high: -0.0475 },
    over: 'seeds',
    verdict: 'costs',
  },
  savedMsPerSecond: -50,
};
const open: LiveAnswer = {
  ...saves,
  savingNs: { point: 8, low: -2, high: 18 },
  savingRatio: { point: 0.002, low: -0.0005, high: 0.0045 },
  whole: {
    ns: { point: 8, low: -2, high: 18 },
    ratio: { point: 0.002, low: -0.0005, high: 0.0045 },
    over: 'seeds',
    verdict: 'cannot tell',
  },
};
const same: LiveAnswer = {
  ...saves,
  after: side('rfc-2025-03', NS.before),
  savingNs: { point: 0, low: 0, high: 0 },
  savingRatio: { point: 0, low: 0, high: 0 },
  whole: {
    ns: { point: 0, low: 0, high: 0 },
    ratio: { point: 0, low: 0, high: 0 },
    over: 'seeds',
    verdict: 'no difference',
  },
  savedMsPerSecond: 0,
};
const unsafe: LiveAnswer = { ...saves, after: { ...saves.after, staleHits: 512 } };

describe('the sentence of a live answer', () => {
  test.each([
    [
      'a saving',
      saves,
      'rfc-2025-03 saves 600 ns per round trip, 15.0 % of the 4,000 ns of kvm-6.14.',
    ],
    [
      'a loss',
      costs,
      'rfc-2025-03 costs 200 ns per round trip, 5.00 % of the 4,000 ns of kvm-6.14.',
    ],
    [
      'what could be nothing',
      open,
      'rfc-2025-03 saves 8 ns per round trip, 0.20 % of the 4,000 ns of kvm-6.14. It could be nothing: the 95 % interval reaches 0.',
    ],
    [
      'nothing of a difference where there is none',
      same,
      'rfc-2025-03 takes 4,000 ns per round trip, as kvm-6.14 does.',
    ],
    [
      'an unsafe strategy, whose saving is not mentioned',
      unsafe,
      'rfc-2025-03 is unsafe: it used 512 stale translations, so its times count for nothing.',
    ],
  ])('says %s', (_, answer, sentence) => {
    expect(plainAscii(numbersInAscii(liveSentence(answer)))).toBe(sentence);
  });
});

describe('the result on a page', () => {
  const html = (answer: LiveAnswer) => liveResultHtml(answer, ['kvm-6.14', 'rfc-2025-03'], {});

  test('puts stale translations first where there are any, in red', () => {
    expect(html(unsafe)).toMatch(/^<dl class="facts">\n<div class="bad"><dt>stale translations/);
    expect(html(saves)).toMatch(/^<dl class="facts">\n<div><dt>less per round trip<\/dt><dd>600/);
  });

  test('names the interval over seeds, and none of one seed', () => {
    expect(html(saves)).toContain('(saving, 95 %: 14.5–15.5\u202f% over seeds: saves)');
    expect(html({ ...saves, seeds: 1 })).not.toContain('95 %');
  });

  test('prefers the interval over prices where there is one', () => {
    const whole = {
      ns: { point: 600, low: 400, high: 800 },
      ratio: { point: 0.15, low: 0.1, high: 0.2 },
      over: 'seeds, prices',
      verdict: 'saves',
    } as const;
    const over = '10.0–20.0\u202f% over seeds and prices: saves)';
    expect(html({ ...saves, whole })).toContain(over);
    expect(html({ ...saves, whole })).toContain('does not hold what sizes and rates could be');
  });

  test('says where a saving is of the stored analysis, and of how many seeds', () => {
    const stored = { ...saves, storedSeeds: 20 };
    expect(html(stored)).toContain('those of the stored analysis, as in every output: 20 seeds');
    expect(html(saves)).not.toContain('stored analysis');
  });

  test('says what the checker says, and that nobody has checked what it does not know', () => {
    expect(html(saves)).toContain('By the checker, rfc-2025-03: not checked.');
    const safety = { 'rfc-2025-03': { text: 'its verdict', tone: 'bad' } } as const;
    expect(liveResultHtml(saves, ['kvm-6.14', 'rfc-2025-03'], safety)).toContain(
      '<p class="verdict bad">its verdict</p>',
    );
  });

  test('draws the shorter time shorter, and leaves out what takes no time', () => {
    expect(html(saves)).toContain('style="width:100.00%"');
    expect(html(saves)).toContain('style="width:85.00%"');
    expect(html(saves)).not.toContain('Flushing');
  });

  test('escapes the name of a strategy', () => {
    const strategy = 'rfc-2025-03+x=<b>';
    const answer = { ...saves, after: { ...saves.after, strategy } };
    expect(html(answer)).not.toContain('<b>');
    expect(html(answer)).toContain('x=&lt;b&gt;');
  });
});
