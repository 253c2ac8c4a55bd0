import { CHART_FONT } from './theme.ts';

/** The page that shows the picture has a background of its own, which may be dark. */
const BACKGROUND = '#ffffff';
const MARGIN_PX = 12;

/** A drawing of `renderSvgs` as a picture of its own: no page gives it colours, a font or a name. */
export function standaloneSvg(svg: string, title: string): string {
  const baked = svg.replace(/var\(--[a-z0-9-]+,(#[0-9a-f]{6})\)/g, '$1');
  const box = /viewBox="([\d.-]+) ([\d.-]+) ([\d.]+) ([\d.]+)"/.exec(baked);
  if (box === null) throw new Error('the drawing has no viewBox');
  const [x, y, width, height] = box.slice(1).map(Number) as [number, number, number, number];
  const [left, top] = [x - MARGIN_PX, y - MARGIN_PX];
  const [wide, high] = [width + 2 * MARGIN_PX, height + 2 * MARGIN_PX];
  const text = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `${baked
    .replace(' aria-hidden="true"', ` role="img" font-family="${CHART_FONT}"`)
    .replace(box[0], `width="${wide}" height="${high}" viewBox="${left} ${top} ${wide} ${high}"`)
    .replace(
      />/,
      `><title>${text}</title>` +
        `<rect x="${left}" y="${top}" width="${wide}" height="${high}" fill="${BACKGROUND}"/>`,
    )}\n`;
}
