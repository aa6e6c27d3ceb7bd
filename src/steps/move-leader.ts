import { Unmet } from '../errors';
import { poll } from '../clock';
import { isUp, processOf } from './ask';
import { listedMember } from './change';
import type { StepContext } from './context';
import { etcdctl, memberIdCommand, sentences, targetOf } from './instruction';
import { MEMBERS } from './results';
import { single } from './schema';
import { leaderViews, selectOne } from './select';
import { defineStep } from './step';
import { list } from './words';

export const moveLeader = defineStep({
  name: 'move-leader',
  summary: 'Hands the leadership to a member, and waits until all that serve agree.',
  example: ['- move-leader: etcd-2', '- expect: {leader: etcd-2}'],
  main: 'member',
  args: { member: { ...single, description: 'the new leader' } },
  required: ['member'],
  result: MEMBERS,
  retry: 'definite',
  timeoutMs: 15_000,
  sentence: ({ member }) => `move the leader to ${list(member)}`,
  runbook({ member }, state) {
    const leader = targetOf('leader', state);
    const heir = targetOf(member, state);
    return {
      before: sentences(leader.explained, heir.explained),
      commands: [
        { text: memberIdCommand(heir.names[0] ?? '', state, leader) },
        { text: etcdctl(state, leader, 'move-leader', '$memberid') },
      ],
      see: ['It prints `Leadership transferred from … to …`.'],
      otherwise: '`not leader` means that another member leads by now: find out who, and send it there.',
    };
  },
  async run({ member }, context) {
    const heir = await selectOne(member, context);
    context.concerns(heir);
    await handOver(await selectOne('leader', context), heir, context);
    return { members: [heir] };
  },
});

/** The leader hands the leadership to a member; waits until all that serve agree. */
export async function handOver(leader: string, member: string, context: StepContext): Promise<void> {
  const process = processOf(leader, context);
  const { id } = await listedMember(member, process, context);
  await process.client.moveLeader(id, context.call());
  context.waitingFor(`all members to take ${member} for the leader`);
  const moved = await poll(
    async () => {
      if (!isUp(member, context)) throw new Unmet(`${member} ended before all took it for the leader`);
      const views = await leaderViews(context);
      return views.some(({ leaderId }) => leaderId !== undefined && leaderId !== id) ? undefined : true;
    },
    { withinMs: context.left(), signal: context.signal },
  );
  if (!moved) throw new Unmet(`${member} did not become the leader`, [], `all members to agree on ${member}`);
}
