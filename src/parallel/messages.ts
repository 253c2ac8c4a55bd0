import type { ExitKind } from '../util/user-error.ts';

/** Where a thread finds a task. */
export interface TaskAddress {
  readonly module: string;
  readonly name: string;
}

/** What a thread is given when it starts. */
export interface ThreadData {
  /** Loaded before the first question comes. */
  readonly module: string;
  readonly shared: unknown;
}

/** One input for a thread. */
export interface Question {
  readonly id: number;
  readonly task: TaskAddress;
  readonly input: unknown;
}

/** What a thread says to a question: an output, a user's mistake, or a bug of ours. */
export type Answer =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly mistake: { kind: ExitKind; sentence: string } }
  | { readonly id: number; readonly bug: { message: string; stack: string } };
