/** What a test file and the process that runs its drills say to each other, as JSON. */
import type { Failure, Verdict } from '../events';
import type { RunRequest } from '../library/run';

/** One case, to be run once there is room for it. */
export interface Order {
  id: number;
  request: Pick<
    RunRequest,
    'paths' | 'cwd' | 'etcd' | 'defaultEtcd' | 'cases' | 'images' | 'bind' | 'timeoutMs' | 'reports'
  >;
  /** So many at a time on this machine; left out: what the engine carries. */
  jobs: number | undefined;
}

export type Answer =
  | { id: number; verdict: Verdict; failure: Failure | null; further: Failure[] }
  /** There was no verdict: no engine, a file that has changed meanwhile. */
  | { id: number; refused: string };
