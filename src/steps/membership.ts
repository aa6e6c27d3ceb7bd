import { hostOf } from '../cluster/security';
import type { MemberInfo } from '../cluster/client';
import type { MemberProcess } from '../cluster/cluster';
import { atLeast } from '../cluster/version';
import { Unmet } from '../errors';
import { changeMembers, listedMember } from './change';
import { checkPeerURL } from './peer-url';
import type { StepContext } from './context';
import type { DrillState } from './drill-state';
import { markRemoved } from './ending';
import { andList, asked, etcdctl, memberIdCommand, quote, sentences, targetOf, type Instruction } from './instruction';
import { MEMBERS } from './results';
import { flag, memberName, single, text } from './schema';
import { selectOne } from './select';
import { defineStep } from './step';
import { awaitVote } from './vote';
import { list } from './words';

/** etcd's five seconds, a leader's election and the request itself, with room to spare. */
const CHANGE_MS = 30_000;

export const memberAdd = defineStep({
  name: 'member-add',
  summary: 'Adds a member to the cluster, before it is started; waits out the five seconds that etcd wants.',
  example: [
    '- member-remove: etcd-3',
    '- expect: {running: [etcd-1, etcd-2]}',
    '- wipe: etcd-3',
    '- member-add: etcd-3',
    '- start: etcd-3',
  ],
  main: 'member',
  args: {
    member: { ...memberName, description: 'who is added' },
    learner: { ...flag, description: 'as a learner, without a vote' },
    peerURL: { ...text, description: 'the URL that peers will reach it under; its host becomes a name of the member' },
  },
  required: ['member'],
  result: { id: { is: 'text', description: 'the ID that etcd gave the member, in hex' } },
  retry: 'definite',
  timeoutMs: CHANGE_MS,
  sentence: ({ member, learner }) => `add ${member} as a ${learner ? 'learner' : 'member'}`,
  check: ({ peerURL }) => checkPeerURL(peerURL),
  follow({ member, learner = false, peerURL }, state, { fails }) {
    if (fails) state.clusters.mayHaveChanged();
    else state.added(member, { learner, peerURL, asked: askedBy(state) });
  },
  runbook({ member, learner = false, peerURL }, state) {
    const target = asked(undefined, state);
    const url = peerURL ?? state.roster.peerURL(member);
    const words = ['member', 'add', member, '--peer-urls', quote(url), ...(learner ? ['--learner'] : [])];
    return {
      before: learner ? undefined : quorumAfterAdding(member, state),
      commands: [{ text: etcdctl(state, target, ...words) }],
      see: ['It prints `Member … added to cluster …`, and the settings that the new member is started with.'],
      otherwise: FIVE_SECONDS,
      leavesOpen: CHANGE_MAY_BE_APPLIED,
    };
  },
  async run({ member, learner = false, peerURL }, context) {
    const { roster } = context.cluster;
    const ownURL = peerURL ?? roster.peerURL(member);
    const { answer: added, asked: by } = await changeMembers(context, (process, call) => {
      if (learner) requireLearners(process);
      return process.client.memberAdd({ peerURLs: [ownURL], learner }, call);
    });
    const answer = added.members.map((info) => listEntry(info, { id: added.id, member, ownURL }, context));
    roster.added(member, { answer, learner, peerURL: ownURL, asked: by });
    return { id: added.id };
  },
});

/** etcd 3.3 does not know the request's field: it would add a voter, without a word. */
function requireLearners({ member, spec: { version } }: MemberProcess): void {
  if (atLeast(version, '3.4')) return;
  throw new Unmet(`${member} runs etcd ${version}, which has no learners: they came with 3.4`);
}

/** An entry of --initial-cluster; a member that has not started yet has no name in etcd's list. */
function listEntry(
  info: MemberInfo,
  added: { id: string; member: string; ownURL: string },
  context: StepContext,
): { name: string; peerURL: string } {
  if (info.id === added.id) return { name: added.member, peerURL: added.ownURL };
  const peerURL = info.peerURLs[0] ?? '';
  return { name: info.name || (context.cluster.roster.nameOf(peerURL) ?? hostOf(peerURL) ?? peerURL), peerURL };
}

const FIVE_SECONDS =
  '`unhealthy cluster`: etcd changes its members only when every one of them has been up for five seconds; try again.';

const CHANGE_MAY_BE_APPLIED =
  'A change that times out may have been applied all the same: look at `member list` before you repeat it.';

/** The member that a change is sent to, as far as reading tells; `notTo`: asked only where nobody else runs. */
function askedBy(state: DrillState, notTo?: string): string | undefined {
  const { members } = asked(undefined, state, notTo);
  return members.length === 1 ? members[0] : undefined;
}

/** A cluster that grows needs more members for its quorum at once, before the new one is up. */
function quorumAfterAdding(member: string, state: DrillState): string | undefined {
  if (!state.listIsCertain) return undefined;
  const before = state.roster.votersWith(askedBy(state)).filter((voter) => voter !== member);
  const up = before.filter((voter) => state.isUp(voter) !== false);
  const size = before.length + 1;
  const needed = Math.floor(size / 2) + 1;
  if (up.length < needed) {
    return `From here until ${member} is up nothing can be written: of ${size} members ${needed} are needed, and only ${andList(up)} ${up.length === 1 ? 'is' : 'are'} up. Have everything ready to start it.`;
  }
  const spare = up.length - needed;
  return spare > 0
    ? undefined
    : `From here until ${member} is up, none of ${andList(up)} may fail: of ${size} members ${needed} are needed.`;
}

