import { describe, expect, test } from 'vitest';
import { type CaptureManifest, parseCaptureManifest } from '../../src/inputs/capture-manifest.ts';
import { userErrorOf } from './helpers.ts';

const HASH = 'ab'.repeat(32);
const KERNEL = {
  release: '6.12.117+deb12-amd64',
  bzImageSha256: HASH,
  modules: { 'kvm.ko': HASH, 'kvm-amd.ko': null },
  parameters: { npt: 'Y' },
};
const MANIFEST: CaptureManifest = {
  format: 'asidbench-capture',
  version: 1,
  created: '2026-11-30T21:30:00Z',
  emulator: { qemu: '7.2.22', changesSha256: HASH },
  cpu: { model: 'EPYC-Milan', features: ['+pku', '-flushbyasid'], asids: 32_768 },
  pCpus: 1,
  vCpus: 1,
  kernel: { l0: KERNEL, l1: KERNEL, patch: 'stock' },
  windows: [
    {
      name: 'npt-npt.cpuid',
      workload: 'cpuid',
      l0Npt: true,
      l1Npt: true,
      iterations: 60,
      log: 'windows/npt-npt.cpuid.hw.gz',
      pages: null,
      sequence: null,
      truncated: false,
    },
  ],
};

/** The manifest with what stands at a dotted path replaced. */
function changed(at: string, value: unknown): string {
  const copy: unknown = JSON.parse(JSON.stringify(MANIFEST));
  const keys = at.split('.');
  const last = keys.pop()!;
  const holder = keys.reduce((node, key) => (node as Record<string, unknown>)[key], copy) as Record<
    string,
    unknown
  >;
  holder[last] = value;
  return JSON.stringify(copy);
}

const messageOf = (at: string, value: unknown) =>
  userErrorOf(() => parseCaptureManifest(changed(at, value), 'f/manifest.json'));

describe('the manifest of a capture', () => {
  test('is read as it was written', () => {
    expect(parseCaptureManifest(JSON.stringify(MANIFEST), 'f')).toEqual(MANIFEST);
  });

  test('of before there were vCPUs of L1 and page sequences has one and none', () => {
    const { vCpus: _, windows, ...older } = MANIFEST;
    const [{ sequence: __, ...window }] = windows as [CaptureManifest['windows'][0]];
    const json = JSON.stringify({ ...older, windows: [window] });
    expect(parseCaptureManifest(json, 'f')).toEqual(MANIFEST);
  });

  test('may say more than this version knows', () => {
    expect(parseCaptureManifest(changed('later', 1), 'f')).toEqual(MANIFEST);
  });

  test.each([
    ['format', 'other'],
    ['version', 2],
    ['created', 'yesterday'],
    ['emulator.changesSha256', 'abc'],
    ['cpu.asids', 1],
    ['pCpus', 0],
    ['kernel.l0.release', ''],
    ['kernel.l1.modules', { 'kvm.ko': 'x' }],
    ['windows', []],
    ['windows.0.name', '../x'],
    ['windows.0.iterations', -1],
    ['windows.0.l0Npt', 'Y'],
    ['windows.0.log', undefined],
  ])('is refused with the place of %s', (at, value) => {
    expect(messageOf(at, value)).toContain(`f/manifest.json ${at}`);
  });

  test.each(['/etc/passwd', '../up', 'windows/../../up', 'a//b', 'a\\b', '.', ''])(
    'names no file outside its folder: %s',
    (log) => {
      expect(messageOf('windows.0.log', log)).toContain('windows.0.log');
    },
  );

  test('names each window once', () => {
    const twice = [...MANIFEST.windows, ...MANIFEST.windows];
    expect(messageOf('windows', twice)).toContain('two windows have the name "npt-npt.cpuid"');
  });

  test('that was cut off is no manifest', () => {
    const message = userErrorOf(() => parseCaptureManifest('{"format":', 'f/manifest.json'));
    expect(message).toContain('this is not JSON');
  });
});
