/** A small recording of a tool of Debian, and what its import must say. */
export interface ToolRecording {
  readonly what: string;
  readonly tool: string;
  /** The packages that bring it. */
  readonly debian: string;
  /** Commands of bash that write $FILE; $FOLDER is for what lies between. */
  readonly record: string;
  /** Of the outcome: `read as FORMAT; …`, or `refused: …`. */
  readonly expected: RegExp;
}

/** Without a guest the tracepoints of KVM are silent: counts of 0 and traces without events are right. */
const COUNTED = /^read as perf-stat; \d+ events/;
const EVENTS = 'page-faults,context-switches';
/** A language with decimal commas, made for this purpose. */
const GERMAN =
  'localedef -i de_DE -f UTF-8 "$FOLDER/de_DE.UTF-8" && LOCPATH="$FOLDER" LC_ALL=de_DE.UTF-8';

function perfStat(what: string, flags: string, expected = COUNTED, before = ''): ToolRecording {
  const record = `${before} perf stat ${flags} -o "$FILE" sleep 0.3`;
  return {
    what: `perf stat ${what}`,
    tool: 'perf',
    debian: 'linux-perf locales',
    record,
    expected,
  };
}

const PERF: readonly ToolRecording[] = [
  perfStat('-x,', `-x, -e ${EVENTS}`),
  perfStat('-x, -r 3', `-x, -r 3 -e ${EVENTS}`),
  perfStat('-x, -I 100 --summary', `-x, -I 100 --summary -e ${EVENTS}`),
  perfStat('-x, -a -A', `-x, -a -A -e ${EVENTS}`),
  perfStat('-x, -a --per-socket', `-x, -a --per-socket -e ${EVENTS}`),
  perfStat(
    '-x, of a cgroup',
    '-x, -a -e task-clock --for-each-cgroup /',
    /^read as|no event was counted/,
  ),
  perfStat('-x, of KVM', "-x, -a -e 'kvm:*'"),
  perfStat('-j', `-j -e ${EVENTS}`),
  perfStat('-j -a -A -I 100', `-j -a -A -I 100 -e ${EVENTS}`),
  perfStat('-j with decimal commas', `-j -e ${EVENTS},task-clock`, COUNTED, GERMAN),
  perfStat('-x; with decimal commas', `'-x;' -e ${EVENTS},task-clock`, COUNTED, GERMAN),
  perfStat('-x, with decimal commas', '-x, -e task-clock', /^refused: .*LC_ALL=C/, GERMAN),
  perfStat('for people', `-e ${EVENTS}`, /^refused: .*perf stat -x,/),
  {
    what: 'perf script',
    tool: 'perf',
    debian: 'linux-perf',
    record:
      'perf record -q -o "$FOLDER/perf.data" -a -e \'kvm:*\' -e sched:sched_switch -e cpu-clock sleep 0.3 && perf script -i "$FOLDER/perf.data" > "$FILE"',
    expected: /^read as kvm-trace|^refused: .*the trace has no event of KVM/,
  },
  {
    what: 'perf kvm stat report',
    tool: 'perf',
    debian: 'linux-perf',
    record:
      'perf kvm --host stat record -o "$FOLDER/kvm.data" -a sleep 0.3 && perf kvm -i "$FOLDER/kvm.data" stat report > "$FILE" 2>&1',
    expected: /^read as perf-kvm-stat|^refused: .*the report has no exits/,
  },
  {
    what: 'perf.data',
    tool: 'perf',
    debian: 'linux-perf',
    record: 'perf record -q -o "$FILE" -e cpu-clock sleep 0.1',
    expected: /^refused: .*this is a perf\.data/,
  },
];

const OTHERS: readonly ToolRecording[] = [
  {
    what: 'trace-cmd report',
    tool: 'trace-cmd',
    debian: 'trace-cmd',
    record:
      'trace-cmd record -q -o "$FOLDER/trace.dat" -e kvm -e sched:sched_switch sleep 0.3 && trace-cmd report "$FOLDER/trace.dat" > "$FILE"',
    expected: /^read as kvm-trace|^refused: .*the trace has no event of KVM/,
  },
  {
    what: 'ftrace',
    tool: 'mount',
    debian: 'mount',
    record:
      'cd /sys/kernel/debug/tracing && echo 1 > events/sched/sched_switch/enable && sleep 0.2 && echo 0 > events/sched/sched_switch/enable && cat trace > "$FILE"',
    expected: /^read as kvm-trace|^refused: .*the trace has no event of KVM/,
  },
  {
    what: 'bpftrace, maps',
    tool: 'bpftrace',
    debian: 'bpftrace',
    record:
      'bpftrace -e \'BEGIN { @kvm_exit[114] = 16; @kvm_exit[128] = 8; @kvm_nested_vmenter = 8; exit(); }\' > "$FILE"',
    expected: /^read as bpftrace; \d+ counts/,
  },
  {
    what: 'bpftrace, a histogram',
    tool: 'bpftrace',
    debian: 'bpftrace',
    record: 'bpftrace -e \'BEGIN { @kvm_exit = hist(5); exit(); }\' > "$FILE"',
    expected: /^refused: .*histogram of bpftrace/,
  },
  {
    what: 'lackey',
    tool: 'valgrind',
    debian: 'valgrind',
    record: 'valgrind --tool=lackey --trace-mem=yes --log-file="$FILE" /bin/true',
    expected: /^read as lackey; [\d,]+ instructions/,
  },
  {
    what: 'virsh domstats --vcpu, of a pretended host',
    tool: 'virsh',
    debian: 'libvirt-clients',
    record: 'virsh -q -c test:///default domstats --vcpu > "$FILE"',
    expected: /^read as kvm-counters|^refused: .*the file has no counter of KVM/,
  },
];

/**
 * What Debian has no tool for: kvm_stat (a script in the kernel's source), DynamoRIO, Pin, ChampSim. The
 * counters of debugfs need a guest.
 */
export const TOOL_RECORDINGS: readonly ToolRecording[] = [...PERF, ...OTHERS];
