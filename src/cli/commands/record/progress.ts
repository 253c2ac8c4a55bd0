/** How far a recording is. */
export interface RecordingState {
  readonly accesses: number;
  readonly pages: number;
}

/** `12.3 million accesses of 219 pages, 0.81 million per second` */
export function recordLine(state: RecordingState, elapsedMilliseconds: number): string {
  const millions = (count: number): string => (count / 1e6).toFixed(count >= 1e8 ? 0 : 1);
  const perSecond = (state.accesses * 1000) / elapsedMilliseconds;
  const rate = (perSecond / 1e6).toFixed(2);
  return (
    `${millions(state.accesses)} million accesses of ${state.pages} pages, ` +
    `${rate} million per second`
  );
}
