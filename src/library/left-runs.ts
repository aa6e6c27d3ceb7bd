/** Runs that have resources on the engine, in words: `doctor` and `clean` say the same. */
import { formatDuration } from '../clock';
import type { FoundRun } from '../cluster/docker/lease';
import { plural } from '../plural';

/** `3 resources of the run es-1 on ci-7, kept by --keep`. */
export function describeRun(one: FoundRun): string {
  const { run, host, resources, state, silentMs } = one;
  const what = `${plural(resources.length, 'resource')} of the run ${run} on ${host || 'an unknown host'}`;
  if (state === 'kept') return `${what}, kept by --keep`;
  if (state === 'left') return `${what}, which is dead`;
  const since = silentMs === undefined ? '' : `; last sign of life ${formatDuration(Math.max(0, silentMs))} ago`;
  return `${what}, which may still be running${since}`;
}

/** What removes them. */
export function cureOfRun({ run, state }: FoundRun): string {
  if (state === 'left') return '`etcd-scenarios clean` removes them';
  const wait = state === 'kept' ? '' : 'wait for it to end, or ';
  return `${wait}remove them with \`etcd-scenarios clean --run ${run}\``;
}
