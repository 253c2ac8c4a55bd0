import { type Scoreboard, TOPIC_IDS, TOPICS } from '../../validation/rows.ts';
import { paragraph } from '../blocks/document.ts';
import { terminalText } from '../blocks/terminal.ts';
import { rowBlocks, rowsOfTopic, validationFinding } from './section.ts';

/** The scoreboard for a terminal of 80 columns: rows by topic, then why those that are out are. */
export function validationText(board: Scoreboard): string {
  return terminalText([
    ...TOPIC_IDS.flatMap((topic) => rowBlocks(TOPICS[topic], rowsOfTopic(board, topic))),
    paragraph(`${validationFinding(board.summary.validation)}.`),
  ]);
}
