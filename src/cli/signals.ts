/** Ctrl-C, SIGTERM and what nobody caught, as signals that end a run in order. */
import { EnvironmentError, Interrupted, asError } from '../errors';

export interface Signals {
  /** The first interruption: the step is abandoned, `finally` runs. */
  first: AbortSignal;
  /** The second one: `finally` is skipped. */
  second: AbortSignal;
  /** Whether it was the runner itself that broke. */
  broke(): boolean;
  dispose(): void;
}

/** Listens to the process; whatever comes, what was started is removed before the process ends. */
export function onSignals(say: (message: string) => void): Signals {
  const first = new AbortController();
  const second = new AbortController();
  let broken = false;
  const interrupt = (signal: NodeJS.Signals): void => {
    if (!first.signal.aborted) {
      say(
        `\n${signal}: the steps are abandoned, \`finally\` runs, and everything is removed; once more skips \`finally\``,
      );
      first.abort(new Interrupted(`interrupted by ${signal}`));
    } else if (!second.signal.aborted) {
      say(`\n${signal} again: \`finally\` is skipped; what was started is being removed`);
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
    dispose() {
      for (const name of names) process.off(name, interrupt);
      process.off('uncaughtException', crash);
      process.off('unhandledRejection', crash);
    },
  };
}
