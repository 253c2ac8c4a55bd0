import type { Host } from '../probe/host.ts';

interface Models {
  readonly vendor: Host['vendor'];
  readonly family: number;
  readonly from: number;
  readonly to: number;
  readonly preset: string;
}

/**
 * Ranges of CPUID models: AMD's as in Linux arch/x86/kernel/cpu/amd.c (bsp_init_amd), Intel's as in
 * arch/x86/include/asm/intel-family.h. Client parts have their server relative's core.
 */
const MODELS: readonly Models[] = [
  { vendor: 'AMD', family: 0x10, from: 0x00, to: 0xff, preset: 'k10-barcelona' },
  { vendor: 'AMD', family: 0x17, from: 0x00, to: 0x2f, preset: 'zen1-naples' },
  { vendor: 'AMD', family: 0x17, from: 0x30, to: 0xff, preset: 'zen2-rome' },
  { vendor: 'AMD', family: 0x19, from: 0x00, to: 0x0f, preset: 'zen3-milan' },
  { vendor: 'AMD', family: 0x19, from: 0x10, to: 0x1f, preset: 'zen4-genoa' },
  { vendor: 'AMD', family: 0x19, from: 0x20, to: 0x5f, preset: 'zen3-milan' },
  { vendor: 'AMD', family: 0x19, from: 0x60, to: 0xaf, preset: 'zen4-genoa' },
  { vendor: 'AMD', family: 0x1a, from: 0x00, to: 0xff, preset: 'zen5-turin' },
  { vendor: 'Intel', family: 6, from: 0x4e, to: 0x4e, preset: 'skx' },
  { vendor: 'Intel', family: 6, from: 0x55, to: 0x55, preset: 'skx' },
  { vendor: 'Intel', family: 6, from: 0x5e, to: 0x5e, preset: 'skx' },
  { vendor: 'Intel', family: 6, from: 0x6a, to: 0x6c, preset: 'icx' },
  { vendor: 'Intel', family: 6, from: 0x7d, to: 0x7e, preset: 'icx' },
  { vendor: 'Intel', family: 6, from: 0x8f, to: 0x8f, preset: 'spr' },
  { vendor: 'Intel', family: 6, from: 0xcf, to: 0xcf, preset: 'spr' },
];

/** Id of the machine whose core the host has, or null when no preset is of its kind. */
export function nearestPreset(host: Pick<Host, 'vendor' | 'family' | 'model'>): string | null {
  const { vendor, family, model } = host;
  if (family === null || model === null) return null;
  const found = MODELS.find(
    (each) =>
      each.vendor === vendor && each.family === family && model >= each.from && model <= each.to,
  );
  return found?.preset ?? null;
}
