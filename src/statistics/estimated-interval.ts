/** An estimate with the ends of its interval. */
export interface EstimatedInterval {
  readonly point: number;
  readonly low: number;
  readonly high: number;
}
