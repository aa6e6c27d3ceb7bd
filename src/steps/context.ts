/** What a running step is given. */
import type { Call } from '../cluster/client';
import type { Cluster } from '../cluster/cluster';
import type { Unmet } from '../errors';
import type { WorkloadFigures } from '../figures';
import type { TextMatcher } from '../match';
import type { Secrecy } from './secrecy';

/** The nested steps of a block, as the loader read them: nobody but the engine looks inside. */
export interface NestedSteps {
  readonly nested: unique symbol;
}

export interface RunStepsOptions {
  /** Side by side instead of one after the other. */
  parallel?: boolean;
  /** The round of a `repeat`, from 0. */
  index?: number;
  /** Clients write meanwhile. */
  underLoad?: boolean;
}

/** A step of a block that etcd refused, or that met nobody to act on; a comparison that does not hold is thrown. */
export interface StepNotDone {
  /** Its id: `2.1`. */
  step: string;
  message: string;
  /** It does not count. */
  excuse(): void;
  /** It counts: throws its failure. */
  fail(): never;
}

export interface StepContext {
  readonly cluster: Cluster;
  /** The etcd version that the run was given for this scenario. */
  readonly version: string;
  /** The flags of the scenario, for every member. */
  readonly flags: Readonly<Record<string, string>>;
  /** Aborted when the attempt's deadline has passed, the run is interrupted or the engine is lost. */
  readonly signal: AbortSignal;
  /** The deadline of this attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** What must be said when this step fails as it should; undefined where it must succeed. */
  readonly expectError: TextMatcher | undefined;
  /** Whether no other step runs beside this one, as in `parallel`: nobody else starts, adds or grants anything. */
  readonly alone: boolean;
  /** Whether the clients of a `during` write and hold leases meanwhile. */
  readonly underLoad: boolean;
  /** Whether somebody uses the result. */
  readonly keepsResult: boolean;
  /** How a value of etcd's becomes text: `secrecy.shown(value)`. */
  readonly secrecy: Secrecy;
  /** Milliseconds until this attempt's deadline, never negative. */
  left(): number;
  /** A call with what is left of this attempt, or less. */
  call(atMostMs?: number): Call;
  /** Puts a sentence beside the step in the reports. */
  note(text: string): void;
  /** Puts a sentence beside the verdict of the drill, in every report. */
  remark(text: string): void;
  /** Keeps what a tool printed beside the step, in the events and in junit.xml. */
  printed(text: string): void;
  /** Says what is being waited for right now; the failure says the last one if time runs out. */
  waitingFor(what: string): void;
  /** Says to whom a selector was resolved. */
  resolved(selector: string, members: readonly string[]): void;
  /** Names a member whose log belongs to a failure of this step. */
  concerns(...members: string[]): void;
  /**
   * A file of this step's own beside the logs, another one each time that the step runs; undefined where no reports are
   * written. `shown` is relative to the reports folder.
   */
  recordFile(name: string): { path: string; shown: string } | undefined;
  /** Puts what a workload did into the reports. */
  tellWorkload(figures: WorkloadFigures): void;
  /**
   * Looks at a block's one `expect` for as long as its author's `within`, else `withinMs`, else once; what does not hold,
   * or nothing.
   */
  look(expect: NestedSteps, options: { index?: number; withinMs?: number }): Promise<Unmet | undefined>;
  /** Runs a block's steps, one after the other or side by side. */
  runSteps(steps: NestedSteps, options?: RunStepsOptions): Promise<void>;
  /** The same, but a step that could not be done is answered: whether that counts the block decides. */
  trySteps(steps: NestedSteps, options: { index?: number }): Promise<StepNotDone | undefined>;
}
