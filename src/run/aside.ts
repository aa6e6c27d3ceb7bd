/** Steps beside the drill's own: `onFailure`, which collects what explains a failure, and `finally`. */
import { formatDuration } from '../clock';
import { Unmet } from '../errors';
import type { Failure } from '../events';
import type { LoadedStep } from '../scenario/scenario';
import type { CaseCluster } from './environment';
import { failureOf } from './failure';
import type { StepRunner } from './step-runner';

/** How long these steps may take once a run was interrupted. */
const AFTER_INTERRUPTION_MS = 30_000;

export interface AsideOptions {
  /** How reports call them: `finally`. */
  what: string;
  limitMs: number;
  cluster: CaseCluster;
  runner: StepRunner;
  interrupted: AbortSignal;
  /** The second interruption: nothing of this runs. */
  abandoned: AbortSignal;
}

/** Runs each of the steps on its own: a failure in one keeps none of the others from running. */
export async function runAside(steps: readonly LoadedStep[], options: AsideOptions): Promise<Failure[]> {
  const { what, cluster, runner, interrupted, abandoned } = options;
  if (steps.length === 0 || abandoned.aborted) return [];
  const ending = new AbortController();
  cluster.lost.catch((error: unknown) => ending.abort(error));
  const limitMs = interrupted.aborted ? Math.min(AFTER_INTERRUPTION_MS, options.limitMs) : options.limitMs;
  const overdue = new Unmet(`\`${what}\` did not end within ${formatDuration(limitMs)}`);
  const timer = setTimeout(() => ending.abort(overdue), limitMs);
  const signal = AbortSignal.any([abandoned, ending.signal]);
  const failures: Failure[] = [];
  for (const step of steps) {
    if (signal.aborted) break;
    await runner.runOne(step, signal).catch((thrown: unknown) => failures.push(failureOf(thrown)));
  }
  clearTimeout(timer);
  return failures;
}
