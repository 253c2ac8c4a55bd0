import { basename } from 'node:path';
import type { ImportReport } from '../../../importers/import-report.ts';
import { NO_KERNEL } from '../../../importers/traces/formats.ts';
import { LackeyDecoder } from '../../../importers/traces/lackey.ts';
import { counts } from '../../../importers/traces/trace-importer.ts';
import { TraceWindow } from '../../../importers/traces/trace-window.ts';
import { EXIT_CODES, UserError } from '../../../util/user-error.ts';
import {
  freeTracePath,
  openTraceOutput,
  type TraceOutput,
  type WrittenTrace,
} from '../../host-files/trace-file.ts';
import { INVOCATION, PROGRAM_NAME } from '../../output/invocation.ts';
import { printError } from '../../output/io.ts';
import { startTerminalStatus } from '../../output/progress.ts';
import type { RecordFlags } from './flags.ts';
import { recordLine } from './progress.ts';
import { type ProgramEnd, startLackey, type TracedProgram } from './valgrind.ts';

const NO_CHILDREN = 'what child processes did: Valgrind follows the program itself';
/** The program prints to the same terminal: leave it some peace. */
const REDRAW_MILLISECONDS = 1000;
const SOURCE = 'valgrind lackey --trace-mem=yes';

/**
 * `record -- COMMAND…`: runs a command under Valgrind and writes its page trace, converted while it
 * runs, and a suite. Throws `UserError` where nothing could be recorded or written.
 */
export async function perform(command: readonly string[], flags: RecordFlags): Promise<number> {
  const name = basename(command[0] ?? '');
  const output = openTraceOutput(flags.out ?? freeTracePath('.', name));
  const window = new TraceWindow(output.sink, flags.skip, flags.instructions ?? Infinity);
  const decoder = new LackeyDecoder(window, name);
  const interrupt = catchInterrupts();
  try {
    const program = await startLackey(command);
    interrupt.onFirst((signal) => program.stop(signal));
    const end = await follow(program, decoder, window, output, flags.quiet);
    // From here on the program is over: what comes now must not lose the trace.
    const isInterrupted = interrupt.happened();
    const instructions = window.lengthOf(decoder.switches.instructions);
    if (output.records() === 0) throw nothingRecorded(name, end, flags, isInterrupted);
    // Where the program was stopped or killed, the last line may be torn.
    if (end.status !== null && !isInterrupted && !window.over) decoder.end();
    const report = recordReport(name, instructions, flags.skip, output);
    const written = await output.finish({ source: SOURCE, instructions }, report);
    printError(recordText(name, written, instructions, end, window.over));
    if (isInterrupted) return EXIT_CODES.interrupted;
    return end.status === 0 || window.over ? EXIT_CODES.ok : EXIT_CODES.verdict;
  } catch (error) {
    output.abandon();
    throw error;
  } finally {
    interrupt.release();
  }
}

/** Without the program's arguments, which may be nobody else's business. */
function recordReport(
  name: string,
  instructions: number,
  skip: number,
  output: TraceOutput,
): ImportReport {
  const moves = `${counts(output.records())} moves between ${counts(output.pages())} pages`;
  const start = skip > 0 ? `, after the first ${counts(skip)}` : '';
  const statement = (text: string) => ({ text, source: null });
  return {
    understood: [
      statement(`${name}, recorded with Valgrind's lackey`),
      statement(`${counts(instructions)} instructions${start}, ${moves}`),
    ],
    unknown: [NO_KERNEL, NO_CHILDREN].map(statement),
    assumed: [],
  };
}

interface Interrupts {
  readonly happened: () => boolean;
  /** What to do at the first signal, also at one that has come already. */
  readonly onFirst: (act: (signal: NodeJS.Signals) => void) => void;
  readonly release: () => void;
}

/** A terminal sends Ctrl-C to this process and to the program, npm once more to this process. */
function catchInterrupts(): Interrupts {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  let first: NodeJS.Signals | null = null;
  let act = (_signal: NodeJS.Signals): void => {};
  const onSignal = (signal: NodeJS.Signals): void => {
    if (first === null) act(signal);
    first ??= signal;
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    happened: () => first !== null,
    onFirst: (wanted) => {
      act = wanted;
      if (first !== null) act(first);
    },
    release: () => {
      for (const signal of signals) process.removeListener(signal, onSignal);
    },
  };
}

/** Decodes until the program ends; stops it once it has executed enough. */
async function follow(
  program: TracedProgram,
  decoder: LackeyDecoder,
  window: TraceWindow,
  output: TraceOutput,
  isQuiet: boolean,
): Promise<ProgramEnd> {
  const progress = isQuiet ? null : startTerminalStatus(REDRAW_MILLISECONDS);
  let isStopped = false;
  try {
    for await (const chunk of program.text) {
      // What comes after the last instruction wanted is read and dropped, or Valgrind would wait.
      if (isStopped) continue;
      decoder.push(chunk);
      const { instructions, dataAccesses } = decoder.switches;
      const state = { accesses: instructions + dataAccesses, pages: output.pages() };
      progress?.show((elapsed) => recordLine(state, elapsed));
      if (!window.over) continue;
      isStopped = true;
      program.stop('SIGTERM');
    }
    return await program.ended;
  } catch (error) {
    program.stop('SIGTERM');
    throw error;
  } finally {
    progress?.finish();
  }
}

function nothingRecorded(
  name: string,
  end: ProgramEnd,
  flags: RecordFlags,
  isInterrupted: boolean,
): UserError {
  const how = endText(end);
  if (isInterrupted) {
    return new UserError('interrupted', name, 'interrupted before the first access', 'Try again');
  }
  if (flags.skip > 0) {
    const cause = `it ${how} before ${counts(flags.skip)} instructions were over`;
    return new UserError('usage', name, cause, 'Give a smaller --skip');
  }
  const cure = 'Check that the command is a program of this machine and runs without record';
  return new UserError('usage', name, `Valgrind recorded nothing of it; it ${how}`, cure);
}

function endText(end: ProgramEnd): string {
  return end.signal === null
    ? `ended with status ${end.status ?? 'unknown'}`
    : `was ended by ${end.signal}`;
}

function recordText(
  name: string,
  written: WrittenTrace,
  instructions: number,
  end: ProgramEnd,
  isOver: boolean,
): string {
  const why = isOver ? 'was stopped after the instructions wanted' : endText(end);
  return `${PROGRAM_NAME}: ${name} ${why}.
Recorded ${counts(instructions)} instructions: ${counts(written.records)} moves between ${counts(written.pages)} pages.
  ${written.tracePath}  the page trace, ${counts(written.traceBytes)} bytes
  ${written.suitePath}  a suite that runs it as L2; exits per second are assumed in it
Not in it: what the kernel did for the program, and what its child processes did.
Next: ${INVOCATION} run ${written.suitePath}
`;
}
