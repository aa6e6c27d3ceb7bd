/** How long the removal of a case may take: whoever interrupts a run may not wait for long. */
import { formatDeadline } from '../clock';
import { EnvironmentError, Interrupted } from '../errors';

/** What is not removed by then is not going to be: an engine on a loaded machine takes seconds. */
const REMOVAL_MS = 2 * 60_000;
/** However late removal begins after an interruption, it is given this much. */
const LEAST_MS = 2500;
/** Once the run is abandoned. */
const ABANDONED_MS = 3000;

export interface RemovalLimit {
  signal: AbortSignal;
  dispose(): void;
}

/** A signal that is aborted, with an EnvironmentError, when what is not removed yet is to be left to the next run. */
export function removalLimit({
  interrupted,
  abandoned,
}: Record<'interrupted' | 'abandoned', AbortSignal>): RemovalLimit {
  const controller = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const within = (ms: number, since = performance.now()): void => {
    const leftMs = Math.max(since + ms - performance.now(), Math.min(LEAST_MS, ms));
    timers.push(setTimeout(() => controller.abort(unremoved(performance.now() - since)), leftMs));
  };
  const onInterrupted = (): void => {
    const { reason } = interrupted as { reason: unknown };
    if (reason instanceof Interrupted && reason.removeWithinMs !== undefined) within(reason.removeWithinMs, reason.at);
  };
  const onAbandoned = (): void => within(ABANDONED_MS);
  within(REMOVAL_MS);
  listen(interrupted, onInterrupted);
  listen(abandoned, onAbandoned);
  return {
    signal: controller.signal,
    dispose() {
      timers.forEach(clearTimeout);
      interrupted.removeEventListener('abort', onInterrupted);
      abandoned.removeEventListener('abort', onAbandoned);
    },
  };
}

function listen(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}

function unremoved(ms: number): EnvironmentError {
  const took = formatDeadline(Math.round(ms / 100) * 100);
  return new EnvironmentError(
    `removal did not end within ${took}; what is left is labelled, and the next run removes it`,
  );
}
