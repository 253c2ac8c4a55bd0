import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  escapeHtml,
  escapeMarkdown,
  markdownCode,
  onOneLine,
} from '../../../src/report/blocks/escape.ts';
import { renderMarkdown } from '../../../src/report/run/markdown.ts';
import { renderHtml } from '../../../src/report/run/page.ts';
import type { RunSummary } from '../../../src/run/results.ts';
import { makeSummary } from '../make-summary.ts';

const HOSTILE = '<script>alert("1")</script><img src=x onerror=\'y\'> & | `z` --#0072b2';

/** Every text of a summary that comes from a user's file, replaced. */
function hostileSummary(): RunSummary {
  const { manifest, scenarios } = makeSummary();
  return {
    manifest: {
      ...manifest,
      command: HOSTILE,
      version: HOSTILE,
      strategies: manifest.strategies.map((each) => ({
        ...each,
        summary: HOSTILE,
        source: HOSTILE,
        behaviour: { [HOSTILE]: HOSTILE },
      })),
      machines: manifest.machines.map((machine) => ({
        ...machine,
        name: HOSTILE,
        parameters: machine.parameters.map((each) => ({ ...each, path: HOSTILE, source: HOSTILE })),
      })),
      calibration: [{ parameter: HOSTILE, prior: HOSTILE, fitted: HOSTILE }],
    },
    scenarios: scenarios.map((scenario, index) => ({
      ...scenario,
      id: `${HOSTILE} ${index}`,
      question: HOSTILE,
      machine: HOSTILE,
      comparisons: scenario.comparisons.map((each, nth) => ({
        ...each,
        strategy: `${HOSTILE} ${nth}`,
        method: HOSTILE,
      })),
      expectations: [{ text: HOSTILE, met: false, detail: HOSTILE }],
    })),
  };
}

/** Names of all elements and attributes in tags. */
function elements(page: string): string[] {
  const tags = page.match(/<[^>]*>/g) ?? [];
  const names = tags.flatMap((tag) => tag.match(/^<\/?[^\s>]+|[^\s"]+(?==")/g) ?? []);
  return [...new Set(names)].sort();
}

describe('escaping', () => {
  test('puts on one line what a simple expression would', () => {
    const blanks = fc.constantFrom(' ', '\t', '\r', '\n', '\n', '\u00a0', 'a', 'b');
    fc.assert(
      fc.property(fc.string({ unit: blanks }), (text) => {
        expect(onOneLine(text)).toBe(text.replace(/\s*\r?\n\s*/g, ' '));
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test('takes a million blanks in a source as they come', () => {
    // With the expression above this would take an hour.
    const text = `AMD${' '.repeat(1_000_000)}\nAPM`;
    expect(escapeMarkdown(text)).toBe('AMD APM');
    expect(markdownCode(`${text}.${' '.repeat(1_000_000)}`)).toContain('AMD APM.');
  });

  test('leaves no character that HTML gives a meaning to', () => {
    expect(escapeHtml(HOSTILE)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
  });

  test('of Markdown keeps a table cell in its cell and on its line', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const escaped = escapeMarkdown(text);
        expect(escaped).not.toMatch(/\n|(?<!\\)(?:\\\\)*\|/);
        expect(escaped).not.toContain('<');
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('of Markdown code uses a fence that the text does not contain', () => {
    expect(markdownCode('a `` b')).toBe('``` a `` b ```');
    expect(markdownCode('plain')).toBe('`plain`');
  });
});

describe('a summary whose every text is hostile', () => {
  test('puts no element of its own into the HTML', async () => {
    const html = await renderHtml(hostileSummary());
    const own = await renderHtml(makeSummary());
    expect(elements(html)).toEqual(elements(own));
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)');
  });

  test('puts no HTML into the Markdown', () => {
    const markdown = renderMarkdown(hostileSummary());
    const outsideCode = markdown.replace(/```sh[\s\S]*?```/g, '').replace(/(`+) .*? \1/g, '');
    expect(outsideCode).not.toMatch(/(?<!\\)<(?!\/?(?:details|summary)>)/);
  });
});
