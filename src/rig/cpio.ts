/** A member of an archive: a folder, a file, a link or a device. */
export type Member =
  | { readonly path: string; readonly kind: 'folder' }
  | {
      readonly path: string;
      readonly kind: 'file';
      readonly bytes: Uint8Array;
      readonly mode: 0o644 | 0o755;
    }
  | { readonly path: string; readonly kind: 'link'; readonly target: string }
  | {
      readonly path: string;
      readonly kind: 'device';
      readonly major: number;
      readonly minor: number;
    };

const TYPE = { folder: 0o040000, file: 0o100000, link: 0o120000, device: 0o020000 };
const END = 'TRAILER!!!';

/**
 * An archive of the format newc, which the kernel unpacks as initramfs. Writing it ourselves needs
 * no root for devices, and the same members give the same bytes. Order is kept: a folder comes
 * before what is in it.
 */
export function cpioArchive(members: readonly Member[]): Buffer {
  const parts: Buffer[] = [];
  members.forEach((member, index) => {
    parts.push(...entry(member.path, index + 1, modeOf(member), bytesOf(member), deviceOf(member)));
  });
  parts.push(...entry(END, 0, 0, Buffer.alloc(0), [0, 0]));
  return Buffer.concat(parts);
}

function modeOf(member: Member): number {
  const rights = member.kind === 'file' ? member.mode : member.kind === 'device' ? 0o600 : 0o755;
  return TYPE[member.kind] + rights;
}

function bytesOf(member: Member): Uint8Array {
  if (member.kind === 'file') return member.bytes;
  return member.kind === 'link' ? Buffer.from(member.target) : Buffer.alloc(0);
}

function deviceOf(member: Member): readonly [major: number, minor: number] {
  return member.kind === 'device' ? [member.major, member.minor] : [0, 0];
}

function entry(
  path: string,
  inode: number,
  mode: number,
  bytes: Uint8Array,
  [major, minor]: readonly [number, number],
): Buffer[] {
  const name = Buffer.from(`${path}\0`);
  const [user, group, links, time, fileMajor, fileMinor, checksum] = [0, 0, 1, 0, 0, 0, 0];
  const fields = [
    inode,
    mode,
    user,
    group,
    links,
    time,
    bytes.length,
    fileMajor,
    fileMinor,
    major,
    minor,
    name.length,
    checksum,
  ];
  const head = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  const start = Buffer.concat([Buffer.from(head), name]);
  return [start, padding(start.length), Buffer.from(bytes), padding(bytes.length)];
}

function padding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}
