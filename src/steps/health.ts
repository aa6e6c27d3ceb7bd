/**
 * Whether a member serves: a voter answers a linearizable read through itself; a learner, which refuses those, answers
 * Status with a leader and a serializable read. Never by `GET /health`: on 3.3 and 3.4 that writes into the raft log,
 * and a later 3.6 refuses to start (etcd-facts.md 0b.11).
 */
import type { Call } from '../cluster/client';
import type { MemberProcess } from '../cluster/cluster';
import { lastWords } from '../cluster/log';
import { poll } from '../clock';
import { asError, EtcdSaid, Unmet } from '../errors';
import type { StepContext } from './context';

/** A key to read; it need not exist, and reading changes nothing. */
const PROBE_KEY = 'health';
/** The deadline of one look at a member. A member without quorum lets the read wait for ever. */
export const PROBE_MS = 1000;

/** True where a member that serves does not know who asks: that does not pass by itself. */
export function isRefusedUser(reason: string): boolean {
  return /user name is empty|invalid user ID or password/.test(reason);
}

/** Why the process does not serve; undefined where it does. */
export async function whyNotServing(process: MemberProcess, call: Call): Promise<string | undefined> {
  if (process.exitCode !== undefined) return `exited with code ${process.exitCode}`;
  if (!mayListen(process)) return 'its client port is not open yet';
  try {
    await process.client.range({ key: PROBE_KEY }, call);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof EtcdSaid && /not supported for learner/.test(thrown.said)) {
      return whyLearnerNotServing(process, call);
    }
    // Whoever is told that a key is not for him has been served (etcdctl's `endpoint health` says so as well).
    if (thrown instanceof EtcdSaid && thrown.said.includes('permission denied')) return undefined;
    if (thrown instanceof EtcdSaid || thrown instanceof Unmet) return asError(thrown).message;
    throw thrown;
  }
}

/** Flags with which a member may open its port without a word of it in its log. */
const LOG_FLAGS = ['log-level', 'log-output', 'log-outputs', 'log-package-levels', 'log-format'];

/**
 * A member that has not yet seen a quorum opens no client port, and says so when it does: until then a request would
 * only hang, since what publishes the port takes connections all the same.
 */
export function mayListen(process: MemberProcess): boolean {
  return process.log.portOpened || hidesItsLog(process);
}

/** Whether flags may keep lines out of the log that the runner reads. */
export function hidesItsLog({ spec }: MemberProcess): boolean {
  return LOG_FLAGS.some((flag) => flag in spec.flags);
}

async function whyLearnerNotServing(process: MemberProcess, call: Call): Promise<string | undefined> {
  try {
    const { leader } = await process.client.status(call);
    if (leader === '0') return 'a learner that knows no leader';
    await process.client.range({ key: PROBE_KEY, serializable: true }, call);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof EtcdSaid) return thrown.message;
    throw thrown;
  }
}

/** The running processes that serve, in declared order; all are asked at once. */
export async function servingProcesses(context: StepContext): Promise<MemberProcess[]> {
  const running = context.cluster.running();
  const reasons = await Promise.all(running.map((process) => whyNotServing(process, context.call(PROBE_MS))));
  return running.filter((_, i) => reasons[i] === undefined);
}

/**
 * Waits until the process serves. Fails at once when it exits, with its exit code; when time runs out, with what it
 * last answered. A line of its log cuts the pause between two looks short.
 */
export async function waitUntilServing(process: MemberProcess, context: StepContext): Promise<void> {
  const { member } = process;
  context.waitingFor(`${member} to serve`);
  let last = 'nothing yet';
  const found = await poll<'serves' | 'exited'>(
    async () => {
      if (process.exitCode !== undefined) return 'exited';
      const reason = await whyNotServing(process, context.call(PROBE_MS));
      if (reason === undefined) return 'serves';
      last = reason;
      if (isRefusedUser(reason)) throw new Unmet(`${member} serves, but not us: ${reason}`);
      return process.exitCode === undefined ? undefined : 'exited';
    },
    {
      withinMs: context.left(),
      signal: context.signal,
      maxIntervalMs: 150,
      wake: Promise.race([process.log.portOpening(), process.exited]),
    },
  );
  if (found === 'serves') return context.cluster.serving(process);
  if (found === 'exited') {
    const { exitCode, log } = process;
    throw new Unmet(`${member} exited with code ${exitCode} before it served: ${lastWords(log.lines)}`);
  }
  throw new Unmet(`${member} did not serve; it last answered: ${last}`, [], `${member} to serve`);
}
