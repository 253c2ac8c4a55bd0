import type { TopLevelSpec } from 'vega-lite';
import { harmless } from '../../util/harmless.ts';
import { ALL_COLOURS } from './theme.ts';

/**
 * Draws charts as SVG texts, one after the other, without a browser and without `eval`.
 * Colours become CSS variables with the light value as fallback, so that one drawing follows the
 * theme of the page it stands in. Roles and labels of parts are left out: the page names the
 * drawing and has a table of its data.
 */
export async function renderSvgs(specs: readonly TopLevelSpec[]): Promise<readonly string[]> {
  // Vega takes half a second to load; only reports need it.
  const [vega, vegaLite, interpreter] = await Promise.all([
    import('vega'),
    import('vega-lite'),
    import('vega-interpreter'),
  ]);
  // Ids of clips and gradients come from one counter: equal bytes need a fresh start.
  vega.resetSVGDefIds();
  const svgs: string[] = [];
  for (const spec of specs) {
    const { spec: compiled } = vegaLite.compile(harmlessSpec(spec));
    const view = new vega.View(vega.parse(compiled, undefined, { ast: true }), {
      renderer: 'none',
      expr: interpreter.expressionInterpreter,
      logLevel: vega.Error,
    });
    try {
      svgs.push(themed(cropped(await view.toSVG(), spec.usermeta)));
    } finally {
      view.finalize();
    }
  }
  return svgs;
}

/**
 * Names of a run are foreign text, and Vega-Lite writes them into expressions, whose strings end at line ends
 * that only some programs know.
 */
function harmlessSpec(spec: TopLevelSpec): TopLevelSpec {
  return JSON.parse(JSON.stringify(spec), (_, value: unknown) =>
    typeof value === 'string' ? harmless(value) : value,
  ) as TopLevelSpec;
}

const VARIABLES: ReadonlyMap<string, string> = new Map(
  ALL_COLOURS.map((colour) => [colour.light, `var(--${colour.name},${colour.light})`]),
);

/** Frames without size or colour. */
const UNSEEN_FRAMES = /<path class="(?:back|fore)ground" d="(?:M0,0h0v0h0Z)?"[^>]*\/>/g;

/** Only tags are changed: names of scenarios stand between them and may contain anything. */
function themed(svg: string): string {
  return svg.replace(UNSEEN_FRAMES, '').replace(/<[^>]*>/g, (tag) =>
    tag
      .replace(/ pointer-events="none"| opacity="1"/g, '')
      .replace(/ (?:role|aria-[a-z]+|font-family|xmlns:xlink|version)="[^"]*"/g, '')
      .replace(/="(#[0-9a-f]{6})"/g, (all, hex: string) => {
        const variable = VARIABLES.get(hex);
        return variable === undefined ? all : `="${variable}"`;
      })
      .replace(/^<svg /, '<svg aria-hidden="true" '),
  );
}

/** Cuts the margin that Vega adds for letters as broad as it believes them to be. */
function cropped(svg: string, hints: TopLevelSpec['usermeta']): string {
  const { leftOfPlotPx, widthPx } = hints ?? {};
  const plotLeft = /<g [^>]*transform="translate\(([\d.]+),/.exec(svg)?.[1];
  if (typeof leftOfPlotPx !== 'number' || typeof widthPx !== 'number') return svg;
  if (plotLeft === undefined) return svg;
  const left = Number(plotLeft) - leftOfPlotPx;
  return svg.replace(
    /width="[^"]*" height="[^"]*" viewBox="0 0 [\d.]+ ([\d.]+)"/,
    (_, height: string) => `viewBox="${left} 0 ${widthPx} ${height}"`,
  );
}
