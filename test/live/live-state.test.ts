import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MACHINES } from '../../src/hardware/presets/index.ts';
import { STRATEGIES } from '../../src/hypervisor/strategies.ts';
import {
  DEFAULT_STATE,
  fragmentOfState,
  isLiveFragment,
  NUMBER_CONTROLS,
  stateOfFragment,
} from '../../src/live/live-state.ts';
import { LIVE_SCENARIOS } from '../../src/live/scenarios.ts';
import { UserError } from '../../src/util/user-error.ts';
import { anyState } from './any-state.ts';

const DEFAULT_FRAGMENT =
  'try?scenario=cpuid-npt-npt&machine=zen3-milan&strategy=rfc-2025-03&rate=40000&pages=120&l2s=1&switches=0.1&tlb=1&walk=1&flush=1';

function refusal(link: string): string {
  try {
    stateOfFragment(link);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return 'no refusal';
}

describe('the state in a link', () => {
  test('is written with every key once, in one order', () => {
    expect(fragmentOfState(DEFAULT_STATE)).toBe(DEFAULT_FRAGMENT);
  });

  test.each([
    ['a fragment', DEFAULT_FRAGMENT],
    ['a fragment with its #', `#${DEFAULT_FRAGMENT}`],
    ['a link to a page', `https://example.org/a%20report.html?x=1#${DEFAULT_FRAGMENT}`],
    ['what leaves everything out', 'try?'],
    ['a link with empty parts', '#try?&&rate=40000&'],
  ])('is read from %s', (_, link) => {
    expect(stateOfFragment(link)).toEqual(DEFAULT_STATE);
  });

  test('of a recorded program leaves out the rate of its suite', () => {
    for (const { id, rate } of LIVE_SCENARIOS.filter((each) => each.rate !== undefined)) {
      expect(stateOfFragment(`try?scenario=${id}`)).toEqual({
        ...DEFAULT_STATE,
        scenario: id,
        rate,
      });
    }
  });

  test('may name a strategy that is made of another one', () => {
    const strategy = 'rfc-2025-03@17+invlpga=as-invlpg';
    const fragment = fragmentOfState({ ...DEFAULT_STATE, strategy });
    expect(fragment).toContain('strategy=rfc-2025-03%4017%2Binvlpga%3Das-invlpg&');
    expect(stateOfFragment(fragment)).toEqual({ ...DEFAULT_STATE, strategy });
  });

  test('may say numbers between the stops of a slider', () => {
    expect(stateOfFragment('try?rate=12345&walk=1.234567')).toMatchObject({
      rate: 12_345,
      walk: 1.234567,
    });
  });

  test('comes back from its link, whatever it is', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        expect(stateOfFragment(fragmentOfState(state))).toEqual(state);
        expect(isLiveFragment(`#${fragmentOfState(state)}`)).toBe(true);
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  test('has a default among the stops of each control, and stops that ascend', () => {
    for (const { key, stops } of NUMBER_CONTROLS) {
      expect(stops, key).toContain(DEFAULT_STATE[key]);
      expect(
        [...stops].sort((a, b) => a - b),
        key,
      ).toEqual(stops);
    }
  });

  test('can name every scenario, every machine and every strategy but the baseline', () => {
    for (const { id: scenario } of LIVE_SCENARIOS) {
      expect(stateOfFragment(`try?scenario=${scenario}`).scenario).toBe(scenario);
    }
    for (const { id: machine } of MACHINES) {
      expect(stateOfFragment(`try?machine=${machine}`).machine).toBe(machine);
    }
    for (const { id: strategy } of STRATEGIES.slice(1)) {
      expect(stateOfFragment(`try?strategy=${strategy}`).strategy).toBe(strategy);
    }
  });
});

describe('a link that says nonsense', () => {
  test.each([
    ['causes', /^"causes": it names no assumptions\. /],
    ['try', /^"try": it names no assumptions\. /],
    [
      'try?scenario=cpuid-npt-ntp',
      /^scenario: there is no "cpuid-npt-ntp"\. The nearest is "cpuid-npt-npt"\.$/,
    ],
    ['try?machine=vax', /^machine: there is no "vax"\. Choose one of zen1-naples, /],
    ['try?strategy=magic', /^strategy: there is no "magic"\. /],
    ['try?strategy=rfc-2025-03@99', /^strategy: there is no "rfc-2025-03@99"\. /],
    ['try?strategy=kvm-6.14', /^strategy: "kvm-6\.14" is what others are compared with\. /],
    ['try?rate=0', /^rate: "0" is not a whole number from 1000 to 300000\. /],
    ['try?rate=1e5', /^rate: "1e5" is not a whole number /],
    ['try?rate=-5', /^rate: "-5" is not /],
    ['try?rate=', /^rate: "" is not /],
    ['try?rate=NaN', /^rate: "NaN" is not /],
    ['try?l2s=1.5', /^l2s: "1\.5" is not a whole number from 1 to 8\. /],
    ['try?tlb=3', /^tlb: "3" is not one of 0\.25, 0\.5, 1, 2, 4\. /],
    ['try?walk=4.1', /^walk: "4\.1" is not a number from 0\.25 to 4\. /],
    ['try?flush=9999999999999999', /^flush: "9999999999999999" is not /],
    ['try?rate=2000&rate=3000', /^rate: the link says it twice\. Say it once\.$/],
    ['try?colour=red', /^"colour": a link has no such key\. The keys are scenario, machine, /],
    ['try?__proto__=1', /^"__proto__": a link has no such key\. /],
    ['try?toString', /^"toString": a link has no such key\. /],
    ['try?scenario=%E0%A4%A', /^scenario: "%E0%A4%A" is not encoded as links are\. /],
    ['try?scenario=%1b%5b31m', /^scenario: there is no "\\u001b\[31m"\. /],
    [`try?scenario=${'x'.repeat(3000)}`, /^the link: it is longer than 2000 characters\. /],
  ])('%s', (link, sentence) => {
    expect(refusal(link)).toMatch(sentence);
  });

  test('gives a state or a sentence without control characters, never another error', () => {
    const parts = fc.constantFrom(
      ...Object.keys(DEFAULT_STATE),
      'try?',
      '&',
      '=',
      '#',
      '%',
      '1',
      '',
    );
    const link = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(parts, fc.string()), { maxLength: 12 }).map((all) => `try?${all.join('')}`),
    );
    fc.assert(
      fc.property(link, (text) => {
        expect(refusal(text)).not.toMatch(/\p{Cc}/u);
      }),
      { seed: 6, numRuns: 2000 },
    );
  });
});
