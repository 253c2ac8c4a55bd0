/** Tracepoints that give the round trips, over which a PMU's events are divided. */
export const ROUND_TRIP_EVENTS = 'kvm:kvm_exit,kvm:kvm_nested_vmenter';

/** perf refuses a command with a tracepoint that the kernel does not have. */
export const OLD_NAME_NOTE = 'before Linux 6.2 or so, kvm_nested_vmenter is kvm_nested_vmrun';
