/** The sanitizer's words, each once: what a report's `class=`, `kind=` and `verdict=` mean. */

/** Whose the entry was, or who has changed what it came from. */
export const CLASSES = {
  crossVm: 'an entry of another VM',
  crossVcpu: 'an entry of another vCPU of the VM',
  crossLevel: 'an entry of the other level of this vCPU',
  crossL2: 'an entry of an L2 with another asid12',
  host: 'a page that the host took back',
  l1: 'a page that L1 has taken from L2 in its nested tables',
  guest: 'what the guest has changed in its own tables',
  shadow: "what L0's shadow tables no longer have, by the host's or the guest's doing",
  self: "the host's own entry",
  sync: "L0's copy of L1's nested tables, behind after L1 asked for a flush",
} as const;
export type ReportedClass = keyof typeof CLASSES;

/** How the entry and the tables differ. */
export const KINDS = {
  frame: 'leads to another frame',
  rights: 'allows more than the tables do',
  dirty: 'is dirty where the tables are clean',
  gone: 'allows what the tables refuse',
  zap: 'allowed what the tables refused for a while; the frame came back',
  tag: 'leads to the right frame, but is not its own',
  asid: 'is alive under this ASID, whatever its address',
  kept: 'should be gone since the guest asked; right by chance',
  table: 'leads to a page table that is no longer in use there',
} as const;
export type StaleKind = keyof typeof KINDS;

/** Whether the entry may be there. */
export const VERDICTS = {
  missed: 'a flush is missing: what was to remove the entry has not',
  lazy: 'the guest has changed its tables and not flushed yet, as hardware allows',
} as const;
export type StaleVerdict = keyof typeof VERDICTS;

/**
 * What an entry translates: a gVA, or a gPA as a CPU keeps it for its walks, to its frame; 2 MiB of
 * either to the table with their entries.
 */
export const SPACES = {
  linear: 'gVA',
  nested: 'gPA',
  linearTable: 'gVA',
  nestedTable: 'gPA',
} as const;
export type StaleSpace = keyof typeof SPACES;

export function isWord<T extends object>(table: T, word: string): word is keyof T & string {
  return Object.hasOwn(table, word);
}
