import { spawnSync } from 'node:child_process';
import { UserError } from '../util/user-error.ts';

/** Offsets in a bzImage: Documentation/arch/x86/boot.rst. */
const SETUP_SECTORS = 0x1f1;
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_LENGTH = 0x24c;
const SECTOR_BYTES = 512;
/** More than any kernel has, uncompressed. */
const LARGEST_BYTES = 1_000_000_000;

/** Who decompresses a payload that begins so. */
const DECOMPRESSORS: readonly (readonly [magic: string, program: string])[] = [
  ['28b52ffd', 'zstd'],
  ['fd377a58', 'xz'],
  ['1f8b', 'gzip'],
  ['425a68', 'bzip2'],
];

/** The ELF file that a bzImage holds, which the VMM boots by its 64-bit entry. */
export function vmlinuxOf(bzImage: Buffer, path: string): Buffer {
  if (bzImage.length < SECTOR_BYTES * 2 || bzImage.toString('latin1', 0x202, 0x206) !== 'HdrS') {
    throw new UserError('input', path, 'it is no bzImage of Linux', 'Give arch/x86/boot/bzImage');
  }
  const start = (bzImage[SETUP_SECTORS]! + 1) * SECTOR_BYTES + bzImage.readUInt32LE(PAYLOAD_OFFSET);
  const payload = bzImage.subarray(start, start + bzImage.readUInt32LE(PAYLOAD_LENGTH));
  const head = payload.toString('hex', 0, 8);
  const program = DECOMPRESSORS.find(([magic]) => head.startsWith(magic))?.[1];
  if (program === undefined) {
    const cure = 'Build the kernel with CONFIG_KERNEL_ZSTD, XZ, GZIP or BZIP2';
    throw new UserError('input', path, 'its compression is not known here', cure);
  }
  // The size of the uncompressed kernel follows the payload's last frame: not the tool's affair.
  const { stdout } = spawnSync(program, ['-dc'], { input: payload, maxBuffer: LARGEST_BYTES });
  if (stdout.toString('latin1', 1, 4) === 'ELF') return stdout;
  throw new UserError('input', path, `${program} finds no kernel in it`, 'Give a whole bzImage');
}
