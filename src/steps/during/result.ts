/** What `as` keeps of a workload. */
import type { WorkloadFigures } from '../../figures';

const number = (description: string): { readonly is: 'number'; readonly description: string } => ({
  is: 'number',
  description,
});

export const RESULT = {
  lostWrites: number('acknowledged writes that are not there'),
  phantomWrites: number('writes that failed and are there all the same, or that were applied twice'),
  staleReads: number('linearizable reads older than what was acknowledged before they began'),
  tornTransactions: number('transactions of which one half is there'),
  movedWrites: number('writes that stand at another revision than the one that they were acknowledged at'),
  wrongLeases: number('keys that vanished while their lease was kept alive, or outlived it'),
  unproven: number('acknowledged writes, overwritten since, that nothing shows any more'),
  acknowledged: number('writes that were acknowledged'),
  failed: number('writes that were definitely not applied'),
  unknown: number('writes that may have been applied all the same'),
  reads: number('reads that were answered'),
  writesPerSecond: number('acknowledged writes a second'),
  outageMs: number('the longest time without an acknowledged write, in milliseconds'),
  p50Ms: number('half of the acknowledged writes took at most this long, in milliseconds'),
  p90Ms: number('nine of ten took at most this long'),
  p99Ms: number('99 of 100 took at most this long'),
  maxMs: number('what the longest took'),
} as const;

export function resultOf(
  { writes, outage, latency, writesPerSecond, reads }: WorkloadFigures,
  verdicts: NonNullable<WorkloadFigures['verdicts']>,
): { [field in keyof typeof RESULT]: number | null } {
  return {
    ...verdicts,
    ...writes,
    reads: reads.acknowledged,
    writesPerSecond,
    outageMs: outage.ms,
    p50Ms: latency?.p50 ?? null,
    p90Ms: latency?.p90 ?? null,
    p99Ms: latency?.p99 ?? null,
    maxMs: latency?.max ?? null,
  };
}
