import { expect, test } from 'vitest';
import { thresholdFlag } from '../../src/cli/compile-later.ts';
import { commandLine } from './command-line.ts';

test('V8 is told a flag of its version, and none in others', () => {
  expect(thresholdFlag('20.20.2')).toMatch(/^--interrupt-budget=\d+$/);
  expect(thresholdFlag('24.1.0')).toMatch(/^--invocation-count-for-turbofan=\d+$/);
  expect(thresholdFlag('22.23.5')).toBeNull();
  expect(thresholdFlag('2.4.0')).toBeNull();
  expect(thresholdFlag('128.0.0')).toBeNull();
});

test('V8 of the Node that runs this knows its flag', () => {
  // It prints an error about a flag that it does not know, and goes on.
  expect(commandLine('--version').stderr).toBe('');
});
