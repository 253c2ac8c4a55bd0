import type { PatchReport, SeriesReport } from '../../series/series.ts';
import { type Block, cell, left, paragraph, right, type Table } from '../blocks/document.ts';
import { formatNumber } from '../blocks/numbers.ts';
import { terminalText } from '../blocks/terminal.ts';
import { type Safety, safetyWords } from '../safety.ts';
import { prefixTable, savingText, seriesFinding, setupOf, stories } from './section.ts';

/** The series for a terminal of 80 columns: each patch, each prefix, and what was found. */
export function seriesText(series: SeriesReport, safety: readonly Safety[]): string {
  const table = (content: Table): Block => ({ kind: 'table', table: content, folded: false });
  return terminalText([
    paragraph(`${seriesFinding(series)}.`),
    paragraph(safetyWords(safety)),
    table(patchTable(series)),
    table(prefixTable(series)),
    ...stories(series),
  ]);
}

/** One line for most patches: a verdict in a word or two. */
function patchTable(series: SeriesReport): Table {
  return {
    caption: `What each patch saves in its place, in ns per round trip of ${setupOf(series)} (modelled; 95 % over seeds), and the whole series without it`,
    columns: [right('#'), left('patch'), right('saves'), left('left out of all')],
    rows: series.patches.map((patch) => [
      cell(String(patch.number)),
      cell(patch.subject.replace(/^KVM: (SVM: |nSVM: |SEV: |VMX: |x86: |x86\/mmu: )?/, '')),
      cell(savingText(patch.saving)),
      cell(droppedWords(patch)),
    ]),
  };
}

function droppedWords({ dropped: { verdict, violation, savings } }: PatchReport): string {
  switch (verdict) {
    case 'nothing':
      return 'nothing changes';
    case 'stale':
      return `STALE: ${violation?.class ?? ''}, ${violation?.events ?? 0} events`;
    case 'cost': {
      // In the scenario that suffers most.
      const worst = [...savings].sort((a, b) => a.savingRatio.point - b.savingRatio.point)[0];
      return worst === undefined ? '' : `costs ${formatNumber(-worst.savingNs.point)} ns`;
    }
    case 'safe':
      return 'safe, no cost seen';
  }
}
