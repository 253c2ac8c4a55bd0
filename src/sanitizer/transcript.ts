import type { CheckerEventKind } from '../checker/event-kinds.ts';
import { levelText } from '../checker/narrate.ts';
import { eventText } from '../checker/transcript.ts';
import { TLB_CONTROLS } from '../checker/world.ts';
import { exitName } from '../inputs/exit-codes.ts';
import type { Gap, SanitizerEvent, StaleUse } from './report.ts';
import type { Symbols } from './symbols.ts';
import { CLASSES, KINDS } from './words.ts';

/** Width of the events' column, as in the checker's own transcripts. */
const COLUMN = 30;
const PAGE_BYTES = 4096n;
const EXIT_INVLPGA = 0x7a;
const EXIT_VMRUN = 0x80;
/** Rounds of exit and entry that are told one by one. */
const TOLD_ROUNDS = 2;

/**
 * What happened between the fill of an entry and the access that could have used it, in the
 * checker's words: an event a line, what the CPU saw behind `#`. Page 0 is the entry's own.
 */
export function transcriptOf(use: StaleUse, symbols: Symbols | null): readonly string[] {
  const story = new Story(use, symbols);
  story.fill();
  for (const [index, event] of use.events.entries()) {
    if ('skipped' in event) story.gap(event);
    else story.event(event, use.events.slice(index + 1));
  }
  story.stale();
  return folded(story.told);
}

interface Told {
  readonly text: string;
  /** A round of exit and entry without a flush, on the same vCPU and level; null for the rest. */
  readonly round: string | null;
}

class Story {
  readonly told: Told[] = [];
  private readonly use: StaleUse;
  private readonly symbols: Symbols | null;
  private readonly vcpus = new Map<number, number>();
  private readonly pages = new Map<bigint, number>();
  private readonly loaded = new Map<number, number>();

  constructor(use: StaleUse, symbols: Symbols | null) {
    this.use = use;
    this.symbols = symbols;
    this.pages.set(use.address / PAGE_BYTES, 0);
  }

  fill(): void {
    const { filled, pcpu, asid } = this.use;
    this.load(filled.vcpu, pcpu);
    const who = levelText(filled.level === 2 ? filled.asid12 : 0);
    const comment = `${who} fills ASID ${asid} on p${pcpu}${this.named(filled)}`;
    this.tell('touch', filled.vcpu, { comment });
  }

  event(event: SanitizerEvent, later: readonly (SanitizerEvent | Gap)[]): void {
    const { vcpu } = event;
    switch (event.what) {
      case 'VMRUN':
        this.load(vcpu, event.pcpu);
        this.tell('enter', vcpu, {
          comment: `VMRUN vmcb0${event.level} ASID ${event.asid} TLB_CONTROL ${event.tlb}`,
          round: event.tlb === 0 ? `${vcpu} ${event.level}` : null,
        });
        return;
      case 'VMEXIT':
        this.exit(event, later);
        return;
      case 'ASKS':
        this.tell('vmrun', vcpu, { asid: event.operand, tlb: event.tlb });
        return;
      case 'INVLPG':
        this.tell('invlpg', vcpu, { page: this.page(event.address) });
        return;
      case 'MOVCR':
        if (event.operand === 3) this.tell('mov-cr3', vcpu, {});
        else this.remark(`MOV CR${event.operand} by L${event.level}`);
        return;
      case 'INVLPGA': {
        const page = this.page(event.address);
        const where = `p${event.pcpu} ASID ${event.asid} page ${page}`;
        this.remark(`INVLPGA ${where}${this.named(event)}`);
      }
    }
  }

  gap({ skipped, lost }: Gap): void {
    this.remark(lost ? 'what came first is no longer known' : `… ${skipped} more`);
  }

  stale(): void {
    const { use } = this;
    this.load(use.vcpu, use.pcpu);
    const how = this.use.kind === 'frame' ? '' : ` (${KINDS[use.kind]})`;
    const comment = `STALE: ${this.wrong()}${how}${this.named(use)}`;
    this.tell('touch', use.vcpu, { comment });
  }

