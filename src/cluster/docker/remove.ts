/** Finding and removing what carries our labels: after a scenario, after a crash, and for `clean`. */
import type Dockerode from 'dockerode';
import { abortable, poll } from '../../clock';
import { EnvironmentError, asError } from '../../errors';
import { engineCall, statusOf } from './engine';
import { LABEL, ownerState, type Labels } from './labels';
import { runsOf, type Found, type FoundRun, type Lease } from './lease';

export type { Found, FoundRun } from './lease';

/** Everything that carries these labels (`etcd-scenarios.run` alone, or with `=value`). */
export async function findLabelled(docker: Dockerode, labels: string[]): Promise<Found[]> {
  const filters = { label: labels };
  return engineCall('list what carries our labels', async () => {
    const [containers, networks, volumes] = await Promise.all([
      docker.listContainers({ all: true, filters }),
      docker.listNetworks({ filters }),
      docker.listVolumes({ filters }),
    ]);
    return [
      ...containers.map((c) => found('container', c.Id, c.Names[0]?.replace(/^\//, ''), c.Labels, c.Created * 1000)),
      ...networks.map((n) => found('network', n.Id, n.Name, n.Labels, timeOf(n.Created))),
      ...volumes.Volumes.map((v) =>
        found('volume', v.Name, v.Name, v.Labels, timeOf((v as { CreatedAt?: string }).CreatedAt)),
      ),
    ];
  });
}

function found(
  kind: Found['kind'],
  id: string,
  name: string | undefined,
  labels: Labels | null | undefined,
  createdMs: number | undefined,
): Found {
  return { kind, id, name: name ?? id, labels: labels ?? {}, createdMs };
}

function timeOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** All runs that have resources on this engine, this process's own included. */
export async function findRuns(docker: Dockerode, lease?: Lease): Promise<FoundRun[]> {
  const all = await findLabelled(docker, [LABEL.run]);
  const needsAge = all.some(({ labels }) => ownerState(labels) === 'unknown');
  return runsOf(all, needsAge ? await engineTime(docker) : 0, lease);
}

async function engineTime(docker: Dockerode): Promise<number> {
  const { SystemTime } = (await engineCall('ask for its time', () => docker.info())) as { SystemTime: string };
  return Date.parse(SystemTime);
}

/** Leftovers of killed runs; what `--keep` left on purpose is none of it. */
export async function findLeftovers(docker: Dockerode, lease?: Lease): Promise<Found[]> {
  const runs = await findRuns(docker, lease);
  return runs.flatMap(({ state, resources }) => (state === 'left' ? resources : []));
}

/**
 * Removes containers first, then networks and volumes. What is gone already is no error; what stays is one, and so is
 * what is not removed before the signal is aborted: its labels let the next run find it.
 */
export async function removeFound(docker: Dockerode, all: Found[], signal?: AbortSignal): Promise<void> {
  const trouble: string[] = [];
  const remove = async (one: Found): Promise<void> => {
    try {
      const removal = removeOne(docker, one);
      await (signal ? abortable(removal, signal) : removal);
    } catch (thrown) {
      if (statusOf(thrown) !== 404) trouble.push(`${one.kind} ${one.name}: ${asError(thrown).message}`);
    }
  };
  await Promise.all(all.filter(({ kind }) => kind === 'container').map(remove));
  await Promise.all(all.filter(({ kind }) => kind !== 'container').map(remove));
  if (trouble.length > 0) {
    throw new EnvironmentError(`could not remove ${trouble.join('; ')}`, 'remove it with `etcd-scenarios clean`');
  }
}

async function removeOne(docker: Dockerode, { kind, id }: Found): Promise<void> {
  switch (kind) {
    case 'container':
      return removeContainer(docker, id);
    case 'network':
      return removeReleased(() => docker.getNetwork(id).remove());
    case 'volume':
      return removeReleased(() => docker.getVolume(id).remove());
  }
}

/** How long a busy engine may hold on to what a container has just let go of. */
const RELEASE_MS = 15_000;

/** An engine that is busy answers "has active endpoints" or "in use" (403, 409) a moment after the last container. */
export async function removeReleased(remove: () => Promise<unknown>): Promise<void> {
  let last: unknown;
  const removed = await poll(
    async () => {
      try {
        await remove();
        return true;
      } catch (thrown) {
        if (![403, 409].includes(statusOf(thrown) ?? 0)) throw thrown;
        last = thrown;
        return undefined;
      }
    },
    { withinMs: RELEASE_MS, signal: new AbortController().signal },
  );
  if (!removed) throw last;
}

/** A removal that is under way already answers 409: its end is waited for, so that networks and volumes are free. */
async function removeContainer(docker: Dockerode, id: string): Promise<void> {
  const container = docker.getContainer(id);
  try {
    await container.remove({ force: true, v: true });
  } catch (thrown) {
    if (statusOf(thrown) !== 409) throw thrown;
    await container.wait({ condition: 'removed' });
  }
}
