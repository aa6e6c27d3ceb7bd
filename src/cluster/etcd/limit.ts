/**
 * The deadline of one call, kept here and not by gRPC: a timer that cancels the call. gRPC's own costs a twentieth of a
 * write: the server is told in a header that is new for each call, and keeps a timer as well. It learns of the end all the
 * same, since a call that is cancelled here is cancelled there.
 */

/** The call that gRPC makes of a request. */
interface Sent {
  cancel(): void;
}

/** What is handed to gRPC beside a request, and comes back with the call. */
export class Limit {
  private sent: Sent | undefined;
  private isOver = false;
  private readonly timer: NodeJS.Timeout;

  /** Begins now: what is sent with it is cancelled after so many milliseconds, and not sent at all any more then. */
  constructor(timeoutMs: number) {
    this.timer = setTimeout(() => this.expire(), timeoutMs);
  }

  /** The call has ended. */
  end(): void {
    clearTimeout(this.timer);
  }

  /** Throws where the time is over before the call begins: somebody may have had to log in before. */
  keep(sent: Sent): void {
    if (this.isOver) throw new Error('deadline exceeded');
    this.sent = sent;
  }

  private expire(): void {
    this.isOver = true;
    this.sent?.cancel();
  }
}

/** gRPC's `callInvocationTransformer`: it says which call it makes, just before it sends it. */
export function keepLimit<P extends { callOptions: object; call: Sent }>(properties: P): P {
  const { callOptions, call } = properties;
  if (callOptions instanceof Limit) callOptions.keep(call);
  spareStackTrace();
  return properties;
}

/**
 * gRPC takes a stack trace of whoever calls, for an error that may come of it: as dear as a tenth of a write, and EtcdSaid
 * needs none. Until the code that sends has returned there is none.
 */
function spareStackTrace(): void {
  const { stackTraceLimit } = Error;
  if (stackTraceLimit === 0) return;
  Error.stackTraceLimit = 0;
  queueMicrotask(() => (Error.stackTraceLimit = stackTraceLimit));
}
