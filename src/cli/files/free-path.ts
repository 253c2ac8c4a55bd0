import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The first path that is free of `folder/name`, `folder/name-2` and so on, each with `ending`. */
export function freePath(
  folder: string,
  name: string,
  ending = '',
  isTaken: (path: string) => boolean = existsSync,
): string {
  for (let number = 1; ; number += 1) {
    const path = join(folder, `${name}${number === 1 ? '' : `-${number}`}${ending}`);
    if (!isTaken(path)) return path;
  }
}
