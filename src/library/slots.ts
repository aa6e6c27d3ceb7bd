/** So many drills at a time on this machine, whichever process runs them: jest has several workers. */
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { connectEngine } from '../cluster/docker/engine';
import { holdOneOf, withLock } from '../cluster/docker/images/lock';
import { makeFolders } from '../plain-file';
import { defaultJobs } from './run';

/** Runs the work in one of `jobs` slots; left out, as many as the engine carries. Throws what aborted the signal. */
export async function inSlot<T>(jobs: number | undefined, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const count = jobs ?? defaultJobs(await connectEngine({ signal }));
  const folder = join(tmpdir(), `etcd-scenarios-slots-${userInfo().uid}`);
  makeFolders(folder);
  const slots = Array.from({ length: count }, (_, i) => join(folder, `slot-${i + 1}`));
  const quietly = (): void => undefined;
  // Who waits for a slot has the door: without it a process that ends one drill and begins another would be first always.
  const leave = await withLock(join(folder, 'door'), quietly, signal, () => holdOneOf(slots, quietly, signal));
  try {
    return await work();
  } finally {
    await leave();
  }
}
