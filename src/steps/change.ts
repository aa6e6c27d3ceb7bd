/**
 * Member changes: whom to ask, and the waits that etcd imposes on them. They belong to the step, not to the author;
 * with `expectError` nothing is waited for and one raw request is sent.
 */
import type { Call, MemberInfo } from '../cluster/client';
import type { MemberProcess } from '../cluster/cluster';
import { poll, sleep, formatDuration } from '../clock';
import { EtcdSaid, Unmet } from '../errors';
import { askedMember } from './ask';
import type { StepContext } from './context';
import { PROBE_MS, whyNotServing } from './health';

/**
 * Refusals that pass by themselves, and what etcd waits for: a peer must have been up for 5 s (HealthInterval in all
 * versions, etcd-facts.md 0b.8), a learner must have caught up.
 */
const PASSING: readonly (readonly [text: string, waitsFor: string])[] = [
  ['unhealthy cluster', 'every member to have been up for five seconds'],
  ['can only promote a learner member which is in sync with leader', 'the learner to catch up with the leader'],
  ['not enough started members', 'the members that were added to start'],
];
const AGAIN_MS = 200;

/**
 * Sends a member change to a member that serves, and again while etcd refuses it for a reason that passes. Answers what
 * etcd answered, and who was asked: the change is one of that member's cluster.
 */
export async function changeMembers<T>(
  context: StepContext,
  send: (process: MemberProcess, call: Call) => Promise<T>,
  notTo?: string,
): Promise<{ answer: T; asked: string }> {
  const process = await askedMember(undefined, context, notTo);
  const { member: asked } = process;
  if (context.expectError) return { answer: await send(process, context.call()), asked };
  await waitForLeader(process, context);
  const started = Date.now();
  let waitedFor: string | undefined;
  for (;;) {
    try {
      const answer = await send(process, context.call());
      if (waitedFor !== undefined) {
        context.note(`waited ${formatDuration(Date.now() - started)}: etcd wants ${waitedFor}`);
      }
      return { answer, asked };
    } catch (thrown) {
      if (!(thrown instanceof EtcdSaid) || thrown.outcome === 'unknown') throw thrown;
      const passing = PASSING.find(([text]) => thrown.said.includes(text));
      if (!passing || context.left() < AGAIN_MS * 2) throw thrown;
      waitedFor = passing[1];
      context.waitingFor(waitedFor);
      await sleep(AGAIN_MS, context.signal);
    }
  }
}

/** A change sent while there is no leader (one was just removed) would only time out: 10 s on 3.3 and 3.4. */
async function waitForLeader(process: MemberProcess, context: StepContext): Promise<void> {
  let last = '';
  context.waitingFor(`${process.member} to serve`);
  const serves = await poll(
    async () => {
      const reason = await whyNotServing(process, context.call(PROBE_MS));
      last = reason ?? '';
      // It has ended: nothing to wait for.
      if (process.exitCode !== undefined) return false;
      return reason === undefined ? true : undefined;
    },
    { withinMs: context.left() / 2, signal: context.signal },
  );
  if (!serves) {
    throw new Unmet(`no member change is possible: ${process.member} does not serve (${last})`, [], 'a leader');
  }
}

/** A member's entry in etcd's own list: by name, by peer URL while it has not started yet. */
export async function listedMember(name: string, process: MemberProcess, context: StepContext): Promise<MemberInfo> {
  const { members } = await process.client.memberList(context.call());
  const { roster } = context.cluster;
  const found =
    members.find((member) => member.name === name) ??
    members.find((member) => member.name === '' && member.peerURLs.includes(roster.peerURL(name)));
  if (found) return found;
  const listed = members.map((member) => member.name || member.peerURLs.join(' ')).join(', ');
  throw new Unmet(`${name} is not in the member list of ${process.member}, which has ${listed}`);
}
