/** What a workload is to do, everything decided. */

export interface Settings {
  /** Write requests in flight. */
  writers: number;
  readers: number;
  keys: number;
  /** Writes a second; undefined: as many as go. */
  rate: number | undefined;
  /** Bytes of every value. */
  valueBytes: number;
  /** The share of writes that are transactions of two keys, 0 to 1. */
  transactions: number;
  /** Clients that hold a key by a lease, keep it alive and let it go. */
  leases: number;
  /** The deadline of one request, in milliseconds. */
  timeoutMs: number;
}
