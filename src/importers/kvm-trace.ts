import { quote } from '../inputs/text-lines.ts';
import { exitNameByCode, exitReason, vendorOf } from './exit-names.ts';
import type { ByteSource, Detection, ImportContext, Importer } from './importer.ts';
import { reportKvmTrace } from './kvm-trace-report.ts';
import { isOuterLine, OuterLines } from './outer-lines.ts';
import type { ImportedProfile } from './profile.ts';
import { emptyProfile } from './profile-builder.ts';
import { eachLine, foreignColumn, placeError, textBlocks } from './text-blocks.ts';
import { TraceCounts, type VcpuState } from './trace-counts.ts';
import { isAside, lostEvents, parseTraceLine, type TraceLine } from './trace-line.ts';

/** The reason, which ends where the next field begins: Linux 6.14 has no `rip` for some exits. */
const REASON = /reason:? (.+?)(?: (?:rip |info|ext_inf1|int)|$)/;
/** Fields as they lie in memory, from a trace-cmd that could not format them; `isa` is 2 for SVM. */
const RAW_REASON =
  /\bexit_(?:reason|code)=(0x[0-9a-f]{1,8}|\d{1,10})\b(?:.{0,400}\bisa=(?:0x)?([12])\b)?/;
const FLUSH_FUNCTIONS = /^(?:svm|vmx)_flush_tlb_(current|all|asid)$/;
const VCPU_EVENTS = new Set([
  'kvm_entry',
  'kvm_exit',
  'kvm_invlpga',
  'kvm_nested_vmenter',
  'kvm_nested_vmexit',
  'kvm_nested_vmexit_inject',
  'kvm_nested_vmrun',
]);
/** Too many distinct L2s are not told apart any more: the memory of an import is bounded. */
const MAX_L2S = 4096;
const MAX_VCPUS = 65_536;

class KvmTraceReader {
  readonly counts = new TraceCounts();
  readonly outer = new OuterLines();
  private readonly name: string;
  private readonly lastTimeOfCpu = new Map<number, number>();

  constructor(name: string) {
    this.name = name;
  }

  line(text: string, number: number): void {
    this.outer.lines = number;
    const parsed = parseTraceLine(text);
    if (parsed !== null) {
      this.take(parsed, number);
      return;
    }
    const lost = lostEvents(text);
    if (lost === null) this.counts.lostUncounted = true;
    else this.counts.lost += lost;
    if (lost !== 0 || isAside(text)) {
      this.refuseGraph(text, number);
      return;
    }
    if (this.outer.takes(text, number)) return;
    const cause = `${quote(text.trim())} is neither an event nor a traced function`;
    throw placeError(this.name, number, 1, cause);
  }

  private refuseGraph(text: string, number: number): void {
    if (!text.startsWith('# tracer: function_graph')) return;
    const cause = 'this is the output of the function_graph tracer, which shows no tasks';
    throw placeError(this.name, number, 1, cause, 'Record with the tracer "nop" or "function"');
  }

  private take(line: TraceLine, number: number): void {
    const time = this.clock(line, number);
    if (line.isFunction) {
      this.takeFunction(line);
      return;
    }
    if (!line.event.startsWith('kvm')) {
      this.outer.pass(line.event === '' ? 'events of another form' : 'events of others', number);
      return;
    }
    this.counts.kvmEvents += 1;
    // Other threads have events of KVM too, such as those that raise interrupts.
    if (!VCPU_EVENTS.has(line.event)) return;
    this.takeEvent(line, this.vcpu(line), time, number);
  }

  private takeFunction({ event, payload }: TraceLine): void {
    const { counts } = this;
    counts.functionCalls += 1;
    const flush = FLUSH_FUNCTIONS.exec(event);
    if (flush === null) return;
    if (flush[1] === 'current') counts.flushCurrent += 1;
    else if (flush[1] === 'all') counts.flushAll += 1;
    else if (payload === 'svm_set_cr4') counts.flushForCr4 += 1;
  }

