/** What the engine needs from outside: clusters and images. `index.ts` puts Docker behind it; tests may put less. */
import type { Cluster, MemberProcess, StartedTool } from '../cluster/cluster';
import type { PlannedCase } from './plan';

export interface CaseCluster extends Cluster {
  /** Rejects with an EnvironmentError when the engine is lost; never settles otherwise. */
  readonly lost: Promise<never>;
  /** Throws EnvironmentError where the engine does not answer: then what a step saw says nothing about etcd. */
  confirm(): Promise<void>;
  setUp(): Promise<void>;
  /**
   * Removes everything that was made for the case, half made things as well. Throws EnvironmentError for what is left
   * once the signal is aborted.
   */
  tearDown(signal: AbortSignal): Promise<void>;
  /** Leaves everything up, and says how to reach and how to remove it. */
  letGo(): Promise<string[]>;
}

export interface ClusterHooks {
  onStart(process: MemberProcess): void;
  onServing(process: MemberProcess): void;
  onExit(process: MemberProcess): void;
  onTool(tool: StartedTool): void;
  /** A log line as it may be kept and shown. */
  veilLog(line: string): string;
}

export interface Environment {
  /** Makes the image of a version available. Throws EnvironmentError where it can't be had. */
  prepare(version: string, signal: AbortSignal): Promise<void>;
  /** A cluster that does not exist yet: `setUp` makes it. */
  createCluster(planned: PlannedCase, hooks: ClusterHooks): CaseCluster;
}
