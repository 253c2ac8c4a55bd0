import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkKernelFlags, kernelOfFlags } from '../../src/cli/rig/open-rig.ts';

const folder = mkdtempSync(join(tmpdir(), 'asidbench-modules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const stock = {
  bzImage: 'stock/vmlinuz',
  modules: { irqbypass: 'stock/i', ccp: 'stock/c', kvm: 'stock/k', 'kvm-amd': 'stock/a' },
};

/** A build that holds some files. */
function build(name: string, ...files: readonly string[]): string {
  for (const file of files) {
    mkdirSync(dirname(join(folder, name, file)), { recursive: true });
    writeFileSync(join(folder, name, file), '');
  }
  return join(folder, name);
}

const KVM = ['arch/x86/kvm/kvm.ko', 'arch/x86/kvm/kvm-amd.ko'];

describe("a kernel of one's own", () => {
  test('has its modules wherever they lie below its folder', () => {
    const tree = build('tree', ...KVM, 'virt/lib/irqbypass.ko', 'drivers/crypto/ccp/ccp.ko');
    const { bzImage, modules } = kernelOfFlags(stock, { kernel: 'bz', modules: tree });
    expect(bzImage).toBe('bz');
    expect(modules.irqbypass).toBe(join(tree, 'virt/lib/irqbypass.ko'));
    expect(modules['kvm-amd']).toBe(join(tree, 'arch/x86/kvm/kvm-amd.ko'));
  });

  test("does not get another kernel's irqbypass.ko, which would not load", () => {
    const alone = build('alone', ...KVM);
    expect(() => kernelOfFlags(stock, { kernel: 'bz', modules: alone })).toThrow(
      /there is no irqbypass\.ko in it\. Give the folder/,
    );
  });

  test("does not get Debian's modules either", () => {
    const bz = join(build('image', 'bz'), 'bz');
    expect(() => checkKernelFlags({ kernel: bz })).toThrow(/Give its own with --modules/);
  });
});

test("other modules for Debian's kernel leave it the rest of its own", () => {
  const { bzImage, modules } = kernelOfFlags(stock, { modules: build('mods', ...KVM) });
  expect([bzImage, modules.irqbypass]).toEqual(['stock/vmlinuz', 'stock/i']);
});
