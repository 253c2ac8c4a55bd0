import { join } from 'node:path';
import { buildModules } from '../../rig/build-modules.ts';
import type { Emulator } from '../../rig/build-qemu.ts';
import { buildImage, type Kernel, stockKernel, withModules } from '../../rig/images.ts';
import { imageWithModules } from '../../rig/module-image.ts';
import type { Rig } from '../../rig/rig.ts';
import type { SanitizerRun } from '../../sanitizer/runs.ts';
import type { Variant } from '../../sanitizer/variants.ts';
import type { WatchedRun } from '../../sanitizer/verdict.ts';
import { type WatchOptions, watchRun } from './watch-run.ts';

/** Debian's kernel without the flush of a variant, or as it is. */
export async function kernelOf(rig: Rig, variant: Variant | null): Promise<Kernel> {
  const stock = await stockKernel(rig);
  if (variant === null) return stock;
  return withModules(stock, await buildModules(rig, variant.id, variant.edits));
}

/** A run under this kernel as L0; L1 is always the stock one, so that it is a guest to trust. */
export async function watchKernel(
  rig: Rig,
  emulator: Emulator,
  kernel: Kernel,
  run: SanitizerRun,
  folder: string,
  options: WatchOptions = {},
): Promise<WatchedRun> {
  const stock = await stockKernel(rig);
  const guestsShareKernel = kernel.bzImage === stock.bzImage;
  // The large image is made once for all modules of one kernel.
  const image = guestsShareKernel
    ? await imageWithModules(rig, await buildImage(rig, stock, stock), kernel)
    : await buildImage(rig, kernel, stock);
  return watchRun(rig, emulator, image, run, join(folder, run.id), {
    ...options,
    guestsShareKernel,
  });
}
