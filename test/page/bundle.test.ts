import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BUNDLE, buildData, buildPage, DATA } from '../../scripts/bundle-page.ts';

const KIB = 1024;
const built = await buildPage();
const text = new TextDecoder().decode(built.bytes);

describe('the script of a page', () => {
  test('is the one that the build left, byte for byte', () => {
    expect(text === readFileSync(BUNDLE, 'utf8')).toBe(true);
  });

  test('holds the model and two packages, and nothing that reads, parses or draws', () => {
    const packages = new Set(
      built.inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
    );
    expect([...packages].sort()).toEqual(['simple-statistics', 'tinybench']);
    expect(built.inputs).toContain('src/hypervisor/nested-transitions.ts');
    expect(
      built.inputs.filter((path) => /^src\/(?:cli|probe|parallel)\/|suite\.ts$/.test(path)),
    ).toEqual([]);
  });

  test('evaluates no text, asks for nothing and can stand in a page', () => {
    expect(text).not.toMatch(
      /\beval\(|new Function|\bfetch\(|XMLHttpRequest|importScripts|import\(/,
    );
    expect(text).not.toMatch(/<\/script|<!--/i);
    expect(built.bytes.length).toBeLessThan(300 * KIB);
  });
});

describe('the data of a page', () => {
  test('are what the suites and captures say now', async () => {
    const { json, inputs } = await buildData();
    expect(json === readFileSync(DATA, 'utf8')).toBe(true);
    for (const input of inputs) expect(existsSync(input), input).toBe(true);
    expect(json.length).toBeLessThan(250 * KIB);
  });
});