  private takeEvent(line: TraceLine, vcpu: VcpuState, time: number, number: number): void {
    const { counts } = this;
    switch (line.event) {
      case 'kvm_exit':
        this.exit(line, vcpu, time, number);
        break;
      case 'kvm_entry':
        this.entry(vcpu, time);
        break;
      case 'kvm_nested_vmexit':
        counts.nestedExits += 1;
        vcpu.inL2 = true;
        if (vcpu.open !== null) vcpu.open.fromL2 = true;
        break;
      case 'kvm_nested_vmexit_inject':
        this.reflect(line, vcpu, number);
        break;
      case 'kvm_nested_vmenter':
      case 'kvm_nested_vmrun':
        this.nestedRun(line, vcpu);
        break;
      case 'kvm_invlpga':
        counts.invlpgas += 1;
        break;
    }
  }

  private exit(line: TraceLine, vcpu: VcpuState, time: number, number: number): void {
    const { counts } = this;
    const reason = this.reasonIn(line.payload, number);
    counts.exitCount += 1;
    counts.vendor ??= vendorOf(reason);
    if (vcpu.enteredL2At !== null) {
      counts.residencies += 1;
      counts.residencySum += time - vcpu.enteredL2At;
      vcpu.enteredL2At = null;
    }
    this.close(vcpu);
    vcpu.open = { reason, fromL2: vcpu.inL2, reflected: false };
  }

  private entry(vcpu: VcpuState, time: number): void {
    this.close(vcpu);
    vcpu.enteredL2At = vcpu.inL2 === true ? time : null;
  }

  /** The exit's handling is over: it is known who handled it. */
  private close(vcpu: VcpuState): void {
    const { open } = vcpu;
    if (open === null) return;
    const from = open.fromL2 === null ? 'unknown' : open.fromL2 ? 'L2' : 'L1';
    this.counts.exits.add(open.reason, from, open.reflected);
    if (open.fromL2 === true && !open.reflected) this.counts.handledByL0 += 1;
    vcpu.open = null;
  }

  private reflect(line: TraceLine, vcpu: VcpuState, number: number): void {
    this.reasonIn(line.payload, number);
    this.counts.reflected += 1;
    // An interrupt can end L2's turn before L2 ran at all: then no exit of L2 is open.
    if (vcpu.open !== null && vcpu.open.fromL2 !== false) {
      vcpu.open.fromL2 = true;
      vcpu.open.reflected = true;
    } else this.counts.reflectedWithoutExit += 1;
    vcpu.inL2 = false;
  }

  private nestedRun(line: TraceLine, vcpu: VcpuState): void {
    const { counts } = this;
    counts.nestedRuns += 1;
    if (vcpu.open !== null) vcpu.open.fromL2 = false;
    vcpu.inL2 = true;
    const nested = /nested_(?:npt|ept)=([yn])|npt: (on|off)/.exec(line.payload);
    const isNested = nested === null ? null : nested[1] === 'y' || nested[2] === 'on';
    if (isNested === true) counts.npt += 1;
    if (isNested === false) counts.shadow += 1;
    const vmcb = /(?:vmcb|vmcs): (0x[0-9a-f]+)/.exec(line.payload)?.[1];
    if (vmcb === undefined) return;
    // Without nested paging the root is the page table of a process of L2, not of L2.
    const root = /nested_(?:cr3|eptp): (0x[0-9a-f]+)/.exec(line.payload)?.[1] ?? '';
    const l2 = isNested === true ? `${vmcb} ${root}` : vmcb;
    if (counts.l2s.size < MAX_L2S) counts.l2s.add(l2);
    if (vcpu.lastL2 !== null && vcpu.lastL2 !== l2) counts.l2Switches += 1;
    vcpu.lastL2 = l2;
  }

  private reasonIn(payload: string, number: number): string {
    const written = REASON.exec(payload)?.[1];
    if (written !== undefined) return exitReason(written);
    const [, code, isa] = RAW_REASON.exec(payload) ?? [];
    if (code !== undefined) return exitNameByCode(Number(code), isa === '1' ? 'vmx' : 'svm');
    const cause = `an exit event without a reason of x86 (${quote(payload)})`;
    const cure = 'Give a trace of KVM on x86, as perf script, trace-cmd report or ftrace prints it';
    throw placeError(this.name, number, 1, cause, cure);
  }

