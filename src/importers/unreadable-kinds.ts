/** A kind of file that can't be read, and what to record instead. */
export interface UnreadableKind {
  readonly cause: string;
  readonly cure: string;
}

/** Output of tools that have another form, which can be read; by the first bytes of a file. */
const KINDS: readonly (UnreadableKind & { readonly pattern: RegExp })[] = [
  {
    pattern: /^(?:\xff\xfe|\xfe\xff)/,
    cause: 'this is UTF-16 text',
    cure: 'Save it as UTF-8',
  },
  {
    pattern: /^PERFILE2|^2ELIFREP/,
    cause: 'this is a perf.data, which only perf reads',
    cure: 'Give what perf script, or perf kvm stat report --stdio, prints of it',
  },
  {
    pattern: /^..Dtracing/,
    cause: 'this is a trace.dat, which only trace-cmd reads',
    cure: 'Give what trace-cmd report prints of it',
  },
  {
    pattern: /^[ \t]{0,8}Performance counter stats for /m,
    cause: "this is perf stat's table for people, whose layout depends on version and language",
    cure: 'Record with perf stat -x, (a comma after the x)',
  },
  {
    pattern: /^#? ?(?:Samples: [\d.]+[KMG]? {1,2}of events? |Overhead {2,})/m,
    cause: 'this is a screen of perf report, which shows where time went and no exits',
    cure: 'Use perf kvm stat report --stdio for exits, or perf script for their trace',
  },
  {
    pattern: /^@\w{0,64}(?:\[[^\]\n]{0,256}\])?: ?\n\[/m,
    cause: 'this is a histogram of bpftrace, which holds no counts by exit',
    cure: 'Count with count(), such as tracepoint:kvm:kvm_exit { @kvm_exit[args->exit_reason] = count(); }',
  },
];

/** Null: it is of no kind that has another form. */
export function unreadableKind(head: Uint8Array): UnreadableKind | null {
  const text = Buffer.from(head).toString('latin1');
  return KINDS.find(({ pattern }) => pattern.test(text)) ?? null;
}
