import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../../src/report/run/markdown.ts';
import { makeSummary } from '../make-summary.ts';

const markdown = renderMarkdown(makeSummary());

describe('the Markdown report', () => {
  test('matches the golden file', async () => {
    await expect(markdown).toMatchFileSnapshot('../../golden/report.md');
  });

  test('gives every row of a table as many cells as its heading', () => {
    const lines = markdown.split('\n');
    let cells = 0;
    for (const [index, line] of lines.entries()) {
      if (!line.startsWith('| ')) continue;
      const count = line.split(/(?<!\\)\|/).length;
      if (!lines[index - 1]?.startsWith('| ')) cells = count;
      expect(count, line).toBe(cells);
    }
    expect(cells).toBeGreaterThan(0);
  });

  test('has the command that reproduces it', () => {
    expect(markdown).toContain('```sh\nnpm run bench -- run headline --seeds 10\n```\n');
  });
});
