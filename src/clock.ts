/** Time as the runner sees it: durations as people write them, and the one way to wait. All times are milliseconds. */
import { asError } from './errors';

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** What a duration looks like in a scenario: `500ms`, `3s`, `1.5s`, `2m`, `1h`, `1m30s`; `0s` is none. */
export const DURATION_PATTERN = '^(\\d+(\\.\\d+)?(ms|s|min|m|h|d))+$';

/** Timers of JavaScript overflow a little later, and then fire at once: nobody waits this long. */
const LONGEST_MS = 24 * 86_400_000;

/** Milliseconds of a duration such as `1m30s`, at most 24 days; undefined where the text is none. */
export function parseDuration(text: string): number | undefined {
  if (!new RegExp(DURATION_PATTERN).test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|min|m|h|d)/g)) {
    totalMs += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  return Math.min(Math.round(totalMs), LONGEST_MS);
}

/** Milliseconds for people: `40 ms`, `3.2 s`, `1 m 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${Number((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  return seconds % 60 === 0 ? `${seconds / 60} m` : `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
}

/** Milliseconds as an author writes them: `3s`, `1.5s`, `500ms`. */
export function formatDeadline(ms: number): string {
  return formatDuration(ms).replace(/ /g, '');
}

/** Waits; ends at once, with the signal's reason, when the signal is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(reasonOf(signal));
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(reasonOf(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * Aborted after so long. AbortSignal.timeout is not for what AbortSignal.any listens to: there nothing holds it, and once
 * it is collected its timer is gone, and whoever waits for it hangs (seen on Node 20: `AbortSignal.any` never aborts).
 */
export function after(ms: number): AbortSignal {
  const over = new AbortController();
  setTimeout(() => over.abort(new Error(`it took longer than ${formatDuration(ms)}`)), ms).unref();
  return over.signal;
}

/** Why a signal was aborted, as an Error. */
export function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted');
}

/** Waits for the first of several things, at most this long; leaves no timer behind. Rejects when the signal is aborted. */
export async function firstWithin(ms: number, signal: AbortSignal, things: readonly Promise<unknown>[]): Promise<void> {
  const over = new AbortController();
  const pause = sleep(ms, AbortSignal.any([signal, over.signal]));
  try {
    await Promise.race([pause, ...things]);
  } finally {
    over.abort();
    pause.catch(() => undefined);
  }
}

/** Who waits for a signal: one listener serves them all, since a workload asks thousands of times a second. */
class Waiting {
  private readonly all = new Set<(reason: Error) => void>();
  private readonly onAbort = (): void => this.all.forEach((reject) => reject(reasonOf(this.signal)));

  constructor(private readonly signal: AbortSignal) {}

  add(reject: (reason: Error) => void): void {
    if (this.all.size === 0) this.signal.addEventListener('abort', this.onAbort, { once: true });
    this.all.add(reject);
  }

  delete(reject: (reason: Error) => void): void {
    this.all.delete(reject);
    if (this.all.size === 0) this.signal.removeEventListener('abort', this.onAbort);
  }
}

const waiting = new WeakMap<AbortSignal, Waiting>();

/** Settles as the promise does, or rejects with the signal's reason as soon as it is aborted. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const others = waiting.get(signal) ?? new Waiting(signal);
    waiting.set(signal, others);
    if (signal.aborted) reject(reasonOf(signal));
    else others.add(reject);
    promise.then(
      (value) => {
        others.delete(reject);
        resolve(value);
      },
      (thrown: unknown) => {
        others.delete(reject);
        reject(asError(thrown));
      },
    );
  });
}

export interface PollOptions {
  /** How long to go on looking, from now. */
  withinMs: number;
  signal: AbortSignal;
  /** The first pause between two looks; it grows by half each time, up to `maxIntervalMs`. */
  intervalMs?: number;
  maxIntervalMs?: number;
  /** Cuts a pause short, once: look again as soon as this settles. */
  wake?: Promise<unknown>;
}

/**
 * Looks until `look` answers something other than undefined, at least once, and answers it; undefined where time ran out.
 * What `look` throws goes to the caller.
 */
export async function poll<T>(look: () => Promise<T | undefined>, options: PollOptions): Promise<T | undefined> {
  const { withinMs, signal, maxIntervalMs = 250 } = options;
  const end = Date.now() + withinMs;
  let pauseMs = options.intervalMs ?? 25;
  let isAwake = false;
  const awake = (): void => void (isAwake = true);
  // Whatever it settles with, and be it while looking: what was looked at may be from before.
  let wake = options.wake?.then(awake, awake);
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    const leftMs = end - Date.now();
    if (leftMs <= 0) return undefined;
    if (!(wake && isAwake)) await firstWithin(Math.min(pauseMs, leftMs), signal, wake ? [wake] : []);
    if (isAwake) wake = undefined;
    pauseMs = Math.min(pauseMs * 1.5, maxIntervalMs);
  }
}
