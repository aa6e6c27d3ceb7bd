/** Members given another version one at a time, never two at once: what `upgrade` and `downgrade` have in common. */
import type { MemberProcess, StartSpec } from '../cluster/cluster';
import { formatDuration, poll } from '../clock';
import { Unmet } from '../errors';
import { isUp } from './ask';
import { clusterOf } from './clusters';
import type { StepContext } from './context';
import { PROBE_MS, servingProcesses, waitUntilServing } from './health';
import { limited } from './limited';
import { handOver } from './move-leader';
import { whyOver } from './over';
import { agreedLeader, select, type Selector } from './select';
import { specOf, startOne, startOneRefused } from './start';
import { mergeFlags } from './start-spec';
import { stopGracefully } from './stop';
import { nextInLine, respelled, whyFlagsLost, type MemberVersion, type Waiting } from './version-change';

/** How long one member may take until it serves with its new version. */
const SWAP_MS = 60_000;

/** Members as they were before: the version that their data is of, and the flags that they would keep. */
export interface Swap extends MemberVersion {
  flags: Record<string, string>;
}

export interface Rolling {
  to: string;
  flags?: Readonly<Record<string, string | null>>;
}

/** The version that a member's data is of: its newest process that served, else its newest one. */
export function versionOf(member: string, context: StepContext): string {
  const processes = context.cluster.incarnations(member);
  const process = processes.findLast(({ log }) => log.portOpened) ?? processes.at(-1);
  if (!process) throw new Unmet(`${member} was never started`);
  return process.spec.version;
}

/**
 * Those that have to be swapped: `all` leaves alone who is down, and whoever runs the version already is left alone.
 * Both are said.
 */
export async function membersToSwap(selector: Selector, { to, flags }: Rolling, context: StepContext): Promise<Swap[]> {
  const chosen = await select(selector, context);
  context.concerns(...chosen);
  const members = selector === 'all' ? chosen.filter((member) => isUp(member, context)) : chosen;
  if (members.length === 0) throw new Unmet('no member runs');
  const down = chosen.filter((member) => !members.includes(member));
  if (down.length > 0) context.note(`left alone, not running: ${down.join(', ')}`);
  const swaps = members.map((member) => ({
    member,
    version: versionOf(member, context),
    flags: mergeFlags(context.cluster.roster.specOf(member)?.flags ?? context.flags, flags ?? {}),
  }));
  const there = swaps.filter(({ member }) => runsOn(to, member, context));
  if (there.length > 0) context.note(`left alone, on ${to} already: ${there.map(({ member }) => member).join(', ')}`);
  return swaps.filter((swap) => !there.includes(swap));
}

function runsOn(version: string, member: string, context: StepContext): boolean {
  return isUp(member, context) && context.cluster.roster.specOf(member)?.version === version;
}

/** Throws where the new version lacks a flag that a member has, and says which flags it spells otherwise. */
export function checkFlags(swaps: readonly Swap[], to: string, context: StepContext): void {
  const lost = whyFlagsLost(new Map(swaps.map(({ member, flags }) => [member, flags])), to);
  if (lost !== undefined) throw new Unmet(`${lost.message}; ${lost.cure}. Nothing was stopped`);
  const notes = swaps.flatMap(({ flags, version }) => respelled(flags, version, to));
  for (const note of new Set(notes)) context.remark(note);
}

/** Swaps one after the other, the leader last, each healthy and caught up before the next. Answers the order. */
export async function swapEach(swaps: readonly Swap[], to: string, context: StepContext): Promise<string[]> {
  const done: string[] = [];
  for (;;) {
    const left = swaps.filter(({ member }) => !done.includes(member));
    const waiting = left.map(({ member }) => waitingAs(member, context));
    const leader = waiting.some(({ up }) => up) ? await agreedLeader(context) : undefined;
    const next = nextInLine(waiting, leader);
    const swap = left.find(({ member }) => member === next?.member);
    if (!next || !swap) return done;
    const began = Date.now();
    await takeDown(swap.member, { leader, to }, context);
    const own = limited(context, SWAP_MS);
    const process = await startOne(swap.member, specFor(swap, to, context), own);
    await waitUntilServing(process, own);
    await catchUp(process, own);
    context.note(`${swap.member}: ${swap.version} to ${to} in ${formatDuration(Date.now() - began)}`);
    done.push(swap.member);
  }
}

