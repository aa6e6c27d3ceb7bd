/** The process as commands see it, and how their errors are told. */
import { EnvironmentError, Interrupted, ScenarioError, UsageError, asError } from '../errors';
import { formatProblems } from './problems';

export interface Io {
  cwd: string;
  env: NodeJS.ProcessEnv;
  out: { write(text: string): void };
  err: { write(text: string): void };
  /** Whether standard output is a terminal, and how wide it is now. */
  terminal: boolean;
  columns: () => number;
  colour: boolean;
}

/** A command: its arguments without its name; answers the exit code. */
export type Command = (argv: string[], io: Io) => Promise<number>;

export function processIo(): Io {
  const { stdout, stderr, env } = process;
  const terminal = stdout.isTTY === true;
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  return {
    cwd: process.cwd(),
    env,
    out: stdout,
    err: stderr,
    terminal,
    columns: () => (terminal ? (stdout.columns ?? 80) : 80),
    colour: !env['NO_COLOR'] && (forced || (terminal && env['TERM'] !== 'dumb')),
  };
}

/** Says what went wrong, on standard error. */
export function tellError(thrown: unknown, { err }: Io): void {
  if (thrown instanceof ScenarioError) {
    err.write(formatProblems(thrown.problems));
  } else if (thrown instanceof UsageError || thrown instanceof Interrupted) {
    err.write(`etcd-scenarios: ${thrown.message}\n`);
  } else if (thrown instanceof EnvironmentError) {
    err.write(`etcd-scenarios: ${thrown.message}\n${thrown.cure === undefined ? '' : `  ${thrown.cure}\n`}`);
  } else {
    err.write(`etcd-scenarios broke; this is a bug in it: ${asError(thrown).stack ?? String(thrown)}\n`);
  }
}

export function exitCodeOfError(thrown: unknown): number {
  if (thrown instanceof ScenarioError || thrown instanceof UsageError) return 2;
  if (thrown instanceof Interrupted) return 130;
  return 3;
}
