/** The versions that the cluster as a whole has: what `/version` says, and the waits for them that are etcd's own. */
import type { MemberProcess } from '../cluster/cluster';
import { formatDuration, poll } from '../clock';
import { atLeast, minorOf } from '../cluster/version';
import { Unmet } from '../errors';
import type { StepContext } from './context';
import { PROBE_MS } from './health';
import { limited } from './limited';

/** etcd looks every 5 s (monitorVersionInterval in all versions); measured 2.2 to 3.9 s. A busy machine gets more. */
const MOVE_MS = 60_000;
/** How long the storage version is waited for: with some data it never comes (etcd-io/etcd#20495). */
const STORAGE_MS = 10_000;

/** Every member that the cluster knows and that runs. */
function knownRunning(context: StepContext): MemberProcess[] {
  const known = new Set(context.cluster.roster.known());
  return context.cluster.running().filter(({ member }) => known.has(member));
}

/** The members that keep the cluster version where it is: those on another minor version, and those that are down. */
export function holdingBack(minor: string, context: StepContext): string[] {
  const running = new Map(knownRunning(context).map((process) => [process.member, process.spec.version]));
  return context.cluster.roster.known().flatMap((member) => {
    const version = running.get(member);
    if (version === undefined) return [`${member} is down`];
    return minorOf(version) === minor ? [] : [`${member} runs ${version}`];
  });
}

/**
 * Waits until every member says that the cluster has this minor version, and notes how long it took. Where members
 * hold it back there is nothing to wait for: that is noted.
 */
export async function awaitClusterVersion(minor: string, context: StepContext): Promise<void> {
  const back = holdingBack(minor, context);
  if (back.length > 0) return context.note(`the cluster version waits: ${back.join(', ')}`);
  const tookMs = await awaitVersion('etcdcluster', minor, limited(context, MOVE_MS));
  context.note(`cluster version ${minor} after ${formatDuration(tookMs)}`);
  if (atLeast(minor, '3.6')) await noteStorageVersion(minor, context);
}

/** Waits until every running member says so at `/version`; answers how long it took. Throws Unmet where it does not. */
export async function awaitVersion(
  key: 'etcdcluster' | 'storage',
  minor: string,
  context: StepContext,
): Promise<number> {
  const began = Date.now();
  const what = `the ${key === 'storage' ? 'storage' : 'cluster'} version to be ${minor}`;
  context.waitingFor(what);
  let said: string[] = [];
  const there = await poll(
    async () => {
      const answers = await Promise.all(knownRunning(context).map((process) => sayingOf(process, key)));
      said = answers.filter(({ version }) => minorOf(version) !== minor).map(({ text }) => text);
      return said.length === 0 ? true : undefined;
    },
    { withinMs: context.left(), signal: context.signal },
  );
  if (!there) throw new Unmet(`the version did not come; members said: ${said.join(', ')}`, [], what);
  return Date.now() - began;
}

async function sayingOf(process: MemberProcess, key: string): Promise<{ version: string; text: string }> {
  const { member } = process;
  try {
    const version = (await process.versions(PROBE_MS))[key] ?? 'none';
    return { version, text: `${member}: ${version}` };
  } catch (thrown) {
    if (thrown instanceof Unmet) return { version: '', text: thrown.message };
    throw thrown;
  }
}

async function noteStorageVersion(minor: string, context: StepContext): Promise<void> {
  try {
    const tookMs = await awaitVersion('storage', minor, limited(context, STORAGE_MS));
    context.note(`storage version ${minor} after ${formatDuration(tookMs)}`);
  } catch (thrown) {
    if (!(thrown instanceof Unmet)) throw thrown;
    context.note(`the storage version did not follow within ${formatDuration(STORAGE_MS)}: ${thrown.message}`);
  }
}
