/** One line of a kernel trace that holds an event or a traced function. */
export interface TraceLine {
  /** Thread that was running: on KVM's events, one per vCPU. */
  readonly thread: number;
  readonly cpu: number;
  readonly time: string;
  /** Name of the event without its system, or the function that was called. */
  readonly event: string;
  /** The event's fields as text; for a function its caller. */
  readonly payload: string;
  readonly isFunction: boolean;
}

/** What stands before the payload in ftrace, trace-cmd report and perf script alike. */
const HEAD = /^\s*(.*?)\s+\[(\d{3,4})\]\s+(?:([^\s:]{4,8})\s+)?(\d+(?:\.\d+)?):\s+(\S.*)$/;
/** `kvm-vcpu-0-250`, `CPU 0/KVM-5046 (5040)` */
const FTRACE_TASK = /-(\d+)(?:\s+\(\s*[\d-]+\))?$/;
/** `qemu-kvm  5046`, `CPU 0/KVM  5040/5046` */
const PERF_TASK = /(?:^|\s)(?:\d+\/)?(\d+)$/;
const EVENT = /^(?:\w+:)?(\w+):(?:\s+|$)(.*)$/;
const FUNCTION = /^([\w.]+) <-([\w.]+)/;

/** The parts of a line, or null if it is not one of a trace. */
export function parseTraceLine(text: string): TraceLine | null {
  const head = HEAD.exec(text);
  if (head === null) return null;
  const task = FTRACE_TASK.exec(head[1]!) ?? PERF_TASK.exec(head[1]!);
  if (task === null) return null;
  const base = { thread: Number(task[1]), cpu: Number(head[2]), time: head[4]! };
  const body = head[5]!;
  const called = FUNCTION.exec(body);
  if (called !== null) {
    return { ...base, event: called[1]!, payload: called[2]!, isFunction: true };
  }
  const event = EVENT.exec(body);
  if (event === null) return null;
  return { ...base, event: event[1]!, payload: event[2]!, isFunction: false };
}

/** Lines of a trace that hold no event: headers, blank lines, stacks. */
export function isAside(text: string): boolean {
  return (
    text === '' ||
    text.startsWith('#') ||
    /^\s*$/.test(text) ||
    /^(cpus=\d+|version = \d+|CPU \d+ is empty|trace-cmd: )/.test(text) ||
    /^\s+=> /.test(text) ||
    /<(?:stack trace|user stack trace)>$/.test(text) ||
    /^\s+[0-9a-f]{4,16} .+\(.*\)$/.test(text)
  );
}

/** Events that the tracer lost, from its own note; 0 if the line is none; null if it gives no number. */
export function lostEvents(text: string): number | null {
  const lost = /\[(?:LOST )?(\d+ )?EVENTS(?: DROPPED)?\]/.exec(text);
  if (lost === null) return 0;
  return lost[1] === undefined ? null : Number(lost[1]);
}
