/** The downgrade that a cluster has under way: whom to ask about it, and when it is over. */
import type { MemberProcess } from '../cluster/cluster';
import { atLeast, minorOf } from '../cluster/version';
import { poll } from '../clock';
import { PORTS, PLAIN, url } from '../cluster/security';
import { EtcdSaid, Unmet } from '../errors';
import type { StepContext } from './context';
import { holdingBack } from './cluster-version';
import { hidesItsLog, servingProcesses } from './health';
import { limited } from './limited';
import { parseToolJson, runTool } from './tool';
import { whyNoDowngradeRequest } from './version-change';

/** etcd looks every few seconds; measured 1.2 s after the last swap, 3.9 s after a cancellation. A busy machine gets more. */
const SETTLE_MS = 60_000;
const ASK_MS = 10_000;
/** What the leader logs when all members have the older version (3.5 to 3.7). */
const IT_IS_DOWN = 'the cluster has been downgraded';

/** The first voter that serves and knows the request. Throws Unmet, and says why nothing is sent, where none does. */
export async function downgradePartner(context: StepContext): Promise<MemberProcess> {
  const { roster } = context.cluster;
  const voters = (await servingProcesses(context)).filter(
    ({ member }) => !roster.isLearner(member) && !roster.isRemoved(member),
  );
  const refusals = voters.map(({ member, spec }) => whyNoDowngradeRequest({ member, version: spec.version }));
  const partner = voters.find((_, i) => refusals[i] === undefined);
  if (!partner) throw new Unmet(refusals[0] ?? 'no voter serves that could be asked for a downgrade');
  return partner;
}

/** The minor version of the downgrade that is under way in a member's eyes; undefined where there is none. */
export async function jobTarget({ member }: MemberProcess, context: StepContext): Promise<string | undefined> {
  const endpoints = `--endpoints=${url(PLAIN, '127.0.0.1', PORTS.client)}`;
  const name = `etcdctl on ${member}`;
  // etcd3 knows an older Status, without this field.
  const { stdout } = await runTool(limited(context, ASK_MS), name, (limit) =>
    context.cluster.execute(member, ['etcdctl', endpoints, 'endpoint', 'status', '--write-out=json'], limit),
  );
  const [entry] = parseToolJson(stdout, name) as unknown as {
    Status?: { downgradeInfo?: { targetVersion?: string } };
  }[];
  const target = entry?.Status?.downgradeInfo?.targetVersion;
  return target === undefined || target === '' ? undefined : minorOf(target);
}

/** Waits until no member that can say so has a downgrade under way. */
export async function awaitNoJob(context: StepContext): Promise<void> {
  const what = 'the downgrade to be over';
  context.waitingFor(what);
  const own = limited(context, SETTLE_MS);
  const over = await poll(
    async () => {
      const asked = context.cluster.running().filter(({ spec }) => atLeast(spec.version, '3.6'));
      const targets = await Promise.all(asked.map((process) => targetIfSaid(process, own)));
      return targets.every((target) => target === 'none') ? true : undefined;
    },
    { withinMs: own.left(), signal: context.signal },
  );
  if (!over) throw new Unmet('members still have a downgrade under way', [], what);
}

async function targetIfSaid(process: MemberProcess, context: StepContext): Promise<string> {
  try {
    return (await jobTarget(process, context)) ?? 'none';
  } catch (thrown) {
    if (thrown instanceof EtcdSaid || thrown instanceof Unmet) return thrown.message;
    throw thrown;
  }
}

/**
 * After the last swap: waits until the leader has ended the downgrade. 3.5 says so in its log alone. While members are
 * not there yet the downgrade stays under way, which is noted. Answers whether all are there.
 */
export async function awaitDowngraded(minor: string, context: StepContext): Promise<boolean> {
  const back = holdingBack(minor, context);
  if (back.length > 0) context.note(`the downgrade stays under way: ${back.join(', ')}`);
  else if (atLeast(minor, '3.6')) await awaitNoJob(context);
  else if (context.cluster.running().some(hidesItsLog)) {
    context.note('etcd 3.5 shows the end of a downgrade in its log alone, which flags hide: not waited for');
  } else await awaitItsLog(minor, context);
  return back.length === 0;
}

async function awaitItsLog(minor: string, context: StepContext): Promise<void> {
  const what = `a leader to log "${IT_IS_DOWN}"`;
  context.waitingFor(what);
  const logged = await poll(
    async () => {
      const found = context.cluster.running().some(({ log }) => log.find((text) => text.includes(IT_IS_DOWN)));
      return Promise.resolve(found || undefined);
    },
    { withinMs: limited(context, SETTLE_MS).left(), signal: context.signal },
  );
  if (!logged) throw new Unmet(`all members run ${minor}, and the downgrade does not end`, [], what);
}
