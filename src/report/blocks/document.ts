import type { TopLevelSpec } from 'vega-lite';
import type { Colour, Shape } from './theme.ts';

/**
 * A report before it becomes HTML or Markdown. All texts are plain and unescaped;
 * whoever renders them escapes them.
 */
export interface ReportDocument {
  /** The finding in a few words. */
  readonly title: string;
  /** Where the figures come from, above the title. */
  readonly context: string;
  readonly question: string;
  readonly answer: string;
  /** Whether it is safe, in the words of the checker. */
  readonly verdict: TableCell;
  readonly facts: readonly Fact[];
  readonly lead: Figure;
  readonly sections: readonly Section[];
}

/** One number that a reader should remember. */
export interface Fact {
  readonly value: string;
  readonly label: string;
  readonly tone: Tone;
}

export interface Section {
  readonly id: string;
  /** Two or three words for the table of contents. */
  readonly short: string;
  /** The finding as a sentence. */
  readonly heading: string;
  readonly tone: Tone;
  /** What most readers don't need: closed until it is asked for. */
  readonly folded?: true;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'command'; readonly text: string }
  /** Events in order, folded away. */
  | { readonly kind: 'transcript'; readonly title: string; readonly lines: readonly string[] }
  | { readonly kind: 'table'; readonly table: Table; readonly folded: boolean }
  | { readonly kind: 'figure'; readonly figure: Figure }
  /** What most readers don't need, folded away. */
  | { readonly kind: 'more'; readonly title: string; readonly blocks: readonly Block[] };

export interface Figure {
  readonly id: string;
  readonly caption: string;
  /** What a reader who can't see the drawing is told. */
  readonly description: string;
  readonly wide: TopLevelSpec;
  readonly narrow: TopLevelSpec;
  readonly legend: readonly LegendEntry[];
  readonly data: Table;
}

/** A filled area of a colour, or the shape that points of it have. */
export interface LegendEntry {
  readonly label: string;
  readonly colour: Colour;
  readonly shape?: Shape;
}

export type Tone = 'plain' | 'good' | 'bad' | 'quiet' | 'strong' | 'code';

export interface TableCell {
  readonly text: string;
  readonly tone: Tone;
}

export interface Column {
  readonly label: string;
  readonly align: 'left' | 'right';
  /** Left out in a terminal that has no room for it. */
  readonly isDetail?: true;
}

/** Each row starts with its heading. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly TableCell[])[];
}

export const cell = (text: string, tone: Tone = 'plain'): TableCell => ({ text, tone });
export const left = (label: string): Column => ({ label, align: 'left' });
export const right = (label: string): Column => ({ label, align: 'right' });
/** A column that a terminal may leave out. */
export const detail = (column: Column): Column => ({ ...column, isDetail: true });

/** All figures of a document's blocks, folded ones too, in reading order. */
export function figuresIn(blocks: readonly Block[]): readonly Figure[] {
  return blocks.flatMap((block) =>
    block.kind === 'figure' ? [block.figure] : block.kind === 'more' ? figuresIn(block.blocks) : [],
  );
}

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text });
