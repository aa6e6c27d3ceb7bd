/** The process as commands see it, and how their errors are told. */
import { EnvironmentError, Interrupted, ScenarioError, UsageError, asError } from '../errors';
import { shortageBehind } from '../shortage';
import { stripControl } from '../source';
import { formatProblems } from '../problems';

export interface Io {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Standard input. */
  in: NodeJS.ReadableStream;
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
  return {
    cwd: process.cwd(),
    env,
    in: process.stdin,
    out: stdout,
    err: stderr,
    terminal,
    columns: () => (terminal ? (stdout.columns ?? 80) : 80),
    colour: hasColor(env, terminal),
  };
}

/** `FORCE_COLOR` overrides `NO_COLOR`, as in Node.js; without both, a terminal that is not `dumb` has color. */
export function hasColor(env: NodeJS.ProcessEnv, terminal: boolean): boolean {
  const forced = env['FORCE_COLOR']?.trim().toLowerCase();
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env['NO_COLOR']) return false;
  return terminal && env['TERM'] !== 'dumb';
}

/** Says what went wrong, on standard error; a name with control characters in it does no harm there. */
export function tellError(thrown: unknown, { err }: Io): void {
  err.write(stripControl(`${messageOf(shortageBehind(thrown) ?? thrown)}\n`));
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof ScenarioError) return formatProblems(thrown.problems).trimEnd();
  if (thrown instanceof UsageError || thrown instanceof Interrupted) return `etcd-scenarios: ${thrown.message}`;
  if (thrown instanceof EnvironmentError) {
    return [`etcd-scenarios: ${thrown.message}`, ...(thrown.cure === undefined ? [] : [`  ${thrown.cure}`])].join('\n');
  }
  return `etcd-scenarios broke; this is a bug in it: ${asError(thrown).stack ?? String(thrown)}`;
}
