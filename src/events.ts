/**
 * A run is a stream of these plain-data events; reporters only listen, and `events.ndjson` is the stream itself.
 * Additions keep `v`; a reader ignores what it does not know.
 */
import type { Comparison, Problem } from './errors';
import type { WorkloadFigures } from './figures';
import type { Place } from './source';

/** The schema version that every event carries. */
export const EVENT_VERSION = 1;

/** What every event carries beside its own. */
export interface EventHead {
  v: typeof EVENT_VERSION;
  /** The run's id. */
  run: string;
  /** Counts from 1 within the run, without gaps. */
  seq: number;
  /** When, as ISO 8601 in UTC. */
  time: string;
}

/** One scenario with one combination of its matrix and one etcd version: what is run, counted and reported. */
export interface CaseRef {
  /** `path relative to the root` + `[matrix values]` + `@etcd version`; the same on every machine, unique in a run. */
  id: string;
  name: string;
  file: string;
  line: number;
  /** The version that was asked for. What the members say of themselves is in `member-serving`. */
  etcd: string;
  /** The values of the matrix, by name in declared order; absent where the scenario has none. */
  matrix?: Record<string, string>;
  tags: string[];
  /** How many members the scenario declares. */
  members: number;
}

export type Verdict = 'passed' | 'failed' | 'error' | 'interrupted' | 'skipped';

/** A step as reports name it. */
export interface StepRef {
  /** `3`, `finally.1`, nested `4.2`; counted from 1 in the order of the file. */
  id: string;
  phase: 'steps' | 'finally' | 'onFailure';
  action: string;
  /** The author's `name`, or the generated sentence: `kill etcd-1`. */
  sentence: string;
  place: Place;
  /** For a step inside of `repeat`: the round, from 1, of each `repeat` around it, the outermost first. */
  rounds?: number[];
  /** For a step of a part: where it is used, the nearest place first. */
  usedAt?: Place[];
}

/** Why a case did not pass; everything a person needs at three in the morning. */
export interface Failure {
  kind: 'expectation' | 'environment' | 'interrupted';
  /** One sentence. */
  message: string;
  cure?: string;
  step?: StepRef;
  /** The YAML lines around the step, with a caret. */
  frame?: string;
  comparisons: Comparison[];
  /** What the step waited for until time ran out. */
  waitedFor?: string;
  durationMs?: number;
  attempts?: number;
  /** To whom each selector was resolved: `leader -> etcd-2`. */
  resolved: Resolution[];
  /** The last log lines of the members concerned. */
  logs: LogExcerpt[];
}

/** A failure that had to come, and came for the reason that the drill gives. */
export interface KnownFailure {
  /** The versions on which the drill has to fail, as written: `>=3.6.0 <3.6.5`. */
  range: string;
  /** What had to be said: `"too many learner members"`. */
  because: string;
  /** `etcd-io/etcd#20009`. */
  issue?: string;
  /** The text that the reason was found in. */
  said: string;
  failure: Failure;
}

export interface Resolution {
  selector: string;
  members: string[];
}

/** A line of a log, and which one it is, from 1. */
export interface NumberedLine {
  at: number;
  line: string;
}

export interface LogExcerpt {
  member: string;
  /** Counts a member's processes from 1. */
  incarnation: number;
  /** running, or how it ended: `exited with code 1`. */
  state: string;
  /** Earlier lines that may say why, at level warn or above, oldest first; absent where there is none. */
  earlier?: NumberedLine[];
  /** The last lines; which ones of the log they are, `from` says. */
  lines: string[];
  /** Which line of the log the first of its last lines is, from 1. */
  from?: number;
  /** How many of its last lines are left out: nothing but routine, where only what is stored differs. */
  routine?: number;
  /** The whole log, relative to the reports folder; absent where no reports are written. */
  file?: string;
}

export interface Counts {
  passed: number;
  failed: number;
  error: number;
  interrupted: number;
  skipped: number;
  /** How many of those that passed did so because they failed as they are known to; absent for none. */
  known?: number;
}

