/** How numbers look: thin spaces and a true minus on a page, ASCII in a terminal or a mail. */
export interface NumberStyle {
  readonly thousands: string;
  readonly minus: string;
  /** Between a number and its unit. */
  readonly gap: string;
  /** Between the ends of an interval. */
  readonly to: string;
}

/** U+202F is a narrow no-break space. */
export const PAGE: NumberStyle = { thousands: '\u202f', minus: '\u2212', gap: '\u202f', to: '–' };
export const ASCII: NumberStyle = { thousands: ',', minus: '-', gap: ' ', to: '..' };

/** A text whose numbers are in the style of a page, with those of a terminal. */
export function numbersInAscii(text: string): string {
  return text
    .replace(/(?<=\d)\u202f(?=\d{3}(?!\d))/g, ASCII.thousands)
    .replace(/(?<=\d)\u2013(?=\d)/g, ASCII.to);
}

/** Three significant digits below 100, unless the number is whole; whole from there on. */
export function formatNumber(value: number, style: NumberStyle = PAGE): string {
  return fixed(value, Number.isInteger(value) ? 0 : decimalsFor(value), style);
}

/** As the source gave it: nothing rounded away, thousands separated. */
export function formatExact(value: number, style: NumberStyle = PAGE): string {
  const [whole = '0', fraction] = Math.abs(value).toString().split('.');
  const digits = fraction === undefined ? '' : `.${fraction}`;
  return `${value < 0 ? style.minus : ''}${separated(whole, style)}${digits}`;
}

/** Modelled nanoseconds with their unit. */
export function formatNs(ns: number, style: NumberStyle = PAGE): string {
  return `${formatNumber(ns, style)}${style.gap}ns`;
}

/** 0.148 becomes `14.8 %`. */
export function formatRatio(ratio: number, style: NumberStyle = PAGE): string {
  return `${fixed(ratio * 100, percentDecimals(ratio), style)}${style.gap}%`;
}

/** 0.146 becomes `15 %`. */
export function formatWholePercent(ratio: number): string {
  return `${(100 * ratio).toFixed(0)}${PAGE.gap}%`;
}

/** 0.146 and 0.15 become `14.6–15.0 %`; written out with "to" when an end is negative. */
export function formatRatioInterval(low: number, high: number, style: NumberStyle = PAGE): string {
  const decimals = percentDecimals(Math.max(Math.abs(low), Math.abs(high)));
  return percentRange(low, high, decimals, style);
}

/** The same in whole per cents where both ends are at least one: `1–31 %`. */
export function formatRatioSpan(low: number, high: number, style: NumberStyle = PAGE): string {
  const smallest = Math.min(Math.abs(low), Math.abs(high));
  const decimals = smallest >= 0.01 ? 0 : 1;
  return percentRange(low, high, decimals, style);
}

/** 0.146 and 0.15 become `[14.6, 15.0]`, in per cent, both ends as precise as the larger; ASCII. */
export function formatBrackets(low: number, high: number): string {
  const decimals = Math.max(Math.abs(low), Math.abs(high)) >= 0.0995 ? 1 : 2;
  const percent = (ratio: number): string => {
    const text = (ratio * 100).toFixed(decimals);
    return Number(text) === 0 ? text.replace('-', '') : text;
  };
  return `[${percent(low)}, ${percent(high)}]`;
}

function percentRange(low: number, high: number, decimals: number, style: NumberStyle): string {
  const from = fixed(low * 100, decimals, style);
  const until = fixed(high * 100, decimals, style);
  const between = from.startsWith(style.minus) || until.startsWith(style.minus) ? ' to ' : style.to;
  const numbers = from === until ? from : `${from}${between}${until}`;
  return `${numbers}${style.gap}%`;
}

function decimalsFor(value: number): number {
  const size = Math.abs(value);
  if (size >= 99.95) return 0;
  if (size >= 9.995) return 1;
  return size >= 0.9995 ? 2 : 3;
}

function percentDecimals(ratio: number): number {
  const percent = Math.abs(ratio) * 100;
  if (percent >= 99.95) return 0;
  return percent >= 9.995 ? 1 : 2;
}

function fixed(value: number, decimals: number, style: NumberStyle): string {
  const text = Math.abs(value).toFixed(decimals);
  const [whole = '0', fraction] = text.split('.');
  // What rounds to zero has no sign.
  const sign = value < 0 && Number(text) !== 0 ? style.minus : '';
  return `${sign}${separated(whole, style)}${fraction === undefined ? '' : `.${fraction}`}`;
}

function separated(digits: string, style: NumberStyle): string {
  return digits.replace(/\B(?=(?:\d{3})+$)/g, style.thousands);
}
