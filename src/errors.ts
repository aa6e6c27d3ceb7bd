/**
 * Three kinds of trouble, three routes: the scenario or the command line is wrong (exit 2), an expectation failed
 * (exit 1), the environment broke (exit 3).
 */
import type { Severity } from './rules';
import type { Place } from './source';

/** Something wrong in a file that a person wrote. */
export interface Problem {
  /** The name of the rule that found it, for `etcd-scenarios-disable-line`. */
  rule: string;
  /** Certain, or likely. */
  severity: Severity;
  place: Place;
  /** In a part: where it is used, the nearest place first, the scenario's own last. */
  usedAt?: Place[];
  /** What was found, and what would be right. One sentence. */
  message: string;
  /** What to do about it, or the nearest name, where there is more to say. */
  hint?: string;
  /** The source lines with a caret. */
  frame?: string;
  /** The command that prints where to read on: `etcd-scenarios steps start`. */
  page?: string;
}

/** The files are wrong: nothing was started. Exit code 2. */
export class ScenarioError extends Error {
  constructor(readonly problems: Problem[]) {
    super(problems.flatMap(({ severity, message }) => (severity === 'error' ? [message] : [])).join('\n'));
    this.name = 'ScenarioError';
  }
}

/** The command line or the configuration is wrong, or selects nothing. Exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** The engine, an image, the disk or the network of this machine broke: no verdict about etcd. Exit code 3. */
export class EnvironmentError extends Error {
  constructor(
    message: string,
    /** What would mend it. */
    readonly cure?: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'EnvironmentError';
  }
}

/** The run was told to end (Ctrl-C, SIGTERM, the caller's AbortSignal). Exit code 130. */
export class Interrupted extends Error {
  /** When it happened, as `performance.now()` counts. */
  readonly at = performance.now();

  constructor(
    message = 'interrupted',
    /** How long removing what was made may take, in milliseconds, where whoever interrupts does not wait for longer. */
    readonly removeWithinMs?: number,
  ) {
    super(message);
    this.name = 'Interrupted';
  }
}

/**
 * What etcd, one of its tools or its process said when an action failed; what `expectError` is matched against.
 * Outcome `unknown`: the request may have been applied all the same (etcd-facts.md, section 5).
 */
export class EtcdSaid extends Error {
  constructor(
    readonly said: string,
    readonly outcome: 'failed' | 'unknown',
    /** Who said it: `etcd-1`, `etcdctl on etcd-1`. */
    readonly by: string,
  ) {
    super(`${by} said: ${said}`);
    this.name = 'EtcdSaid';
  }
}

/** One thing that was compared and did not hold. */
export interface Comparison {
  /** What was looked at: `value of "foo"`, `members`. */
  subject: string;
  expected: string;
  actual: string;
  /**
   * Why another look can't find anything else, as long as no other step acts: the process whose log is read has ended.
   * Undefined where it is worth looking again.
   */
  final?: string;
}

/** Our own comparison or rule failed: no text of etcd's, so `expectError` never matches it. Exit code 1. */
export class Unmet extends Error {
  constructor(
    message: string,
    readonly comparisons: Comparison[] = [],
    /** What was waited for until time ran out, where the step waited. */
    readonly waitedFor?: string,
    private readonly finalReason?: string,
  ) {
    super(message);
    this.name = 'Unmet';
  }

  /** Why another attempt can't succeed, as long as no other step acts; undefined where it may. */
  get final(): string | undefined {
    return this.finalReason ?? this.comparisons.find(({ final }) => final !== undefined)?.final;
  }
}

/** An Unmet that no further attempt can mend, as long as no other step acts. */
export function unmetForGood(reason: string): Unmet {
  return new Unmet(reason, [], undefined, reason);
}

/** The exit code of the command line for what was thrown. */
export function exitCodeOfError(thrown: unknown): 2 | 3 | 130 {
  if (thrown instanceof ScenarioError || thrown instanceof UsageError) return 2;
  return thrown instanceof Interrupted ? 130 : 3;
}

/** A thrown value as an Error, whatever it was. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
