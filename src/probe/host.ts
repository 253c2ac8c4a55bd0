import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** What is known about the processor that the probe runs on, and about its memory. */
export interface Host {
  readonly modelName: string;
  readonly vendor: 'AMD' | 'Intel' | 'unknown';
  readonly family: number | null;
  readonly model: number | null;
  readonly stepping: number | null;
  /** True in a VM, false on bare metal, null where the host does not say. */
  readonly isVirtualMachine: boolean | null;
  /** `always`, `madvise` or `never`; `unknown` where there is no such setting. */
  readonly transparentHugePages: string;
  readonly node: string;
}

const VENDORS: Readonly<Record<string, Host['vendor']>> = {
  AuthenticAMD: 'AMD',
  GenuineIntel: 'Intel',
};

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** The facts in the text of /proc/cpuinfo; `modelName` is what to say where it has none. */
export function parseCpuInfo(
  text: string,
  modelName: string,
): Omit<Host, 'transparentHugePages' | 'node'> {
  const field = (name: string) => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(text)?.[1]?.trim();
  const whole = (name: string) => {
    const value = Number(field(name) ?? Number.NaN);
    return Number.isInteger(value) ? value : null;
  };
  const flags = field('flags');
  return {
    modelName: field('model name') ?? modelName,
    vendor: VENDORS[field('vendor_id') ?? ''] ?? 'unknown',
    family: whole('cpu family'),
    model: whole('model'),
    stepping: whole('stepping'),
    isVirtualMachine: flags === undefined ? null : /\bhypervisor\b/.test(flags),
  };
}

/** The word in brackets of a kernel setting such as `always [madvise] never`. */
export function chosenWord(text: string): string {
  return /\[(\w+)\]/.exec(text)?.[1] ?? 'unknown';
}

export function describeHost(): Host {
  return {
    ...parseCpuInfo(readText('/proc/cpuinfo'), cpus()[0]?.model ?? 'unknown processor'),
    transparentHugePages: chosenWord(readText('/sys/kernel/mm/transparent_hugepage/enabled')),
    node: process.version,
  };
}

/** Bytes of this process that huge pages back, from the text of /proc/self/smaps_rollup. */
export function parseHugeBytes(text: string): number | null {
  const kibibytes = /^AnonHugePages:\s+(\d+) kB$/m.exec(text)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** Null where the kernel does not tell. */
export function hugePageBytes(): number | null {
  return parseHugeBytes(readText('/proc/self/smaps_rollup'));
}
