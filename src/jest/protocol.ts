/** What a test file and the processes that work for it say to each other, as JSON. */
import type { Failure, Verdict } from '../events';
import type { RunRequest } from '../library/run';
import type { LookupOptions, RequestedVersions } from '../library/versions';

/** One case, to be run once there is room for it. */
export interface Order {
  id: number;
  request: Pick<
    RunRequest,
    | 'run'
    | 'paths'
    | 'cwd'
    | 'etcd'
    | 'defaultEtcd'
    | 'cases'
    | 'images'
    | 'bind'
    | 'timeoutMs'
    | 'reports'
    | 'variables'
    | 'variableFiles'
    | 'unknownVariables'
  >;
  /** So many at a time on this machine; left out: what the engine carries. */
  jobs: number | undefined;
}

export type Answer =
  | { id: number; verdict: Verdict; failure: Failure | null; further: Failure[] }
  /** There was no verdict: no engine, a file that has changed meanwhile. */
  | { id: number; refused: string };

/** Which versions are meant by lines and ranges. */
export type Lookup = RequestedVersions & Pick<LookupOptions, 'images'>;

export type Found = RequestedVersions | { refused: string };
