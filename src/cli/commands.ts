const ANSWER = 'Answer a question:';
const SAFE = 'Is it safe:';
const BRING = 'Bring data:';
const UNDERSTAND = 'Understand:';
const SCALE = 'Scale:';

/** Every command, in the groups and the order of `--help`. What each takes lies in commands/NAME. */
export const COMMANDS = [
  {
    name: 'run',
    group: ANSWER,
    summary: 'run suites and write a report (the default command)',
  },
  {
    name: 'answer',
    group: ANSWER,
    summary: 'what the series would save on your host, from what you have recorded of it',
  },
  {
    name: 'compare',
    group: ANSWER,
    summary: 'compare two runs, strategies, machines or captures, with a verdict',
  },
  {
    name: 'report',
    group: ANSWER,
    summary: 'print a finished run as mail, Markdown, HTML, CSV, Parquet or JSON',
  },
  {
    name: 'check',
    group: SAFE,
    summary: 'look for stale translations in every interleaving of small worlds',
  },
  {
    name: 'sanitize',
    group: SAFE,
    summary: 'run a real KVM on an emulated CPU and look for TLB flushes that are missing',
  },
  {
    name: 'replay',
    group: SAFE,
    summary: 'run captured logs through the model and compare each VMRUN',
  },
  {
    name: 'import',
    group: BRING,
    summary: 'make a suite of what you have recorded of your own host',
  },
  {
    name: 'record',
    group: BRING,
    summary: 'run a program under Valgrind and record the pages that it touches',
  },
  {
    name: 'capture',
    group: BRING,
    summary: 'boot a real KVM on an emulated AMD CPU and record what the CPU sees',
  },
  {
    name: 'probe',
    group: BRING,
    summary: "measure this host's TLBs and compare them with the model",
  },
  {
    name: 'fit',
    group: BRING,
    summary: 'parameters that your measurements determine, and those that they leave open',
  },
  {
    name: 'list',
    group: UNDERSTAND,
    summary: 'suites by group, strategies, machines',
  },
  {
    name: 'explain',
    group: UNDERSTAND,
    summary: 'what a machine, strategy, behaviour, cause or suite is',
  },
  {
    name: 'sensitivity',
    group: UNDERSTAND,
    summary: 'which unknown numbers an answer depends on, and where it would change',
  },
  {
    name: 'validate',
    group: UNDERSTAND,
    summary: 'hold the model against every published or captured number',
  },
  {
    name: 'worker',
    group: SCALE,
    summary: 'compute cells that "run --engine bullmq" has put into a queue in Redis',
  },
] as const;

export type CommandName = (typeof COMMANDS)[number]['name'];

/** Commands that are gone: what does their work. */
export const MOVED_COMMANDS = {
  patches: 'check --series',
  merge: 'run --merge DIR… --out DIR',
  live: 'answer LINK',
  query: 'report DIR --format parquet',
} as const;

export function commandNamed(word: string) {
  return COMMANDS.find(({ name }) => name === word);
}
