/** One line of a kernel trace that holds an event or a traced function. */
export interface TraceLine {
  /** Thread that was running: on KVM's events, one per vCPU. */
  readonly thread: number;
  readonly cpu: number;
  readonly time: string;
  /** Name of the event without its system, or the function that was called; '': of another form. */
  readonly event: string;
  /** The event's fields as text; for a function its caller. */
  readonly payload: string;
  readonly isFunction: boolean;
}

/** The number of the CPU, which stands between the task and the rest in all three layouts. */
const CPU = /\[(\d{3,4})\]\s/y;
/** Flags of ftrace, the time, the event with its fields. */
const REST = /^(?:[^\s:]{4,8}\s+)?(\d{1,20}(?:\.\d{1,9})?):\s+(\S.*)$/;
/** `kvm-vcpu-0-250`, `CPU 0/KVM-5046 (5040)` */
const FTRACE_TASK = /-(\d{1,10})(?:\s{1,8}\(\s{0,8}[\d-]{1,10}\))?$/;
/** `qemu-kvm  5046`, `CPU 0/KVM  5040/5046` */
const PERF_TASK = /(?:^|\s)(?:\d{1,10}\/)?(\d{1,10})$/;
const EVENT = /^(?:\w+:)?(\w+):(?:\s+|$)(.*)$/;
const FUNCTION = /^([\w.]+) <-([\w.]+)/;

/** The parts of a line, or null if it is not one of a trace. Takes time linear in its length. */
export function parseTraceLine(text: string): TraceLine | null {
  for (let from = text.indexOf('['); from >= 0; from = text.indexOf('[', from + 1)) {
    CPU.lastIndex = from;
    const cpu = CPU.exec(text);
    if (cpu !== null) {
      return partsOf(text.slice(0, from).trimEnd(), Number(cpu[1]), text.slice(CPU.lastIndex));
    }
  }
  return null;
}

function partsOf(taskText: string, cpu: number, restText: string): TraceLine | null {
  const task = FTRACE_TASK.exec(taskText) ?? PERF_TASK.exec(taskText);
  const rest = REST.exec(restText.trimStart());
  if (task === null || rest === null) return null;
  const base = { thread: Number(task[1]), cpu, time: rest[1]! };
  const body = rest[2]!;
  const called = FUNCTION.exec(body);
  if (called !== null) {
    return { ...base, event: called[1]!, payload: called[2]!, isFunction: true };
  }
  const event = EVENT.exec(body);
  // Such as a sample, which has a period before its name.
  if (event === null) return { ...base, event: '', payload: body, isFunction: false };
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
    (/^\s+[0-9a-f]{4,16} \S/.test(text) && text.includes('(') && text.endsWith(')'))
  );
}

/** Events that the tracer lost, from its own note; 0 if the line is none; null if it gives no number. */
export function lostEvents(text: string): number | null {
  const lost = /\[(?:LOST )?(\d+ )?EVENTS(?: DROPPED)?\]/.exec(text);
  if (lost === null) return 0;
  return lost[1] === undefined ? null : Number(lost[1]);
}
