import { suggest } from '../util/suggest.ts';
import { UserError } from '../util/user-error.ts';
import { ACTOR_LETTERS, type CheckerEventKind, EVENT_KINDS, EVENTS } from './event-kinds.ts';
import { actorsOf, type CheckerEvent } from './events.ts';
import { TLB_CONTROLS } from './world.ts';
import type { WorldSpec } from './world-spec.ts';

const EXIT_ONLY = 'exit-only';

/** An event as a line of a transcript: `v0 vmrun asid=1 tlb=3`. */
export function eventText(event: CheckerEvent): string {
  const { actor } = EVENTS[event.kind];
  const operands: readonly string[] = EVENTS[event.kind].operands;
  const words: string[] = [`${ACTOR_LETTERS[actor]}${event.actor}`, event.kind];
  if (operands.includes('pcpu')) words.push(`p${event.pcpu}`);
  if (operands.includes('page')) words.push(`page=${event.page}`);
  if (operands.includes('asid')) words.push(`asid=${event.asid}`);
  if (operands.includes('tlb')) words.push(`tlb=${TLB_CONTROLS[event.tlb]}`);
  if (operands.includes('npt12') && event.npt12 > 1) words.push(`npt12=${event.npt12}`);
  if (event.exitOnly) words.push(EXIT_ONLY);
  return words.join(' ');
}

/** A transcript's events, and the line of each, from 1. */
export interface ParsedTranscript {
  /** The world that its first line names, if it names one. */
  readonly world: string | null;
  readonly events: readonly CheckerEvent[];
  readonly lineNumbers: readonly number[];
}

/**
 * Reads a transcript: a line is an actor, an event and its operands; what stands behind `#` is a
 * comment. The first line may name the world: `world one-vcpu`. `place` names it in messages.
 */
export function parseTranscript(text: string, place: string): ParsedTranscript {
  let world: string | null = null;
  const events: CheckerEvent[] = [];
  const lineNumbers: number[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = (line.split('#')[0] ?? '').trim().split(/\s+/);
    if (words[0] === '') continue;
    const where = `${place}:${index + 1}`;
    if (words[0] === 'world' && events.length === 0) world = words[1] ?? null;
    else {
      events.push(parseEvent(words, where));
      lineNumbers.push(index + 1);
    }
  }
  return { world, events, lineNumbers };
}

function parseEvent(words: readonly string[], where: string): CheckerEvent {
  const [who = '', name = '', ...rest] = words;
  const kind = EVENT_KINDS.find((known) => known === name);
  if (kind === undefined) {
    const hint = suggest(name, EVENT_KINDS);
    const cure =
      hint === undefined ? 'Events are listed in docs/why/checker.md' : `Did you mean "${hint}"`;
    throw new UserError('input', where, `"${name}" is no event`, cure);
  }
  const letters = ACTOR_LETTERS[EVENTS[kind].actor];
  const actor = Number(who.slice(letters.length));
  if (!who.startsWith(letters) || who === letters || !Number.isInteger(actor) || actor < 0) {
    throw new UserError(
      'input',
      where,
      `"${who}" cannot do "${kind}"`,
      `Begin the line with ${letters}0, ${letters}1 or so`,
    );
  }
  return withOperands(kind, actor, rest, where);
}

function withOperands(
  kind: CheckerEventKind,
  actor: number,
  words: readonly string[],
  where: string,
): CheckerEvent {
  const operands: readonly string[] = EVENTS[kind].operands;
  // Most guests have one nested page table, which needs no mention.
  const values = { pcpu: 0, page: 0, asid: 0, tlb: 0, npt12: 1 };
  const seen = new Set<string>(['npt12']);
  let exitOnly = false;
  for (const word of words) {
    if (word === EXIT_ONLY) {
      exitOnly = true;
      continue;
    }
    const match = /^(?:(page|asid|tlb|npt12)=|(p))(\d+)$/.exec(word);
    const key = match?.[1] ?? (match === null ? '' : 'pcpu');
    if (match === null || !operands.includes(key)) {
      throw badOperand(word, kind, where);
    }
    const number = Number(match[3]);
    const value = key === 'tlb' ? TLB_CONTROLS.indexOf(number) : number;
    if (value < 0) throw badOperand(word, kind, where);
    values[key as keyof typeof values] = value;
    seen.add(key);
  }
  const missing = operands.find((operand) => !seen.has(operand));
  if (missing !== undefined) {
    const form = missing === 'pcpu' ? 'p0' : `${missing}=0`;
    throw new UserError('input', where, `"${kind}" lacks its ${missing}`, `Add ${form} or so`);
  }
  return { kind, actor, ...values, exitOnly };
}

function badOperand(word: string, kind: CheckerEventKind, where: string): UserError {
  const operands: readonly string[] = EVENTS[kind].operands;
  const takes = operands.length === 0 ? 'nothing' : operands.join(', ');
  return new UserError('input', where, `"${kind}" has no operand "${word}"`, `It takes ${takes}`);
}

/** A complaint about an event that names something the world does not have; null if it fits. */
export function misfit(spec: WorldSpec, event: CheckerEvent): string | null {
  const actors = actorsOf(spec, event.kind);
  if (event.actor >= actors) return `there are ${actors} of its kind`;
  if (event.pcpu >= spec.pcpus) return `there are ${spec.pcpus} pCPUs`;
  if (event.page >= spec.pages) return `there are ${spec.pages} pages`;
  if (event.asid > spec.l2s) return `L1 uses asid12s 1 to ${spec.l2s}`;
  if (event.npt12 > spec.npt12s) return `L1 has ${spec.npt12s} nested page tables`;
  return null;
}
