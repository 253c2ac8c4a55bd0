import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { suiteIndexJson } from '../../scripts/make-suite-index.ts';
import { shippedSuites, shippedSuitesNamed } from '../../src/suite/load-suite.ts';
import { filesIn, listedSuites, shippedFolder } from '../../src/suite/suite-index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'asidbench-index-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let copies = 0;
function copyOfSuites(): string {
  copies += 1;
  const folder = join(scratch, String(copies));
  cpSync(shippedFolder(), folder, { recursive: true });
  return folder;
}

describe('suites/index.json', () => {
  test('is what scripts/make-suite-index.ts makes of the suites: npm run make -- index', () => {
    expect(readFileSync(join(shippedFolder(), 'index.json'), 'utf8')).toBe(suiteIndexJson());
  });

  test('lists what parsing every suite gives, in the same order', () => {
    const parsed = shippedSuites().map(({ id, group, family, question }) => {
      return { id, group, family, question };
    });
    const listed = listedSuites()?.map(({ id, group, family, question }) => {
      return { id, group, family, question };
    });
    expect(listed).toEqual(parsed);
  });

  test('is not believed when a suite was changed, added or taken away', () => {
    const changed = copyOfSuites();
    expect(listedSuites(changed)).not.toBeNull();
    appendFileSync(join(changed, filesIn(changed)[0]!), '# a remark\n');
    expect(listedSuites(changed)).toBeNull();

    const added = copyOfSuites();
    cpSync(join(added, filesIn(added)[0]!), join(added, 'zz-new.yaml'));
    expect(listedSuites(added)).toBeNull();

    const fewer = copyOfSuites();
    const [first] = filesIn(fewer);
    const before = listedSuites(fewer)!;
    rmSync(join(fewer, first!));
    expect(listedSuites(fewer)).toEqual(before.filter(({ inFile }) => inFile !== first));
  });

  test.each([
    ['cut off', '[{"file":'],
    ['of another kind', '{"suites": 3}'],
  ])('is not believed when it is %s', (_, text) => {
    const folder = copyOfSuites();
    writeFileSync(join(folder, 'index.json'), text);
    expect(listedSuites(folder)).toBeNull();
  });

  test.each([
    ['no suites', /"suites":/, '"suite":'],
    ['a suite that is a number', /"suites":\[/, '"suites":[3,'],
    ['a suite without a question', /"question":/, '"query":'],
    ['a suite whose id is a number', /"id":"[^"]*"/, '"id":3'],
    ['a suite with one word for its machines', /"machines":\[[^\]]*\]/, '"machines":"zen3-milan"'],
  ])('is not believed when it has %s, though all files are as it says', (_, from, to) => {
    const folder = copyOfSuites();
    const path = join(folder, 'index.json');
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(from);
    writeFileSync(path, text.replace(from, to));
    expect(listedSuites(folder)).toBeNull();
  });
});

test('suites that are named are those that are chosen from all of them', () => {
  for (const names of [['headline'], ['rate-sweep'], ['cpuid-npt-npt', 'sweeps'], ['nothing']]) {
    const chosen = shippedSuites().filter(
      ({ id, group, family }) =>
        names.includes(id) || names.includes(group) || names.includes(family ?? ''),
    );
    expect(shippedSuitesNamed(names)).toEqual(chosen);
  }
});
