import { appendFileSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpioArchive } from './cpio.ts';
import { type Image, type Kernel, MODULE_NAMES, MOST_IMAGES, moduleBytes } from './images.ts';
import { keyOf, madeOnceOfMany, sha256Of } from './once.ts';
import type { Rig } from './rig.ts';

/**
 * An image with other modules of KVM in L0, made in a moment: the kernel unpacks archives that
 * follow each other, and a file of the second one takes the place of the first one's.
 */
export async function imageWithModules(rig: Rig, image: Image, l0: Kernel): Promise<Image> {
  const modules = cpioArchive(
    MODULE_NAMES.map((name) => ({
      path: `mods/${name}.ko`,
      kind: 'file',
      bytes: moduleBytes(l0.modules[name]),
      mode: 0o644,
    })),
  );
  const key = keyOf(image.initrd, sha256Of(modules));
  const folder = await madeOnceOfMany(rig, 'image', key, MOST_IMAGES, async (unfinished) => {
    const initrd = join(unfinished, 'initrd');
    copyFileSync(image.initrd, initrd);
    appendFileSync(initrd, modules);
  });
  return { bzImage: image.bzImage, initrd: join(folder, 'initrd') };
}
