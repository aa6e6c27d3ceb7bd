/** Removing what runs left. */
import { connectEngine } from '../cluster/docker/engine';
import { removeDeadFolders } from '../cluster/docker/folders';
import { LABEL, ownerState } from '../cluster/docker/labels';
import { findLabelled, findLeftovers, removeFound, type Found } from '../cluster/docker/remove';

export interface CleanRequest {
  /** All of one run. */
  run?: string;
  /**
   * All that is older than this, in milliseconds, whoever made it: what other machines left on this engine, too. What
   * belongs to a run that is certainly alive is left alone.
   */
  olderThanMs?: number;
  /** Told what is waited for. */
  say?: (message: string) => void;
}

/** What was removed: of Docker's, or a folder of this machine. */
export interface Removed {
  kind: Found['kind'] | 'folder';
  name: string;
}

/** Removes what is meant, without either what runs left that are certainly dead, and answers what it was. */
export async function clean({ run, olderThanMs, say }: CleanRequest): Promise<Removed[]> {
  const { docker } = await connectEngine({ say });
  const found = await find();
  await removeFound(docker, found);
  const folders = await removeDeadFolders();
  return [...found, ...folders.map((name) => ({ kind: 'folder' as const, name }))];

  async function find(): Promise<Found[]> {
    if (run !== undefined) return findLabelled(docker, [`${LABEL.run}=${run}`]);
    if (olderThanMs === undefined) return findLeftovers(docker);
    return (await findLabelled(docker, [LABEL.run])).filter(
      (one) => isOlder(one, olderThanMs) && ownerState(one.labels) !== 'alive',
    );
  }
}

function isOlder({ labels }: Found, ms: number): boolean {
  const created = Date.parse(labels[LABEL.created] ?? '');
  return !Number.isNaN(created) && Date.now() - created > ms;
}
