/** What is to be known of a member that does not serve: it has no client port, but a log and a metrics page. */
import type { MemberProcess } from '../../cluster/cluster';
import { parseLogLine } from '../../cluster/log';

/**
 * The cluster ID that a process has said it is of. 3.3: `etcdserver: starting member 97ec… in cluster b269…`; later:
 * `starting local member` with `cluster-id` (measured on 3.3.25 to 3.7.3).
 */
export function clusterIdInLog(process: MemberProcess | undefined): string | undefined {
  for (const line of process?.log.lines ?? []) {
    const plain = /(?:starting|restarting) member [0-9a-f]+ in cluster ([0-9a-f]+)/.exec(line);
    if (plain) return plain[1];
    if (!line.includes('"cluster-id"')) continue;
    const id = parseLogLine(line)?.['cluster-id'];
    if (typeof id === 'string') return id;
  }
  return undefined;
}

/** Whether the member knows a leader, by `etcd_server_has_leader`; undefined where its metrics do not answer. */
export async function hasLeaderByMetrics(process: MemberProcess, timeoutMs: number): Promise<boolean | undefined> {
  const page = await process.metrics(timeoutMs);
  const value = page === undefined ? undefined : /^etcd_server_has_leader (\d)/m.exec(page)?.[1];
  return value === undefined ? undefined : value === '1';
}
