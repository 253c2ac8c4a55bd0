import { STALE_CLASSES } from '../checker/shrink.ts';
import type { Verdict } from '../checker/verdict.ts';
import type { Tone } from './blocks/document.ts';

/** What the checker says of a strategy, wherever its saving is told. */
export interface Safety {
  readonly strategy: string;
  /** Null: nobody has checked these behaviours. */
  readonly verdict: Verdict | null;
}

/** Worlds in which a stale translation is used; the others that are wrong break a rule without one. */
export function staleWorlds({ wrong }: Verdict): number {
  return wrong.filter(({ classes }) => STALE_CLASSES.some((each) => classes.includes(each))).length;
}

/** Worlds in which memory that the host took back is reached. */
function hostWorlds({ wrong }: Verdict): number {
  return wrong.filter(({ classes }) => classes.includes('host')).length;
}

/** For a cell of a table: `stale in 11 of 22, host in 2`, `none in 22`, `unchecked`. */
export function safetyWord({ verdict }: Safety): string {
  if (verdict === null) return 'unchecked';
  if (verdict.wrong.length === 0) return `none in ${verdict.worlds}`;
  const host = hostWorlds(verdict);
  const reach = host === 0 ? '' : `, host in ${host}`;
  return `stale in ${staleWorlds(verdict)} of ${verdict.worlds}${reach}`;
}

export function safetyTone({ verdict }: Safety): Tone {
  return verdict === null ? 'quiet' : verdict.wrong.length > 0 ? 'bad' : 'good';
}

/** A clause about the strategy, whose name stands before it. */
export function safetyClause({ verdict }: Safety): string {
  if (verdict === null) return 'not checked';
  const { wrong, worlds, exhaustive } = verdict;
  const bound = exhaustive ? '' : ' as far as explored';
  if (wrong.length === 0) return `no stale translation in ${worlds} checked worlds${bound}`;
  const host = hostWorlds(verdict);
  const reach =
    host === 0
      ? 'none of them reaches host memory'
      : `${host === 1 ? 'one of them reaches' : `${host} of them reach`} host memory`;
  const stale = staleWorlds(verdict);
  const others = wrong.length - stale;
  const more =
    others === 0 ? '' : `; ${others} more ${others === 1 ? 'breaks' : 'break'} another rule`;
  return `stale translations in ${stale} of ${worlds} checked worlds, ${reach}${more}`;
}

/** `By the checker, a: …; b: ….`, and how to check what nobody has. */
export function safetyWords(all: readonly Safety[]): string {
  const clauses = all.map((each) => `${each.strategy}: ${safetyClause(each)}`);
  return `By the checker, ${clauses.join('; ')}.${uncheckedWords(all)}`;
}

/** The same of a strategy and of what it is compared with. */
export function safetySentence(safety: Safety, base: Safety): string {
  return safetyWords(safety.strategy === base.strategy ? [safety] : [safety, base]);
}

/** How to check what nobody has; nothing where all was. */
export function uncheckedWords(all: readonly Safety[]): string {
  const open = all.filter(({ verdict }) => verdict === null);
  if (open.length === 0) return '';
  const [first] = open;
  const name = open.length === 1 ? first?.strategy : 'NAME';
  return ` To check ${open.length === 1 ? 'it' : 'one'}: asidbench check --quick --strategy ${name}.`;
}
