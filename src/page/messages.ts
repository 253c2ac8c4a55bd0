import type { LiveAnswer } from '../live/live-answer.ts';
import type { LiveData } from '../live/live-data.ts';
import type { LiveState } from '../live/live-state.ts';

/** From the page to its worker. The data come once, before the first state. */
export type ToWorker =
  | { readonly kind: 'data'; readonly data: LiveData }
  | { readonly kind: 'state'; readonly number: number; readonly state: LiveState };

/** From the worker to its page; `number` says of which state. */
export interface FromWorker {
  readonly number: number;
  /** An answer of as many seeds as are done, or why there is none. */
  readonly result:
    | { readonly kind: 'answer'; readonly answer: LiveAnswer; readonly isLast: boolean }
    /** What it takes is not in the page. */
    | { readonly kind: 'elsewhere' }
    | { readonly kind: 'failure'; readonly message: string };
}
