import { describe, expect, test } from 'vitest';
import { corpus } from '../../scripts/fuzz/corpus.ts';
import { mutated } from '../../scripts/fuzz/mutate.ts';
import { tryInput } from '../../scripts/fuzz/try-input.ts';
import { HEAD_BYTES } from '../../src/importers/head.ts';
import { findImporter, IMPORTERS } from '../../src/importers/registry.ts';
import { prngFor } from '../../src/util/prng.ts';

const BLANKS = ' '.repeat(60_000);

/** Inputs that the fuzzer found, made small: each once hung, or gave no sentence. */
describe('what the fuzzer found', () => {
  test.each<[string, string, RegExp]>([
    [
      'a line of blanks in kvm_stat was parsed as a trace, in quadratic time',
      `kvm statistics - summary\n Event  Total %Total CurAvg/s\n kvm_exit  1  1.0  1\n${BLANKS}\n`,
      /nothing here tells of a nested guest/,
    ],
    [
      'a line of blanks in a trace',
      `# tracer: nop\n q-1 [000] 1.0: kvm_entry: x\n${BLANKS}[000\n`,
      /line 3, column 1: ".*" is neither an event nor a traced function/,
    ],
    [
      'a line of letters as a row of names',
      `exits ${'a'.repeat(60_000)}!\n1 2\n`,
      /no known format/,
    ],
    [
      'a name of counters as long as a line stood whole in the sentence',
      `exits:1\nnested_run:1\n${'a'.repeat(9000)}:b\n`,
      /line 3, column 1: "a{40}…" is "b", not a whole number/,
    ],
    [
      'a row of kvm_stat without its time made the recording endless',
      'timestamp,exits,nested_run\n2020-04-02 10:00:02,40,19\n-04-02 10:00:01,40,20\n',
      /line 3, column 1: some rows have a time and others have none/,
    ],
    [
      'a line of dots and commas in perf stat',
      `1,,cycles,1,100.00,,\n,,,${'1.'.repeat(30_000)}\n`,
      /line 2, column 1/,
    ],
  ])('%s', async (_what, text, message) => {
    expect(await tryInput(Buffer.from(text), 4096)).toMatch(message);
  });
});

test('every undamaged sample is imported or is half of a pair', async () => {
  for (const { name, bytes } of corpus()) {
    const outcome = await tryInput(bytes, 4096);
    expect([name, outcome]).toEqual([name, expect.stringMatching(KNOWN_OUTCOMES)]);
  }
});

const KNOWN_OUTCOMES = new RegExp(
  [
    '^imported$',
    'one snapshot holds sums',
    'nothing here tells of a nested guest',
    'has no event of KVM',
    'more than hardware can do',
    // Samples of what is refused; test/importers/samples.test.ts has their sentences.
    'this is (?:a |the |perf stat)',
    'no exit here has a reason of x86',
    'data accesses alone',
    'decimal commas of this language',
    'the title names 12 entries',
    'without a reason of x86',
  ].join('|'),
);

test('the fuzzer has a sample of every format', () => {
  const found = corpus().map(({ bytes }) => findImporter(bytes.subarray(0, HEAD_BYTES))?.id);
  for (const { id } of IMPORTERS) expect(found).toContain(id);
});

test('a damaged file is imported or refused with one sentence, never anything else', async () => {
  const samples = corpus();
  const prng = prngFor(20_261_124, 'damaged files');
  let refused = 0;
  for (let run = 0; run < 400; run += 1) {
    const sample = samples[prng.nextInt(samples.length)]!;
    const other = samples[prng.nextInt(samples.length)]!;
    const outcome = await tryInput(mutated(sample.bytes, other.bytes, prng), 1 + prng.nextInt(999));
    if (outcome !== 'imported') refused += 1;
  }
  // Most damage is noticed; what is not, such as another digit in an address, changes no count.
  expect(refused).toBeGreaterThan(300);
});