  private wrong(): string {
    const { filled } = this.use;
    switch (this.use.class) {
      case 'crossVm':
      case 'crossVcpu':
      case 'crossLevel':
      case 'crossL2': {
        const who = levelText(filled.level === 2 ? filled.asid12 : 0);
        return `hits an entry of v${this.vcpu(filled.vcpu)}'s ${who}`;
      }
      case 'sync':
        return 'refills from a shadow PTE that was to be synced';
      case 'guest':
        return this.use.verdict === 'missed' ? 'hits what its own flush covers' : CLASSES.guest;
      default:
        return `hits ${CLASSES[this.use.class]}`;
    }
  }

  private exit(event: SanitizerEvent, later: readonly (SanitizerEvent | Gap)[]): void {
    if (event.level === 1 && event.operand === EXIT_VMRUN) return;
    const comment = `${exitName(event.operand)}${this.named(event)}`;
    if (event.level === 1 && event.operand === EXIT_INVLPGA) {
      const page = this.page(event.info1);
      this.tell('invlpga', event.vcpu, { page, asid: event.tlb, comment });
      return;
    }
    const next = later.find(
      (each): each is SanitizerEvent =>
        !('skipped' in each) && each.what === 'VMRUN' && each.vcpu === event.vcpu,
    );
    const isReflected = event.level === 2 && next?.level === 1;
    this.tell(isReflected ? 'reflected-exit' : 'exit', event.vcpu, {
      comment,
      round: isReflected ? null : `${event.vcpu} ${event.level}`,
    });
  }

  private load(vcpu: number, pcpu: number): void {
    if (this.loaded.get(pcpu) === vcpu) return;
    this.loaded.set(pcpu, vcpu);
    this.tell('load', vcpu, { pcpu });
  }

  private tell(
    kind: CheckerEventKind,
    vcpu: number,
    more: {
      readonly pcpu?: number;
      readonly page?: number;
      readonly asid?: number;
      readonly tlb?: number;
      readonly comment?: string;
      readonly round?: string | null;
    },
  ): void {
    const { pcpu = 0, page = 0, asid = 0, tlb = 0, comment, round = null } = more;
    const actor = this.vcpu(vcpu);
    const control = Math.max(0, TLB_CONTROLS.indexOf(tlb));
    const event = { kind, actor, pcpu, page, asid, tlb: control, npt12: 1, exitOnly: false };
    const text = eventText(event);
    this.told.push({
      text: comment === undefined ? text : `${text.padEnd(COLUMN)}# ${comment}`,
      round,
    });
  }

  private remark(text: string): void {
    this.told.push({ text: `${''.padEnd(COLUMN)}# ${text}`, round: null });
  }

  private vcpu(seen: number): number {
    return numbered(this.vcpus, seen);
  }

  private page(address: bigint): number {
    return numbered(this.pages, address / PAGE_BYTES);
  }

  private named({ rip, level }: { readonly rip: bigint; readonly level: number }): string {
    const name = this.symbols?.nameOf(rip, level) ?? null;
    return name === null ? '' : ` in ${name}()`;
  }
}

function numbered<T>(numbers: Map<T, number>, key: T): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}

/** Lines, with long runs of exits and entries that flush nothing told as one. */
function folded(told: readonly Told[]): readonly string[] {
  const lines: string[] = [];
  for (let i = 0; i < told.length; ) {
    const { round } = told[i]!;
    let end = i + 1;
    while (round !== null && end < told.length && told[end]!.round === round) end += 1;
    const few = end - i <= 2 * TOLD_ROUNDS + 1;
    const shown = few ? told.slice(i, end) : told.slice(i, i + TOLD_ROUNDS);
    lines.push(...shown.map((each) => each.text));
    if (!few) {
      lines.push(
        `${''.padEnd(COLUMN)}# … ${end - i - TOLD_ROUNDS} more exits and entries like these`,
      );
    }
    i = end;
  }
  return lines;
}
