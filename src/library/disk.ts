/** Whether there is room for what is restored from outside, before anything starts. */
import { tmpdir } from 'node:os';
import { formatBytes } from '../bytes';
import { engineCall, type Engine } from '../cluster/docker/engine';
import { diskAt, type Disk } from '../cluster/docker/disk';
import { EnvironmentError } from '../errors';
import type { PlannedCase } from '../run/plan';
import { diskNeeds, type DiskNeed } from '../run/outside';

export { diskAt } from '../cluster/docker/disk';

/**
 * Throws EnvironmentError where the restores of the cases that run side by side do not fit. The engine's disk is looked
 * at where it can be seen from here: a remote engine's, or one in a virtual machine, can't.
 */
export async function requireRoom(cases: readonly PlannedCase[], jobs: number, engine: Engine): Promise<void> {
  const needs = await diskNeeds(cases);
  if (needs.length === 0) return;
  const root = engine.local ? await engineRoot(engine) : undefined;
  const [local, remote] = await Promise.all([diskAt(tmpdir()), root === undefined ? undefined : diskAt(root)]);
  const trouble = roomTrouble(needs, jobs, { local, engine: remote });
  if (trouble !== undefined)
    throw new EnvironmentError(trouble, 'make room, run fewer side by side (`--jobs 1`), or restore to fewer members');
}

/** What does not fit where; undefined where all does. */
export function roomTrouble(
  needs: readonly DiskNeed[],
  jobs: number,
  disks: Record<'local' | 'engine', Pick<Disk, 'path' | 'device' | 'freeBytes'> | undefined>,
): string | undefined {
  const atOnce = needs.toSorted((a, b) => b.engineBytes - a.engineBytes).slice(0, jobs);
  const [first] = atOnce;
  if (!first) return undefined;
  const sum = (of: 'engineBytes' | 'localBytes'): number => atOnce.reduce((bytes, need) => bytes + need[of], 0);
  const shared = disks.local !== undefined && disks.local.device === disks.engine?.device;
  const demands = [
    { disk: disks.engine, bytes: sum('engineBytes') + (shared ? sum('localBytes') : 0) },
    { disk: shared ? undefined : disks.local, bytes: sum('localBytes') },
  ];
  const short = demands.find(({ disk, bytes }) => disk !== undefined && disk.freeBytes < bytes);
  if (!short?.disk) return undefined;
  const what =
    atOnce.length === 1
      ? `restoring ${first.name} to ${first.members} members`
      : `${atOnce.length} restores side by side, ${first.name} among them,`;
  return `${what} takes ${formatBytes(short.bytes)} of the disk at ${short.disk.path}, which has ${formatBytes(short.disk.freeBytes)} free`;
}

async function engineRoot({ docker }: Engine): Promise<string | undefined> {
  const { DockerRootDir } = (await engineCall('ask where its data is', () => docker.info())) as {
    DockerRootDir?: string;
  };
  return DockerRootDir;
}
