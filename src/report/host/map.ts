import type { HostPlace } from '../../host/host-answer.ts';
import { wrap } from '../../util/wrap.ts';
import { ASCII, formatNumber, formatRatio } from '../blocks/numbers.ts';
import { textTable } from '../blocks/text-table.ts';

const INDENT = '  ';
const COLUMNS = 78;

/** The map of savings with the host's own place on it, the nearest field, in brackets. */
export function mapLines({ map, exitsPerSecond, workingSetPages }: HostPlace): readonly string[] {
  const pages = map.rows.map((row) => row.workingSetPages);
  const row = nearest(pages, workingSetPages);
  const column = nearest(map.exitsPerSecond, exitsPerSecond);
  const rows = map.rows.map(({ savingRatios }, at) => [
    formatNumber(pages[at]!, ASCII),
    ...savingRatios.map((ratio, rate) => {
      const text = formatRatio(ratio, ASCII);
      return at === row && rate === column ? `[${text}]` : `${text} `;
    }),
  ]);
  const number = (value: number) => formatNumber(value, ASCII);
  const table = textTable(
    [
      { label: 'pages in use', align: 'left' },
      ...map.exitsPerSecond.map((rate) => ({
        label: `${number(rate)}/s `,
        align: 'right' as const,
      })),
    ],
    rows,
    COLUMNS,
  );
  return [
    wrap(
      `Where this host lies, at ${number(workingSetPages)} pages and ${number(exitsPerSecond)} exits a second of a vCPU ` +
        'that is not halted: saving by pages in use by L2 and exits a second, at nominal prices, for a program that ' +
        'uses all its pages alike.',
    ),
    ...table.map((line) => INDENT + line),
  ];
}

/** Which of some numbers is nearest, by its factor. */
function nearest(numbers: readonly number[], value: number): number {
  const distance = (at: number) => Math.abs(Math.log(numbers[at]! / value));
  return numbers.reduce((best, _, at) => (distance(at) < distance(best) ? at : best), 0);
}