/** A change of the member that a name stands for: its ID is looked up first. */
function changeById(
  member: string,
  state: DrillState,
  change: { before?: string; words: string[]; see: string; otherwise?: string },
): Instruction {
  const target = asked(undefined, state);
  const others = target.names.filter((name) => name !== member);
  const asks = others.length === 0 ? target : { ...target, names: others };
  return {
    before: sentences(change.before, asks.explained),
    commands: [
      { text: memberIdCommand(member, state, asks) },
      { text: etcdctl(state, asks, 'member', ...change.words) },
    ],
    see: [change.see],
    otherwise: change.otherwise ?? FIVE_SECONDS,
    leavesOpen: CHANGE_MAY_BE_APPLIED,
  };
}

export const memberRemove = defineStep({
  name: 'member-remove',
  summary: 'Removes a member from the cluster. Its process, if it runs, ends itself.',
  example: ['- member-remove: etcd-3', '- expect: {members: [etcd-1, etcd-2], running: [etcd-1, etcd-2]}'],
  main: 'member',
  args: { member: { ...single, description: 'who is removed' } },
  required: ['member'],
  result: MEMBERS,
  retry: 'definite',
  timeoutMs: CHANGE_MS,
  sentence: ({ member }) => `remove ${list(member)} from the cluster`,
  follow({ member }, state, { fails }) {
    if (fails) return state.clusters.mayHaveChanged();
    const [one] = state.named(member) ?? [];
    if (one !== undefined) return state.removed(one, { asked: askedBy(state, one) });
    state.forgetList();
    state.forget(state.members.filter((each) => state.isUp(each) !== false));
  },
  runbook({ member }, state) {
    const target = targetOf(member, state);
    return changeById(target.names[0] ?? '', state, {
      before: target.explained,
      words: ['remove', '$memberid'],
      see: 'It prints `Member … removed from cluster …`. The process of that member, if it runs, ends itself.',
    });
  },
  async run({ member }, context) {
    const name = await selectOne(member, context);
    context.concerns(name);
    // A member that removes itself may be gone before it answers: `etcdserver: server stopped`.
    const { asked: by } = await changeMembers(
      context,
      async (process, call) => {
        const { id } = await listedMember(name, process, context);
        await process.client.memberRemove(id, call);
      },
      name,
    );
    markRemoved(context.cluster.process(name));
    context.cluster.roster.removed(name, { asked: by });
    return { members: [name] };
  },
});

export const memberPromote = defineStep({
  name: 'member-promote',
  summary:
    'Makes a learner a voter; waits until it has caught up with the leader, and knows that it may vote. etcd 3.4 and later.',
  example: [
    '- member-remove: etcd-3',
    '- expect: {running: [etcd-1, etcd-2]}',
    '- wipe: etcd-3',
    '- member-add: {member: etcd-3, learner: true}',
    '- start: etcd-3',
    '- member-promote: etcd-3',
  ],
  versions: 'Learners are there from 3.4 on.',
  main: 'member',
  args: { member: { ...memberName, description: 'the learner' } },
  required: ['member'],
  result: MEMBERS,
  retry: 'definite',
  timeoutMs: CHANGE_MS,
  sentence: ({ member }) => `promote ${member} to a voter`,
  follow({ member }, state, { fails }) {
    if (fails) state.clusters.mayHaveChanged();
    else state.promoted(member, { asked: askedBy(state) });
  },
  runbook: ({ member }, state) =>
    changeById(member, state, {
      words: ['promote', '$memberid'],
      see: 'It prints `Member … promoted in cluster …`.',
      otherwise:
        '`can only promote a learner member which is in sync with leader`: give it time to catch up, and try again.',
    }),
  async run({ member }, context) {
    context.concerns(member);
    const { asked: by } = await changeMembers(context, async (process, call) => {
      const { id } = await listedMember(member, process, context);
      await process.client.memberPromote(id, call);
    });
    context.cluster.roster.promoted(member, { asked: by });
    await awaitVote(member, context);
    return { members: [member] };
  },
});

export const memberUpdate = defineStep({
  name: 'member-update',
  summary: 'Changes the peer URL of a member.',
  example: ['- member-update: {member: etcd-3, peerURL: http://etcd-3.new:2380}'],
  main: 'member',
  args: {
    member: { ...memberName, description: 'whose URL changes' },
    peerURL: { ...text, description: 'its new peer URL' },
  },
  required: ['member', 'peerURL'],
  result: MEMBERS,
  retry: 'definite',
  timeoutMs: CHANGE_MS,
  sentence: ({ member, peerURL }) => `update the peer URL of ${member} to ${peerURL}`,
  check: ({ peerURL }) => checkPeerURL(peerURL),
  follow({ member, peerURL }, state, { fails }) {
    if (!fails) state.roster.updated(member, peerURL, { asked: askedBy(state) });
  },
  runbook: ({ member, peerURL }, state) =>
    changeById(member, state, {
      words: ['update', '$memberid', '--peer-urls', quote(peerURL)],
      see: 'It prints `Member … updated in cluster …`.',
    }),
  async run({ member, peerURL }, context) {
    context.concerns(member);
    const { asked: by } = await changeMembers(context, async (process, call) => {
      const { id } = await listedMember(member, process, context);
      await process.client.memberUpdate(id, [peerURL], call);
    });
    context.cluster.roster.updated(member, peerURL, { asked: by });
    return { members: [member] };
  },
});
