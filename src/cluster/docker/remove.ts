/** Finding and removing what carries our labels: after a scenario, after a crash, and for `clean`. */
import type Dockerode from 'dockerode';
import { abortable, poll } from '../../clock';
import { EnvironmentError, asError } from '../../errors';
import { engineCall, statusOf } from './engine';
import { LABEL, ownerIsDead, type Labels } from './labels';

export interface Found {
  kind: 'container' | 'network' | 'volume';
  id: string;
  name: string;
  labels: Labels;
}

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
      ...containers.map((c) => found('container', c.Id, c.Names[0]?.replace(/^\//, ''), c.Labels)),
      ...networks.map((n) => found('network', n.Id, n.Name, n.Labels)),
      ...volumes.Volumes.map((v) => found('volume', v.Name, v.Name, v.Labels)),
    ];
  });
}

function found(kind: Found['kind'], id: string, name: string | undefined, labels: Labels | null | undefined): Found {
  return { kind, id, name: name ?? id, labels: labels ?? {} };
}

/** What runs left whose runner is certainly dead; what `--keep` left on purpose is none of it. */
export async function findLeftovers(docker: Dockerode): Promise<Found[]> {
  const all = await findLabelled(docker, [LABEL.run]);
  return all.filter(({ labels }) => labels[LABEL.keep] === undefined && ownerIsDead(labels));
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
