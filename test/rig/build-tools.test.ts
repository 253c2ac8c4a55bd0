import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkBuildTools, checkModuleTools } from '../../src/rig/build-tools.ts';

const before = process.env.PATH;
let empty: string;
beforeEach(() => {
  empty = mkdtempSync(join(tmpdir(), 'asidbench-test-'));
  process.env.PATH = empty;
});
afterEach(() => {
  process.env.PATH = before;
  rmSync(empty, { recursive: true });
});

test('where nothing is installed, one sentence names what is missing and the command for it', () => {
  expect(checkBuildTools).toThrow(
    /^the emulator: this is built from source, and gcc, make, ninja, .* is missing here\. As root: apt-get install --no-install-recommends gcc make ninja-build meson /,
  );
  expect(checkBuildTools).toThrow(/ libglib2\.0-dev\b/);
  expect(checkModuleTools).toThrow(/^KVM's modules: .* bc\b.* gcc-12\b/);
});
