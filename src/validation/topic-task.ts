import type { Task } from '../parallel/task.ts';
import type { Topic, ValidationRow } from './rows.ts';
import { rowsOf, type ValidationInputs } from './scoreboard.ts';

/** The rows of a topic as work for a pool. */
export const topicTask: Task<ValidationInputs, Topic, readonly ValidationRow[]> = {
  module: import.meta.url,
  name: 'topicTask',
  run: (topic, inputs) => rowsOf(topic, inputs),
};