/** Swaps one member whose new process is expected to refuse; its bookkeeping is undone. Throws EtcdSaid or Unmet. */
export async function swapRefused(swaps: readonly Swap[], to: string, context: StepContext): Promise<never> {
  const [swap, ...more] = swaps;
  if (!swap || more.length > 0) {
    throw new Unmet(
      'with `expectError` one member is given another version, so that it is clear who has to be refused',
    );
  }
  const leader = isUp(swap.member, context) ? await agreedLeader(context) : undefined;
  await takeDown(swap.member, { leader, to }, context);
  return startOneRefused(swap.member, specFor(swap, to, context), context);
}

function waitingAs(member: string, context: StepContext): Waiting {
  return { member, up: isUp(member, context), learner: context.cluster.roster.isLearner(member) };
}

function specFor({ member, flags }: Swap, to: string, context: StepContext): StartSpec {
  return { ...specOf(member, { version: to }, context), flags };
}

/** Stops a member gracefully; a leader hands the leadership over first, to one with the new version where there is one. */
async function takeDown(
  member: string,
  { leader, to }: { leader: string | undefined; to: string },
  context: StepContext,
): Promise<void> {
  if (!isUp(member, context)) return;
  noteLostQuorum(member, context);
  if (member === leader) await leadElsewhere(member, to, context);
  await stopGracefully(member, limited(context, SWAP_MS));
}

function noteLostQuorum(member: string, context: StepContext): void {
  const { roster } = context.cluster;
  const voters = roster.known().filter((one) => !roster.isLearner(one));
  const left = voters.filter((one) => one !== member && isUp(one, context));
  if (!voters.includes(member) || left.length > voters.length / 2) return;
  context.note(`while ${member} is swapped there is no quorum: ${left.length} of ${voters.length} voters run`);
}

async function leadElsewhere(leader: string, to: string, context: StepContext): Promise<void> {
  const { roster } = context.cluster;
  const heirs = (await servingProcesses(context)).filter(
    ({ member }) => member !== leader && !roster.isLearner(member) && !roster.isRemoved(member),
  );
  const heir = heirs.find(({ spec }) => spec.version === to) ?? heirs[0];
  if (!heir) return context.note(`nobody could take the leadership from ${leader}`);
  await handOver(leader, heir.member, limited(context, SWAP_MS));
  context.note(`leadership moved from ${leader} to ${heir.member}`);
}

/** Waits until a member has what the others had when it began to serve. */
async function catchUp(process: MemberProcess, context: StepContext): Promise<void> {
  const { member } = process;
  context.waitingFor(`${member} to catch up`);
  const ownCluster = await clusterOf(process, context);
  const others: MemberProcess[] = [];
  for (const other of await servingProcesses(context)) {
    if (other !== process && (await clusterOf(other, context)) === ownCluster) others.push(other);
  }
  const revisions = await Promise.all(others.map((other) => revisionOf(other, context)));
  const newest = revisions.reduce((most, revision) => (revision > most ? revision : most), 0n);
  let own = 0n;
  const there = await poll(
    async () => {
      if (process.exitCode !== undefined) throw new Unmet(`${whyOver(member, context)}, before it had caught up`);
      own = await revisionOf(process, context);
      return own >= newest ? true : undefined;
    },
    { withinMs: context.left(), signal: context.signal },
  );
  if (!there)
    throw new Unmet(`${member} is at revision ${own}, and the others were at ${newest}`, [], 'it to catch up');
}

/** 0 where the member does not answer just now. */
async function revisionOf(process: MemberProcess, context: StepContext): Promise<bigint> {
  const status = await process.client.status(context.call(PROBE_MS)).catch((thrown: unknown) => {
    if (context.signal.aborted) throw thrown;
    return undefined;
  });
  return BigInt(status?.revision ?? 0);
}
