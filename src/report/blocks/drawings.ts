import type { Figure } from './document.ts';
import type { Drawing } from './html-blocks.ts';
import { renderSvgs } from './render-svg.ts';

/** Both drawings of each figure, by its id. */
export async function drawFigures(
  figures: readonly Figure[],
): Promise<ReadonlyMap<string, Drawing>> {
  const svgs = await renderSvgs(figures.flatMap((figure) => [figure.wide, figure.narrow]));
  return new Map(
    figures.map((figure, index) => [
      figure.id,
      { wide: svgs[index * 2] ?? '', narrow: svgs[index * 2 + 1] ?? '' },
    ]),
  );
}
