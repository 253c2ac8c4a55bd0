import type { ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../util/user-error.ts';
import type { Emulator } from './build-qemu.ts';
import { FIRMWARE, unpackPackages } from './debian.ts';
import type { Image } from './images.ts';
import type { Rig } from './rig.ts';
import { startEmulator } from './start-emulator.ts';

/** The emulated machine, and what L0 is told. */
export interface Machine {
  /** QEMU's name of a model. */
  readonly cpuModel: string;
  /** `+pku`, `-flushbyasid`: added to what SVM needs. */
  readonly features: readonly string[];
  readonly asids: number;
  readonly pCpus: number;
  readonly memoryMegabytes: number;
}

export interface Boot {
  readonly machine: Machine;
  /** Script of `capture/guest/cmd` that L0 runs. */
  readonly command: string;
  /** What the scripts read as `$ab_NAME`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Of the emulator's log and sanitizer. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where console and logs are kept. */
  readonly folder: string;
  /** A line of the console after which the emulator is ended; absent: L0 switches itself off. */
  readonly endsAt?: string;
  /** What L0 writes to the debug port goes to this file: symbols, where `$ab_symbols` is 1. */
  readonly portFile?: string;
  readonly onSaid?: (said: Said) => void;
}

/** What a level's script printed: `L2 boots`, or release and parameters of a kernel. */
export interface Said {
  readonly level: 'L0' | 'L1' | 'L2';
  readonly text: string;
}

/**
 * Host seconds without a word on the console after which nothing is expected any more: a guest on a crowded machine can
 * be slow to say its next word.
 */
const SILENCE_SECONDS = 600;
export const CONSOLE_FILE = 'console.txt';
/** What KVM wants of an SVM CPU, beyond the model: QEMU leaves them out of its AMD models. */
const SVM_FEATURES = [
  '+svm',
  '+npt',
  '+vgif',
  '+nrip-save',
  '+flushbyasid',
  '+decodeassists',
  '+vmcb-clean',
  '+v-vmsave-vmload',
];
const KERNEL_PARAMETERS =
  'console=ttyS0 nokaslr panic=-1 tsc=reliable no_timer_check lpj=4000000 ' +
  'random.trust_cpu=1 loglevel=5 rdinit=/init';
/** What L0 says last. */
const L0_OFF = 'asidbench: L0 off';
const LAST_LINES = 3;
const POLL_MILLISECONDS = 500;

/** What is added to and taken from the model, in QEMU's words. */
export function allFeatures(machine: Machine): string[] {
  return [...SVM_FEATURES, ...machine.features];
}

/** The words that start the emulator. */
export function qemuWords(boot: Boot, image: Image, firmware: string): readonly string[] {
  const { machine, parameters } = boot;
  const own = Object.entries({ ...parameters, cmd: boot.command }).map(
    ([name, value]) => `ab.${name}=${value}`,
  );
  return [
    ...['-L', join(firmware, 'usr/share/seabios'), '-L', join(firmware, 'usr/share/qemu')],
    ...['-accel', 'tcg,thread=single,tb-size=512', '-M', 'pc'],
    ...['-cpu', [machine.cpuModel, ...allFeatures(machine)].join(',')],
    ...['-smp', String(machine.pCpus), '-m', String(machine.memoryMegabytes)],
    ...['-nodefaults', '-nographic', '-vga', 'none', '-monitor', 'none', '-no-reboot'],
    ...portWords(boot.portFile),
    ...['-serial', 'stdio', '-kernel', image.bzImage, '-initrd', image.initrd],
    ...['-append', [KERNEL_PARAMETERS, ...own].join(' ')],
  ];
}

function portWords(path: string | undefined): readonly string[] {
  if (path === undefined) return [];
  const device = 'isa-debugcon,iobase=0xe9,chardev=port';
  return ['-chardev', `file,id=port,path=${path}`, '-device', device];
}

/**
 * Runs L0 until it switches itself off, or says what it is waited for. Throws `UserError` with the last words of the console, which
 * is kept, where the emulator ends otherwise or nothing is said for too long; 'interrupted' where
 * a signal came.
 */
export async function runBoot(
  rig: Rig,
  emulator: Emulator,
  image: Image,
  boot: Boot,
): Promise<void> {
  const firmware = await unpackPackages(rig, 'firmware', FIRMWARE);
  mkdirSync(boot.folder, { recursive: true });
  const child = startEmulator([emulator.path, ...qemuWords(boot, image, firmware)], {
    ASIDBENCH_ASIDS: String(boot.machine.asids),
    ASIDBENCH_PCPU_COLUMN: boot.machine.pCpus > 1 ? '1' : '0',
    ...boot.environment,
  });
  const watcher = watchConsole(child, boot);
  const end = await watcher.ended;
  if (watcher.isOff()) return;
  const consolePath = join(boot.folder, CONSOLE_FILE);
  const last = watcher.lastLines().join(' / ') || 'nothing';
  throw new UserError(
    end === 'interrupted' ? 'interrupted' : 'input',
    `${boot.command} in the emulator`,
    `${end} after "${last}"`,
    `The whole console is in ${consolePath}`,
  );
}

interface ConsoleWatcher {
  readonly ended: Promise<string>;
  readonly isOff: () => boolean;
  readonly lastLines: () => readonly string[];
}

function watchConsole(child: ChildProcess, boot: Boot): ConsoleWatcher {
  const file = createWriteStream(join(boot.folder, CONSOLE_FILE));
  let rest = '';
  let last: string[] = [];
  let isOff = false;
  let cause: string | null = null;
  let heard = performance.now();
  const hear = (chunk: Buffer): void => {
    heard = performance.now();
    file.write(chunk);
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.map(cleanLine).filter((text) => text !== '')) {
      last = [...last, line].slice(-LAST_LINES);
      if (!isOff && line.includes(boot.endsAt ?? L0_OFF)) {
        isOff = true;
        if (boot.endsAt !== undefined) child.kill('SIGTERM');
      }
      const said = saidIn(line);
      if (said !== null) boot.onSaid?.(said);
    }
  };
  child.stdout!.on('data', hear);
  child.stderr!.on('data', hear);
  const stop = (why: string): void => {
    cause ??= why;
    child.kill('SIGKILL');
  };
  const timer = setInterval(() => {
    if (performance.now() - heard > SILENCE_SECONDS * 1000) {
      stop(`it said nothing for ${SILENCE_SECONDS} s`);
    }
  }, POLL_MILLISECONDS);
  const onSignal = (): void => stop('interrupted');
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`it can't be started (${error.message})`));
    child.once('close', (status) => resolve(cause ?? `it ended with ${status ?? 'a signal'}`));
  }).finally(() => {
    clearInterval(timer);
    process.removeListener('SIGINT', onSignal).removeListener('SIGTERM', onSignal);
    file.end();
  });
  return { ended, isOff: () => isOff && cause === null, lastLines: () => last };
}

/** What a level says in a line of the console, or null. */
export function saidIn(line: string): Said | null {
  const [, level, text] = /asidbench: (L[012])(?: (.*))?$/.exec(line) ?? [];
  if (level !== 'L0' && level !== 'L1' && level !== 'L2') return null;
  return text === undefined ? null : { level, text };
}

/** Without what terminals need and without the kernel's times. */
export function cleanLine(line: string): string {
  // Control characters, and escape sequences of firmware and kernels.
  const plain = [...line].filter((char) => char >= ' ' && char <= '~').join('');
  return plain.replace(/^(?:\[ *\d+\.\d+\] )+/, '').trim();
}
