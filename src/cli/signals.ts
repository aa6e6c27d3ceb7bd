/** Ctrl-C, SIGTERM and what nobody caught, as signals that end a run in order. */
import { EnvironmentError, Interrupted, asError } from '../errors';

/** Whoever sends SIGTERM (`docker stop`, a CI job's end) sends SIGKILL ten seconds later. */
const REMOVE_AFTER_SIGTERM_MS = 8500;
/** How long a process that was interrupted twice may take to end. */
const END_MS = 4500;

export interface Signals {
  /** The first interruption: the step is abandoned, `finally` runs. */
  first: AbortSignal;
  /** The second one: `finally` is skipped. */
  second: AbortSignal;
  /** Whether it was the runner itself that broke. */
  broke(): boolean;
  /** Names a run that has begun, so that whoever ends the process in the middle of it is told what it may leave. */
  began(run: string): void;
  dispose(): void;
}

/**
 * Listens to the process; whatever comes, what was started is removed before the process ends. Interrupted twice, the
 * process ends within five seconds, removed or not.
 */
export function onSignals(say: (message: string) => void): Signals {
  const first = new AbortController();
  const second = new AbortController();
  let broken = false;
  let run: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    const left =
      run === undefined
        ? ''
        : `; containers, networks and volumes may be left: \`etcd-scenarios clean --run ${run}\` removes them`;
    say(`ended without waiting any longer${left}`);
    process.exit(broken ? 3 : 130);
  };
  const interrupt = (signal: NodeJS.Signals): void => {
    if (!first.signal.aborted) {
      say(
        `\n${signal}: the steps are abandoned, \`finally\` runs, and everything is removed; once more skips \`finally\``,
      );
      first.abort(
        new Interrupted(`interrupted by ${signal}`, signal === 'SIGINT' ? undefined : REMOVE_AFTER_SIGTERM_MS),
      );
    } else if (!second.signal.aborted) {
      say(`\n${signal} again: \`finally\` is skipped; what was started is being removed`);
      timer = setTimeout(end, END_MS);
      second.abort(new Interrupted(`interrupted twice by ${signal}`));
    }
  };
  const crash = (thrown: unknown): void => {
    broken = true;
    say(`etcd-scenarios broke; this is a bug in it: ${asError(thrown).stack ?? String(thrown)}`);
    const reason = new EnvironmentError(`the runner itself broke: ${asError(thrown).message}`);
    first.abort(reason);
    second.abort(reason);
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, interrupt);
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  return {
    first: first.signal,
    second: second.signal,
    broke: () => broken,
    began: (id) => void (run = id),
    dispose() {
      clearTimeout(timer);
      for (const name of names) process.off(name, interrupt);
      process.off('uncaughtException', crash);
      process.off('unhandledRejection', crash);
    },
  };
}