export type EventBody =
  | {
      type: 'run-started';
      tool: string;
      cases: CaseRef[];
      jobs: number;
      engine: string;
      /** The address that ports are bound to. */
      bind: string;
      /** Absolute path of the folder that reports go to; null where none are written. */
      reports: string | null;
    }
  | { type: 'progress'; message: string }
  | { type: 'image'; version: string; reference: string; from: string }
  | { type: 'case-started'; case: string }
  | { type: 'case-skipped'; case: string; reason: string }
  | {
      type: 'case-finished';
      case: string;
      verdict: Verdict;
      durationMs: number;
      failure: Failure | null;
      /** The failure that was to come; such a case has passed. */
      known?: KnownFailure;
      /** Failures of `onFailure`, `finally` and of removal: they never hide the first one. */
      further: Failure[];
      /** The members' own `/version`, by member. */
      versions: Record<string, string>;
      /** With `--keep`: how to reach what was left up, and how to remove it. */
      kept?: string[];
    }
  | { type: 'step-started'; case: string; step: StepRef }
  | { type: 'step-waiting'; case: string; step: string; waitingFor: string }
  | {
      type: 'step-finished';
      case: string;
      step: StepRef;
      status: 'passed' | 'failed' | 'skipped' | 'interrupted';
      /** It failed, and that does not count: the `until` of its `repeat` held by then. Absent where it counts. */
      excused?: true;
      durationMs: number;
      attempts: number;
      resolved: Resolution[];
      /** What the report should say beside the sentence: `asked etcd-1`, `attempt 1 may have been applied as well`. */
      notes: string[];
      /** What is part of the verdict: every report has it, of a case that passed as well. Absent where there is nothing. */
      remarks?: string[];
      /** What a tool printed, where it did as the step says. */
      output?: string;
      /** For a step of `onFailure`: what it found, as a text of several lines. */
      collected?: string;
    }
  | {
      type: 'workload-finished';
      case: string;
      /** The id of its step. */
      step: string;
      figures: WorkloadFigures;
    }
  | {
      type: 'member-started';
      case: string;
      member: string;
      incarnation: number;
      version: string;
      address: string;
      /** The command line. */
      command: readonly string[];
    }
  | {
      /** etcdctl or etcdutl was started, in a member's container or beside it. */
      type: 'tool-started';
      case: string;
      member: string;
      version: string;
      command: readonly string[];
      /** Its own environment, `NAME=value`; a password is not shown. */
      env: readonly string[];
    }
  | { type: 'member-serving'; case: string; member: string; incarnation: number; version: string; endpoint: string }
  | { type: 'member-exited'; case: string; member: string; incarnation: number; exitCode: number }
  | { type: 'problem'; problem: Problem }
  | {
      type: 'run-finished';
      counts: Counts;
      exitCode: number;
      durationMs: number;
      /** What had to be said about the run as a whole: everything was skipped, a reporter failed. */
      remarks: string[];
    };

/** An event as it is written and read. */
export type RunEvent = EventHead & EventBody;

export type EventType = EventBody['type'];

/** The event of one type. */
export type EventOf<T extends EventType> = Extract<RunEvent, { type: T }>;

/** True for a case that failed as it is known to, and passed by that. */
export function isKnownFailure(event: EventBody): boolean {
  return event.type === 'case-finished' && event.verdict === 'passed' && event.known !== undefined;
}

/** Why a run has no verdict: nothing was run. */
export interface NothingRan {
  /** The run's id. */
  run: string;
  kind: 'usage' | 'environment' | 'interrupted';
  /** What the command line prints; its first line is the reason. */
  message: string;
  exitCode: number;
}

/** Something that listens to a run. `finish` is awaited after the last event. */
export interface Reporter {
  readonly name: string;
  /**
   * For a reporter that writes files: replaces those of an earlier run by files that say that this one did not finish.
   * Called before anything else, when the reports folder belongs to this run alone.
   */
  begin?(run: string): void;
  event(event: RunEvent): void;
  finish?(): Promise<void> | void;
  /** In place of `event` and `finish`: the run ended before any case was started. */
  nothingRan?(why: NothingRan): void;
}
