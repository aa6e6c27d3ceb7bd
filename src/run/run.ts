/** A run: its cases side by side, its counts, its exit code. */
import { Interrupted } from '../errors';
import { isKnownFailure, type Counts, type EventBody, type Verdict } from '../events';
import type { Environment } from './environment';
import { failureOf } from './failure';
import { runCase, type CaseOptions } from './case-runner';
import { longestFirst } from './order';
import type { PlannedCase } from './plan';

export interface RunOptions {
  cases: readonly PlannedCase[];
  jobs: number;
  failFast: boolean;
  keep: boolean;
  /** Whether the values of a snapshot from outside may be shown. */
  showValues: boolean;
  /** A scenario's deadline where it names none, in milliseconds. */
  timeoutMs: number;
  environment: Environment;
  emit: (body: EventBody) => void;
  interrupted: AbortSignal;
  abandoned: AbortSignal;
  logOf: CaseOptions['logOf'];
  recordOf: CaseOptions['recordOf'];
}

/** Runs all cases, at most `jobs` at once, the longest first. Never throws for a case's sake. */
export async function runCases(options: RunOptions): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0, error: 0, interrupted: 0, skipped: 0 };
  const emit = (body: EventBody): void => {
    if (isKnownFailure(body)) counts.known = (counts.known ?? 0) + 1;
    options.emit(body);
  };
  const queue = longestFirst(options.cases);
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const stopped = counts.failed + counts.error > 0 && options.failFast;
      const verdict = await runNext(next, stopped, { ...options, emit });
      counts[verdict] += 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, queue.length) }, worker));
  return counts;
}

async function runNext(planned: PlannedCase, stopped: boolean, options: RunOptions): Promise<Verdict> {
  const skip = planned.skip ?? skipReason(stopped, options);
  if (skip !== undefined) {
    options.emit({ type: 'case-skipped', case: planned.ref.id, reason: skip });
    return 'skipped';
  }
  try {
    for (const version of planned.versions) await options.environment.prepare(version, options.interrupted);
  } catch (thrown) {
    return tellUnprepared(planned, options.interrupted.aborted ? new Interrupted() : thrown, options);
  }
  return runCase(planned, options);
}

function skipReason(stopped: boolean, { interrupted }: RunOptions): string | undefined {
  if (interrupted.aborted) return 'the run was interrupted before it started';
  return stopped ? 'a case failed before, and --fail-fast was asked for' : undefined;
}

function tellUnprepared({ ref }: PlannedCase, thrown: unknown, { emit }: RunOptions): Verdict {
  const failure = failureOf(thrown);
  const verdict = failure.kind === 'interrupted' ? 'interrupted' : 'error';
  emit({ type: 'case-started', case: ref.id });
  emit({ type: 'case-finished', case: ref.id, verdict, durationMs: 0, failure, further: [], versions: {} });
  return verdict;
}

/**
 * 130 goes before 1 before 3: a real red is never hidden behind a broken environment. Everything skipped is 0, unless
 * fewer cases than `minRun` ran: 2.
 */
export function exitCodeOf(counts: Counts, options: { interrupted: boolean; minRun: number }): number {
  if (options.interrupted || counts.interrupted > 0) return 130;
  if (counts.failed > 0) return 1;
  if (counts.error > 0) return 3;
  return counts.passed < options.minRun ? 2 : 0;
}
