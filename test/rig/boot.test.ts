import { expect, test } from 'vitest';
import { type Boot, cleanLine, qemuWords, saidIn } from '../../src/rig/boot.ts';

const BOOT: Boot = {
  machine: {
    cpuModel: 'EPYC-Milan',
    features: ['-pku'],
    asids: 64,
    pCpus: 2,
    memoryMegabytes: 1024,
  },
  command: 'windows',
  parameters: { l0: 'npt=1+vls=0' },
  environment: {},
  folder: 'out',
};

test('the emulator gets the machine, and L0 its parameters by its command line', () => {
  const words = qemuWords(BOOT, { bzImage: 'kernel', initrd: 'image' }, 'firmware');
  const after = (word: string): string => words[words.indexOf(word) + 1] ?? '';
  expect(after('-cpu')).toMatch(/^EPYC-Milan,\+svm,.*,-pku$/);
  expect([after('-smp'), after('-m')]).toEqual(['2', '1024']);
  expect([after('-kernel'), after('-initrd')]).toEqual(['kernel', 'image']);
  expect(after('-append')).toMatch(/ ab\.l0=npt=1\+vls=0 ab\.cmd=windows$/);
});

test("a line of the console is read without firmware's escapes and the kernel's times", () => {
  expect(cleanLine('\u001b[  123.456789] [    0.5] asidbench: L0 off\r')).toBe('asidbench: L0 off');
  expect(cleanLine('[    1.250000] Run /init as init process')).toBe('Run /init as init process');
});

test('a level is known by what it says of itself', () => {
  expect(saidIn('asidbench: L1 boots L2')).toEqual({ level: 'L1', text: 'boots L2' });
  expect(saidIn('asidbench: L3 boots')).toBeNull();
  expect(saidIn('Run /init as init process')).toBeNull();
});
