/** Which section of a report shows a kind of thing, by the section's id, and what it shows of it. */
const REPORT_PLACES = {
  machine: { section: 'parameters', shows: 'its numbers as used, with their sources' },
  strategy: { section: 'saving', shows: 'what it saves; "strategies" its behaviours' },
  behaviour: { section: 'strategies', shows: 'its value under each strategy' },
  patch: { section: 'series', shows: 'what it saves in its place, and what happens without it' },
  cause: { section: 'causes', shows: 'its cycles before and after' },
  suite: { section: 'expectations', shows: 'its question; "saving" its figures' },
  obligation: { section: 'safety', shows: 'what the checker found, and the stale hits of the run' },
  parameter: { section: 'parameters', shows: 'its value, range and source' },
} as const;

export type ReportedKind = keyof typeof REPORT_PLACES;

/** `In the report: section "causes" (report.html#causes) shows …`. */
export function placeSentence(kind: ReportedKind): string {
  const { section, shows } = REPORT_PLACES[kind];
  return `In the report: section "${section}" (report.html#${section}) shows ${shows}.`;
}
