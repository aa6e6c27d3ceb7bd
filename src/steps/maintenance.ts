import { Unmet } from '../errors';
import { askedMember, askedMembers, processOf } from './ask';
import { flag, selector, text } from './schema';
import { defineStep } from './step';
import { list } from './words';

export const compact = defineStep({
  name: 'compact',
  summary: 'Throws away all revisions before one.',
  main: 'revision',
  args: {
    revision: {
      ...text,
      pattern: '^(\\d+|current)$',
      expects: 'a revision, or `current`',
      description: 'a revision, or `current` for the newest',
    },
    physical: { ...flag, description: 'wait until the database has really been cleaned' },
  },
  required: ['revision'],
  retry: 'definite',
  timeoutMs: 30_000,
  sentence: ({ revision }) => `compact at revision ${revision}`,
  async run({ revision, physical = false }, context) {
    const process = await askedMember(undefined, context);
    const at = revision === 'current' ? (await process.client.status(context.call())).revision : revision;
    await process.client.compact(at, physical, context.call());
    return { revision: at };
  },
});

export const defrag = defineStep({
  name: 'defrag',
  summary: 'Defragments the database of members, one after the other; each stands still meanwhile.',
  main: 'member',
  args: { member: { ...selector, description: 'whose database' } },
  required: ['member'],
  timeoutMs: 60_000,
  sentence: ({ member }) => `defragment ${list(member)}`,
  async run({ member }, context) {
    const processes = await askedMembers(member, context);
    for (const process of processes) await process.client.defragment(context.call());
    return { members: processes.map((process) => process.member) };
  },
});

export const alarmDisarm = defineStep({
  name: 'alarm-disarm',
  summary: 'Disarms alarms member by member; they are gone afterwards or the step fails.',
  main: 'alarm',
  args: { alarm: { type: 'string', enum: ['all', 'NOSPACE', 'CORRUPT'], description: 'which alarms' } },
  required: ['alarm'],
  timeoutMs: 15_000,
  sentence: ({ alarm }) => `disarm ${alarm === 'all' ? 'all alarms' : `the alarm ${alarm}`}`,
  async run({ alarm }, context) {
    const { client, member } = await askedMember(undefined, context);
    const wanted = (info: { alarm: string }): boolean => alarm === 'all' || info.alarm === alarm;
    const raised = (await client.alarms(context.call())).filter(wanted);
    // One request with member ID 0 answers OK and leaves the alarm (etcd-facts.md 0c): each is disarmed by its member.
    for (const info of raised) await client.disarm(info, context.call());
    const left = (await processOf(member, context).client.alarms(context.call())).filter(wanted);
    if (left.length > 0) {
      throw new Unmet('alarms are still raised', [
        {
          subject: 'alarms',
          expected: 'none',
          actual: left.map((info) => `${info.alarm} of ${info.memberId}`).join(', '),
        },
      ]);
    }
    context.note(raised.length === 0 ? 'there was none' : `disarmed ${raised.length}`);
  },
});
