import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { htmlPage } from '../../../src/report/blocks/html-page.ts';

const parts = { title: 'A page', header: ['<h1>A page</h1>'], main: [] };
const policyOf = (page: string) => /Policy" content="([^"]*)"/.exec(page)?.[1];

describe('the shell of every page', () => {
  test('allows nothing to run or load', () => {
    const page = htmlPage(parts);
    expect(policyOf(page)).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'",
    );
    expect(page).not.toContain('<script');
    expect(page).toContain('This page loads nothing and runs nothing.');
  });

  test('allows its own script by its hash, and a worker from memory', () => {
    const script = "document.title='ä'";
    const hash = createHash('sha256').update(script).digest('base64');
    const page = htmlPage({ ...parts, script });
    expect(policyOf(page)).toBe(
      `default-src 'none'; script-src 'sha256-${hash}'; worker-src blob:; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(page).toContain(`<script>${script}</script>`);
  });

  test.each(['"</script>"', '"</SCRIPT "', '"<!--"'])('refuses a script with %s', (script) => {
    expect(() => htmlPage({ ...parts, script })).toThrow(/ends a script/);
  });
});
