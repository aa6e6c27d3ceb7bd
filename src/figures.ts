/** What a workload did, as plain data: in events, in `summary.json`, in the reports. Times are milliseconds. */

/** Kinds of errors, as `errors` of `during` names them. */
export const ERROR_KINDS = [
  'deadline',
  'timedOut',
  'noLeader',
  'leaderChanged',
  'refused',
  'disconnected',
  'noSpace',
  'tooManyRequests',
  'notAllowed',
  'noSuchLease',
  'other',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** How long acknowledged requests took; with a rate, from the moment when each was meant to be sent. */
export interface Latency {
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

export interface Outcomes {
  acknowledged: number;
  /** Definitely not applied. */
  failed: number;
  /** May have been applied all the same. */
  unknown: number;
}

/** What is wrong with one operation. */
export interface Finding {
  kind: 'lost' | 'phantom' | 'stale' | 'torn' | 'moved' | 'lease' | 'unproven';
  /** The operation's number, as in `workload.ndjson`. */
  operation: number;
  key: string;
  /** Where etcd applied it, as far as known. */
  revision: string;
  /** Who was asked. */
  member: string;
  /** When, since the workload began. */
  atMs: number;
  /** What shows it. One sentence. */
  told: string;
}

/** How many findings of each kind there are. Only the first ones are told one by one. */
export interface Verdicts {
  /** Acknowledged writes that are not there. */
  lostWrites: number;
  /** Writes that failed and are there all the same, or that were applied twice. */
  phantomWrites: number;
  /** Linearizable reads older than what was acknowledged before they began. */
  staleReads: number;
  /** Transactions of which one half is there. */
  tornTransactions: number;
  /**
   * Writes that stand at another revision than the one that they were acknowledged or seen at: the histories of two
   * members have parted, or one was begun again.
   */
  movedWrites: number;
  /** Keys that vanished while their lease was kept alive, or outlived their lease. */
  wrongLeases: number;
  /** Acknowledged writes, overwritten since, of which nothing shows that they were there: the history is compacted. */
  unproven: number;
}

export interface TimeSlot {
  acknowledged: number;
  /** Requests that failed, or whose outcome is unknown. */
  errors: number;
  /** The slowest acknowledged write; 0 where there is none. */
  slowestMs: number;
}

export interface WorkloadFigures {
  durationMs: number;
  writers: number;
  readers: number;
  /** Writes a second that were asked for; null where as many as possible. */
  rate: number | null;
  writes: Outcomes;
  reads: Outcomes;
  writesPerSecond: number;
  /** Fewer writes than nine tenths of the rate were acknowledged. */
  missedRate: boolean;
  /** The longest time without an acknowledged write. */
  outage: { ms: number; atMs: number; over: boolean };
  errors: Partial<Record<ErrorKind, number>>;
  /** What was said with each kind for the first time. */
  errorTexts: Partial<Record<ErrorKind, string>>;
  latency: Latency | null;
  readLatency: Latency | null;
  timeline: { slotMs: number; slots: TimeSlot[] };
  /** How often an acknowledged operation came with a revision that is not above those acknowledged before it began. */
  revisionsBack: number;
  /** Null where it was not looked: the steps failed before, or nobody could be asked. */
  verdicts: Verdicts | null;
  /** The first ones of each kind. */
  findings: Finding[];
  /** Every operation, one a line; relative to the reports folder. Absent where no reports are written. */
  file?: string;
}
