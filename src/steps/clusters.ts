/** Which clusters members are in. Members of different clusters may hold equal data, and are no cluster together. */
import type { MemberProcess } from '../cluster/cluster';
import { EtcdSaid, Unmet, type Comparison } from '../errors';
import type { StepContext } from './context';
import { clusterIdInLog } from './expect/unserved';
import { mayListen, PROBE_MS } from './health';
import { list } from './words';

/** The ID of the cluster that a process is in, by its status, else by its log; undefined where neither says it. */
export async function clusterOf(process: MemberProcess, context: StepContext): Promise<string | undefined> {
  if (process.exitCode === undefined && mayListen(process)) {
    try {
      return (await process.client.status(context.call(PROBE_MS))).clusterId;
    } catch (thrown) {
      if (!(thrown instanceof EtcdSaid || thrown instanceof Unmet)) throw thrown;
    }
  }
  return clusterIdInLog(process);
}

/**
 * Nothing where the processes are in one cluster as far as they say it; else which members are in which:
 * `etcd-1 is in cluster 572a811fac16a854; etcd-2, etcd-3 are in cluster 1052f362c31a5266`.
 */
export async function clustersApart(
  processes: readonly MemberProcess[],
  context: StepContext,
): Promise<string | undefined> {
  if (processes.length < 2) return undefined;
  const ids = await Promise.all(processes.map((process) => clusterOf(process, context)));
  const clusters = new Map<string, string[]>();
  processes.forEach(({ member }, i) => {
    const id = ids[i];
    if (id !== undefined) clusters.set(id, [...(clusters.get(id) ?? []), member]);
  });
  if (clusters.size < 2) return undefined;
  return [...clusters]
    .map(([id, members]) => `${list(members)} ${members.length === 1 ? 'is' : 'are'} in cluster ${id}`)
    .join('; ');
}

/** The comparison for members that have to be in one cluster; empty where they are. */
export async function notOneCluster(processes: readonly MemberProcess[], context: StepContext): Promise<Comparison[]> {
  const actual = await clustersApart(processes, context);
  return actual === undefined ? [] : [{ subject: 'cluster', expected: 'all members in one cluster', actual }];
}
