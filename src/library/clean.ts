/** Removing what runs left. */
import { poll } from '../clock';
import { connectEngine, type Engine } from '../cluster/docker/engine';
import { removeDeadFolders } from '../cluster/docker/folders';
import { LABEL } from '../cluster/docker/labels';
import type { Lease } from '../cluster/docker/lease';
import { findLabelled, findRuns, removeFound, type Found, type FoundRun } from '../cluster/docker/remove';

export interface CleanRequest {
  /** All of one run. */
  run?: string;
  /**
   * All that killed runs and `--keep` left and that is older than this, in milliseconds; of runs of version 0.1.0, which have no
   * heartbeat, also what other machines left on this engine. A run that may be alive is left alone.
   */
  olderThanMs?: number;
  /** Told what is waited for. */
  say?: (message: string) => void;
  /** For tests: other times than those of a run's signs of life. */
  lease?: Lease;
}

/** What was removed: of Docker's, or a folder of this machine. */
export interface Removed {
  kind: Found['kind'] | 'folder';
  name: string;
}

export interface Cleaned {
  removed: Removed[];
  /** What stays: clusters that `--keep` left, and runs that can't be seen from here and may still be running. */
  stays: FoundRun[];
}

/** How often is looked again, and for how long at most. */
const LOOK_MS = 700;
const LOOKING_MS = 15_000;
/** With so many looks in a row that find nothing, nothing is under way any more. */
const EMPTY_LOOKS = 3;

/** Removes what the request names, if nothing the leftovers of killed runs, and returns what was removed. */
export async function clean(request: CleanRequest): Promise<Cleaned> {
  const { docker } = await connectEngine({ say: request.say });
  const found = await findMeant(docker, request);
  await removeFound(docker, found);
  const folders = await removeDeadFolders(request.lease);
  // A run makes its folder first: where there is neither, nothing of it is under way.
  if (found.length + folders.length > 0) found.push(...(await removeLate(docker, request)));
  const removed = [...found, ...folders.map((name) => ({ kind: 'folder' as const, name }))];
  const stays = await findRuns(docker, request.lease);
  return { removed, stays: stays.filter(({ state }) => state === 'kept' || state === 'unseen') };
}

/** What the engine was making when its run was killed appears a moment later. */
async function removeLate(docker: Engine['docker'], request: CleanRequest): Promise<Found[]> {
  const late: Found[] = [];
  let empty = 0;
  const look = async (): Promise<true | undefined> => {
    const found = await findMeant(docker, request);
    empty = found.length === 0 ? empty + 1 : 0;
    await removeFound(docker, found);
    late.push(...found);
    return empty >= EMPTY_LOOKS ? true : undefined;
  };
  const signal = new AbortController().signal;
  await poll(look, { withinMs: LOOKING_MS, signal, intervalMs: LOOK_MS, maxIntervalMs: LOOK_MS });
  return late;
}

async function findMeant(docker: Engine['docker'], request: CleanRequest): Promise<Found[]> {
  const { run, olderThanMs, lease } = request;
  if (run !== undefined) return findLabelled(docker, [`${LABEL.run}=${run}`]);
  const runs = await findRuns(docker, lease);
  return runs.filter((one) => isMeant(one, olderThanMs)).flatMap(({ resources }) => resources);
}

/** A run that can't be seen and has given a sign of life within its lease may be alive; one without heartbeat is as old as it is. */
function isMeant({ state, silentMs, resources }: FoundRun, olderThanMs: number | undefined): boolean {
  if (state === 'left') return olderThanMs === undefined || ageOf(resources) > olderThanMs;
  if (olderThanMs === undefined || state === 'alive') return false;
  if (state === 'kept') return ageOf(resources) > olderThanMs;
  const hasLease = resources.some(({ labels }) => labels[LABEL.lease] !== undefined);
  return !hasLease && silentMs !== undefined && silentMs > olderThanMs;
}

/** By the clock of their owner; 0 if they do not say. */
function ageOf(resources: readonly Found[]): number {
  const created = Math.max(...resources.map(({ labels }) => Date.parse(labels[LABEL.created] ?? '')));
  return Number.isNaN(created) ? 0 : Date.now() - created;
}
