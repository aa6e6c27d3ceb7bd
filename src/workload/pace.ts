/** When the next request is meant to be sent, whatever became of the ones before. */
export class Pace {
  private sent = 0;

  /** `perSecond` undefined: at once. */
  constructor(
    private readonly perSecond: number | undefined,
    private readonly startMs: number,
  ) {}

  /** The moment of the next request: from then on its latency counts, also where everybody is busy. */
  next(nowMs: number): number {
    if (this.perSecond === undefined) return nowMs;
    return this.startMs + (this.sent++ * 1000) / this.perSecond;
  }
}