  private vcpu(line: TraceLine): VcpuState {
    const { vcpus } = this.counts;
    let vcpu = vcpus.get(line.thread);
    if (vcpu === undefined) {
      if (vcpus.size >= MAX_VCPUS) {
        const cause = `more than ${MAX_VCPUS} threads run KVM in this trace`;
        throw placeError(this.name, this.outer.lines, 1, cause, 'Trace fewer virtual machines');
      }
      vcpu = { cpu: line.cpu, inL2: null, open: null, enteredL2At: null, lastL2: null };
      vcpus.set(line.thread, vcpu);
    } else if (vcpu.cpu !== line.cpu) {
      this.counts.migrations += 1;
      vcpu.cpu = line.cpu;
    }
    return vcpu;
  }

  private clock(line: TraceLine, number: number): number {
    const { counts } = this;
    const isSeconds = line.time.includes('.');
    if (counts.firstTime !== null && counts.hasSeconds !== isSeconds) {
      const cause = 'seconds and raw clock values are mixed, so this is more than one trace';
      throw placeError(this.name, number, 1, cause, 'Give one trace per file');
    }
    counts.hasSeconds = isSeconds;
    const time = Number(line.time);
    const before = this.lastTimeOfCpu.get(line.cpu) ?? time;
    if (time < before) {
      const cause = `the clock of CPU ${line.cpu} runs backwards, from ${before} to ${line.time}`;
      throw placeError(this.name, number, 1, cause, 'Give one trace per file, unsorted');
    }
    this.lastTimeOfCpu.set(line.cpu, time);
    counts.firstTime = counts.firstTime === null ? time : Math.min(counts.firstTime, time);
    counts.lastTime = Math.max(counts.lastTime, time);
    return time;
  }
}

function detect(head: Uint8Array): Detection | null {
  const text = Buffer.from(head).toString('latin1');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  if (whole[0]?.startsWith('# tracer:') === true) return { confidence: 'certain' };
  const lines = whole.filter((line) => !isAside(line) && !isOuterLine(line)).slice(0, 50);
  const parsed = lines.map(parseTraceLine).filter((line) => line !== null);
  if (parsed.length === 0 || parsed.length * 2 < lines.length) return null;
  const isKvm = parsed.some((line) => line.event.startsWith('kvm'));
  return { confidence: isKvm ? 'certain' : 'likely' };
}

async function importTrace(source: ByteSource, context: ImportContext): Promise<ImportedProfile> {
  const reader = new KvmTraceReader(context.name);
  const onTorn = (line: number) => reader.outer.pass('torn at the end of the file', line);
  for await (const block of textBlocks(source, context.name, onTorn)) {
    eachLine(block, context.name, (bytes, from, to, number) => {
      const column = foreignColumn(bytes, from, to);
      if (column > 0) throw placeError(context.name, number, column, 'this is binary data');
      reader.line(bytes.toString('latin1', from, to), number);
    });
  }
  const { counts, outer } = reader;
  if (counts.kvmEvents === 0) {
    const cause = 'the trace has no event of KVM';
    const cure = 'Record with -e kvm (perf, trace-cmd) or echo 1 > events/kvm/enable (ftrace)';
    throw placeError(context.name, outer.lines, 1, cause, cure);
  }
  return reportKvmTrace(emptyProfile('kvm-trace', context.name), { counts, outer }, context);
}

/** ftrace, trace-cmd report and perf script text of KVM's tracepoints, and of its functions. */
export const kvmTraceImporter: Importer = {
  id: 'kvm-trace',
  reads: "text of ftrace, trace-cmd report or perf script with KVM's tracepoints",
  record: '`-e kvm`, better with the function tracer on `svm_flush_tlb_*` and `svm_set_cr4`',
  tells:
    'every exit with reason, level and who handled it, L2 contexts, moves, times; flushes with the functions',
  detect,
  import: importTrace,
};
