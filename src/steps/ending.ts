/**
 * Processes that are about to end by themselves: etcd exits up to a second after it was removed from its cluster, or after
 * a fatal line (measured on 3.3.25 to 3.7.3). Steps that need them gone wait for them.
 */
import type { MemberProcess } from '../cluster/cluster';
import { isFatal } from '../cluster/log';
import type { Roster } from '../cluster/roster';
import { firstWithin, formatDuration } from '../clock';
import type { StepContext } from './context';

/** How long such a process is waited for, from the first time that somebody waits; a busy machine gets more than a second. */
const ENDS_MS = 10_000;
/** The lines at the end of a log that may say that the process is about to end. */
const LAST_LINES = 100;
/** What a member logs that hears of its removal from its peers (3.3 to 3.7). */
const PERMANENTLY_REMOVED = 'the member has been permanently removed from the cluster';

const REMOVED = 'it was removed from the cluster';

/** Processes of members that `member-remove` has removed: a later `member-add` of the same name does not save them. */
const removed = new WeakSet<MemberProcess>();
/** Until when each process that is about to end is waited for. */
const deadlines = new WeakMap<MemberProcess, number>();

/** To be called when the member of a process has been removed from its cluster. */
export function markRemoved(process: MemberProcess | undefined): void {
  if (process) removed.add(process);
}

/** Whether the member of the process was removed from its cluster: it ends by itself, or has done so. */
export function wasRemoved(process: MemberProcess, roster: Roster): boolean {
  return removed.has(process) || roster.isRemoved(process.member);
}

/** Why the process is about to end by itself; undefined where nothing is known of that. */
export function whyEnding(process: MemberProcess, roster: Roster): string | undefined {
  if (wasRemoved(process, roster)) return REMOVED;
  const last = process.log.tail(LAST_LINES);
  if (last.some((line) => line.includes(PERMANENTLY_REMOVED))) return REMOVED;
  return last.some(isFatal) ? 'it logged a fatal error' : undefined;
}

/** Waits, for up to 10 s in all, for the processes that are about to end: those of these members, or all. Notes the wait. */
export async function awaitEnding(context: StepContext, members?: readonly string[]): Promise<void> {
  const { cluster } = context;
  const meant = cluster.running().filter(({ member }) => members === undefined || members.includes(member));
  await Promise.all(
    meant.map(async (process) => {
      const why = whyEnding(process, cluster.roster);
      if (why !== undefined) await awaitEnd(process, why, context);
    }),
  );
}

async function awaitEnd(process: MemberProcess, why: string, context: StepContext): Promise<void> {
  const { member } = process;
  const began = Date.now();
  const deadline = deadlines.get(process) ?? began + ENDS_MS;
  deadlines.set(process, deadline);
  // The step itself needs some of its time.
  const leftMs = Math.min(deadline - began, context.left() / 2);
  if (leftMs <= 0) return;
  context.waitingFor(`${member} to exit: ${why}`);
  await firstWithin(leftMs, context.signal, [process.exited]);
  const waited = formatDuration(Date.now() - began);
  if (process.exitCode === undefined) context.note(`${member} still runs after ${waited}, although ${why}`);
  else context.note(`waited ${waited} for ${member} to exit: ${why}`);
}
