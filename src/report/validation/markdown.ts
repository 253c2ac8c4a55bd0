import type { Scoreboard } from '../../validation/rows.ts';
import { blockMarkdown } from '../blocks/markdown.ts';
import { wholeValidationSection } from './section.ts';

/** docs/evidence/validation.md: the section of the report as a page of its own, its figure a picture beside it. */
export function validationMarkdown(board: Scoreboard, picture: string): string {
  const section = wholeValidationSection(board);
  const blocks = section.blocks.map((block) =>
    block.kind === 'figure' ? `![${block.figure.description}](${picture})` : blockMarkdown(block),
  );
  return `${[
    '# Validation: the model against what was published and captured',
    `**${section.heading}.**`,
    'Made by `npm run make -- validation`; `npm run -s bench -- validate` prints it, with `--probe FILE` your own ' +
      'host too. A test holds this page to the code.',
    ...blocks,
  ].join('\n\n')}\n`;
}
