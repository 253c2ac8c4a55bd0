import { expect, test } from 'vitest';
import { cpioArchive } from '../../src/rig/cpio.ts';

test('an archive of a folder, a file, a link and a device is what newc says', () => {
  const archive = cpioArchive([
    { path: 'bin', kind: 'folder' },
    { path: 'bin/sh', kind: 'file', bytes: Buffer.from('hello'), mode: 0o755 },
    { path: 'bin/ls', kind: 'link', target: 'sh' },
    { path: 'dev/null', kind: 'device', major: 1, minor: 3 },
  ]);
  const entries: { name: string; mode: string; data: string }[] = [];
  for (let at = 0; at < archive.length; ) {
    const field = (index: number): number =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const name = archive.toString('latin1', at + 110, at + 110 + nameSize - 1);
    const start = Math.ceil((at + 110 + nameSize) / 4) * 4;
    const device = field(9) * 256 + field(10);
    const data = device > 0 ? String(device) : archive.toString('latin1', start, start + size);
    entries.push({ name, mode: mode.toString(8), data });
    at = Math.ceil((start + size) / 4) * 4;
  }
  expect(entries).toEqual([
    { name: 'bin', mode: '40755', data: '' },
    { name: 'bin/sh', mode: '100755', data: 'hello' },
    { name: 'bin/ls', mode: '120755', data: 'sh' },
    { name: 'dev/null', mode: '20600', data: '259' },
    { name: 'TRAILER!!!', mode: '0', data: '' },
  ]);
});
