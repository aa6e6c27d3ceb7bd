/**
 * The library entry, where the rooms are put together; the command line uses it as well. It touches neither the
 * process nor the console, may be called several times in one process, and ends early when its signals say so.
 */
export { run } from './library/run';
export type { RunRequest, RunResult } from './library/run';
export { load } from './library/load';
export type { LoadRequest, LoadedDrills } from './library/load';
export { EnvironmentError, ScenarioError, UsageError } from './errors';
export type { Problem } from './errors';
export type { CaseRef, Counts, Failure, Reporter, RunEvent, Verdict } from './events';
