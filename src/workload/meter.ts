/** Counts while a workload runs, in memory that does not grow with it. Times are milliseconds since it began. */
import type { ErrorKind, Latency, Outcomes, TimeSlot } from '../figures';

/** Two neighbouring buckets differ by this factor: a percentile is exact to 2 %. */
const STEP = 1.02;
const SMALLEST_MS = 0.01;

/** How long things took. */
export class Histogram {
  private readonly counts: number[] = [];
  private total = 0;
  private max = 0;

  add(ms: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(Math.max(ms, SMALLEST_MS) / SMALLEST_MS) / Math.log(STEP)));
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.total++;
    this.max = Math.max(this.max, ms);
  }

  /** Null where nothing was measured. */
  latency(): Latency | null {
    if (this.total === 0) return null;
    const of = (share: number): number => rounded(Math.min(this.max, this.percentile(share)));
    return { p50: of(0.5), p90: of(0.9), p99: of(0.99), max: rounded(this.max) };
  }

  private percentile(share: number): number {
    let left = Math.ceil(this.total * share);
    for (const [bucket, count = 0] of this.counts.entries()) {
      left -= count;
      if (left <= 0) return SMALLEST_MS * STEP ** bucket;
    }
    return this.max;
  }
}

function rounded(ms: number): number {
  return ms < 10 ? Math.round(ms * 100) / 100 : Math.round(ms);
}

const MOST_SLOTS = 240;
const FIRST_SLOT_MS = 250;

/** What was acknowledged when. Slots become wider as the workload goes on. */
export class Timeline {
  private slotMs = FIRST_SLOT_MS;
  private slots: TimeSlot[] = [];

  acknowledged(atMs: number, tookMs: number): void {
    const slot = this.slot(atMs);
    slot.acknowledged++;
    slot.slowestMs = Math.max(slot.slowestMs, rounded(tookMs));
  }

  error(atMs: number): void {
    this.slot(atMs).errors++;
  }

  /** All slots up to this moment. */
  until(atMs: number): { slotMs: number; slots: TimeSlot[] } {
    this.slot(Math.max(0, atMs - 1));
    return { slotMs: this.slotMs, slots: this.slots };
  }

  private slot(atMs: number): TimeSlot {
    while (atMs >= this.slotMs * MOST_SLOTS) this.widen();
    const index = Math.floor(atMs / this.slotMs);
    while (this.slots.length <= index) this.slots.push(emptySlot());
    return this.slots[index] ?? emptySlot();
  }

  private widen(): void {
    this.slotMs *= 2;
    const halves = this.slots;
    this.slots = Array.from({ length: Math.ceil(halves.length / 2) }, (_, i) =>
      joined(halves[2 * i] ?? emptySlot(), halves[2 * i + 1] ?? emptySlot()),
    );
  }
}

function emptySlot(): TimeSlot {
  return { acknowledged: 0, errors: 0, slowestMs: 0 };
}

function joined(a: TimeSlot, b: TimeSlot): TimeSlot {
  return {
    acknowledged: a.acknowledged + b.acknowledged,
    errors: a.errors + b.errors,
    slowestMs: Math.max(a.slowestMs, b.slowestMs),
  };
}

/** The longest time without an acknowledged write, the time before the first one included. */
export class Outage {
  private lastMs = 0;
  private longest = { ms: 0, atMs: 0, over: true };

  acknowledged(atMs: number): void {
    this.look(atMs, true);
    this.lastMs = Math.max(this.lastMs, atMs);
  }

  /** With the time from the last write to the end. */
  until(endMs: number): { ms: number; atMs: number; over: boolean } {
    this.look(endMs, false);
    return { ...this.longest, ms: Math.round(this.longest.ms), atMs: Math.round(this.longest.atMs) };
  }

  private look(atMs: number, over: boolean): void {
    const ms = atMs - this.lastMs;
    if (ms > this.longest.ms) this.longest = { ms, atMs: this.lastMs, over };
  }
}

/** What etcd and gRPC say, by kind; the first that fits counts. Their texts: etcd-facts.md 0c, 3.1 and 5. */
const KINDS: readonly (readonly [kind: ErrorKind, text: RegExp])[] = [
  ['deadline', /^deadline exceeded after/i],
  ['timedOut', /request timed out|context deadline exceeded/i],
  ['noLeader', /no leader/i],
  ['leaderChanged', /leader changed|raft proposal dropped/i],
  ['refused', /ECONNREFUSED|connection refused/i],
  ['noSpace', /database space exceeded/i],
  ['tooManyRequests', /too many requests/i],
  ['notAllowed', /not supported for learner|permission denied|invalid auth token|user name is empty/i],
  ['noSuchLease', /requested lease not found/i],
  [
    'disconnected',
    /ECONNRESET|EPIPE|connection dropped|connection closed|transport is closing|no connection established|socket hang up|GOAWAY|RST_STREAM|session|server stopped|raft: stopped|channel has been|failed to connect|call cancelled|client is closed|cancelled/i,
  ],
];

/** The kind of an error. */
export function errorKind(said: string): ErrorKind {
  return KINDS.find(([, text]) => text.test(said))?.[0] ?? 'other';
}

/** What was refused, lost or cut off. */
export class Errors {
  readonly counts: Partial<Record<ErrorKind, number>> = {};
  readonly texts: Partial<Record<ErrorKind, string>> = {};

  add(said: string): ErrorKind {
    const kind = errorKind(said);
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    this.texts[kind] ??= said.slice(0, 200);
    return kind;
  }
}

export function noOutcomes(): Outcomes {
  return { acknowledged: 0, failed: 0, unknown: 0 };
}
