/** Makes events and hands them to every reporter. One that throws is remembered, and hides nobody's result. */
import { asError } from '../errors';
import { EVENT_VERSION, type EventBody, type EventHead, type Reporter, type RunEvent } from '../events';

export interface ReporterProblem {
  reporter: string;
  error: Error;
}

export class Broadcast {
  private seq = 0;
  private readonly broken = new Map<Reporter, Error>();

  constructor(
    private readonly run: string,
    private readonly reporters: readonly Reporter[],
    /** Milliseconds since 1970. */
    private readonly now: () => number,
  ) {}

  /** Numbers and stamps an event, and hands it on; never throws. */
  emit(body: EventBody): RunEvent {
    const head: EventHead = {
      v: EVENT_VERSION,
      run: this.run,
      seq: ++this.seq,
      time: new Date(this.now()).toISOString(),
    };
    const event: RunEvent = { ...head, ...body };
    for (const reporter of this.reporters) {
      if (this.broken.has(reporter)) continue;
      try {
        this.watch(reporter, reporter.event(event));
      } catch (thrown) {
        this.broken.set(reporter, asError(thrown));
      }
    }
    return event;
  }

  /** Lets every reporter finish, side by side; never throws. */
  async finish(): Promise<void> {
    const sound = this.reporters.filter((reporter) => !this.broken.has(reporter));
    const finishing = sound.map(async (reporter) => reporter.finish?.());
    for (const [index, result] of (await Promise.allSettled(finishing)).entries()) {
      const reporter = sound[index];
      if (result.status === 'rejected' && reporter) this.broken.set(reporter, asError(result.reason));
    }
  }

  /** The reporters that threw, each with what it threw first: the run has failed where there is one. */
  problems(): ReporterProblem[] {
    return [...this.broken].map(([reporter, error]) => ({ reporter: reporter.name, error }));
  }

  /** `event` answers nothing, but an async method fits its type: its rejection must not end the process. */
  private watch(reporter: Reporter, answer: unknown): void {
    if (answer instanceof Promise) {
      answer.catch((thrown: unknown) => {
        if (!this.broken.has(reporter)) this.broken.set(reporter, asError(thrown));
      });
    }
  }
}
