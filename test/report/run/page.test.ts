import { describe, expect, test } from 'vitest';
import { renderHtml } from '../../../src/report/run/page.ts';
import { makeSummary, withComparisons } from '../make-summary.ts';

const html = await renderHtml(makeSummary());

/** Headings of the page in reading order. */
function headings(page: string): string[] {
  return [...page.matchAll(/<h([12])[^>]*>(.*?)<\/h\1>/g)].map((match) =>
    (match[2] ?? '').replace(/\u202f/g, ' '),
  );
}

describe('the HTML report', () => {
  test('has the same bytes for the same summary, also when two are drawn at once', async () => {
    const [a, b] = await Promise.all([renderHtml(makeSummary()), renderHtml(makeSummary())]);
    expect(a).toBe(html);
    expect(b).toBe(html);
  });

  test('goes from the answer through evidence to the command, and folds what few need', () => {
    expect(headings(html)).toEqual([
      'A per-L2 ASID without transition flushes saves 6.4–13.5 %, by workload',
      'In this model 94.9 % of what goes away is refill, the rest is flushing and sync itself',
      'rfc-2025-03: not checked',
      'One command reproduces every figure of this page',
      'A per-L2 ASID without transition flushes saves time in all 6 scenarios',
      'Where it comes from in kv-redis-l2',
      'The median round trip gets 4 130 ns shorter, the 99th percentile 3 431 ns shorter',
      'All 12 expectations hold',
      '2 of 5 parameters are assumed',
      '3 strategies, compared with kvm-6.14',
      'One parameter was fitted to a measurement',
      'The same guest runs under every strategy',
      'These are modelled times, not measurements',
    ]);
  });

  test('contains no script, no address to load from and a policy that forbids both', () => {
    expect(html).not.toMatch(/<script|\bsrc=|@import|url\(/);
    expect(html.match(/href="(?!#|data:,"|data:image\/svg\+xml;|data:text\/csv;)/g)).toBeNull();
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:`);
  });

  test('has a caption, a wide and a narrow drawing and a table for each figure', () => {
    const figures = html.split('<figure ').slice(1);
    expect(figures).toHaveLength(5);
    for (const figure of figures) {
      expect(figure.match(/<div class="(?:wide|narrow)"><svg /g)).toHaveLength(2);
      expect(figure).toMatch(/<figcaption>.{40,}<\/figcaption>/);
      expect(figure).toMatch(/<details>[\s\S]*<table/);
    }
  });

  test('uses no colour in a drawing that the dark theme does not know', () => {
    const drawings = html.match(/<svg [\s\S]*?<\/svg>/g) ?? [];
    expect(drawings.join('').match(/="#[0-9a-f]{3,6}"/g)).toBeNull();
  });

  test('marks stale hits and unmet expectations as bad', async () => {
    const unsafe = withComparisons(makeSummary(), 'rfc-2025-03', (each) => ({
      ...each,
      staleHits: { host: 0, crossVm: 3, guest: 0 },
    }));
    const scenarios = unsafe.scenarios.map((scenario) => ({
      ...scenario,
      expectations: [{ text: 'saves', met: false, detail: 'it does not' }],
    }));
    const page = await renderHtml({ ...unsafe, scenarios });
    expect(headings(page)).toContain('rfc-2025-03 used stale translations in this run: unsafe');
    expect(headings(page)[0]).toBe('rfc-2025-03 is unsafe: it used stale translations');
    expect(headings(page)).toContain('rfc-2025-03 is unsafe, so its savings count for nothing');
    expect(headings(page)).toContain('6 of 6 expectations do not hold');
    expect(page).toContain('<section id="safety" aria-labelledby="safety-heading" class="bad">');
    expect(page).toContain('<p class="verdict bad">');
    expect(page).toContain('<td class="bad">not met</td>');
  });

  test('reads well without expectations, parameters and calibration', async () => {
    const { manifest, scenarios } = makeSummary();
    const page = await renderHtml({
      manifest: {
        ...manifest,
        calibration: [],
        machines: manifest.machines.map((machine) => ({ ...machine, parameters: [] })),
      },
      scenarios: scenarios.slice(0, 1).map((each) => ({ ...each, expectations: [] })),
    });
    expect(headings(page)).toContain(
      'A per-L2 ASID without transition flushes saves time in the only scenario',
    );
    expect(headings(page)).toContain('The suites state no expectation');
    expect(headings(page)).toContain('The run lists no parameter');
    expect(headings(page)).toContain('Nothing was fitted');
  });
});
