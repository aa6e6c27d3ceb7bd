import { Unmet } from '../errors';
import { askedMember, askedMembers, processOf } from './ask';
import { asked, each, etcdctl, everybody, sentences, targetOf } from './instruction';
import { MEMBERS } from './results';
import { flag, selector, text } from './schema';
import { defineStep } from './step';
import { list } from './words';

export const compact = defineStep({
  name: 'compact',
  summary: 'Throws away all revisions before one.',
  example: ['- put: {key: foo, value: bar}', '- compact: {revision: current, physical: true}'],
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
  result: { revision: { is: 'number', description: 'where it was compacted' } },
  retry: 'definite',
  timeoutMs: 30_000,
  sentence: ({ revision }) => `compact at revision ${revision}`,
  runbook({ revision, physical = false }, state) {
    const target = asked(undefined, state);
    const lookUp = `revision=$(${etcdctl(state, target, 'endpoint', 'status', '-w', 'fields')} | awk '$1 == "\\"Revision\\"" {print $3; exit}')`;
    const at = revision === 'current' ? '$revision' : revision;
    return {
      before: target.explained,
      commands: [
        ...(revision === 'current' ? [{ text: lookUp }] : []),
        { text: etcdctl(state, target, 'compact', at, ...(physical ? ['--physical'] : [])) },
      ],
      see: [`It prints \`compacted revision …\`.`],
      otherwise: '`required revision has been compacted` means that somebody was here before; nothing is left to do.',
    };
  },
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
  example: ['- defrag: all'],
  main: 'member',
  args: { member: { ...selector, description: 'whose database' } },
  required: ['member'],
  result: MEMBERS,
  timeoutMs: 60_000,
  sentence: ({ member }) => `defragment ${list(member)}`,
  runbook({ member }, state) {
    const target = targetOf(member, state);
    return {
      before: sentences(target.explained, 'A member stands still while it is defragmented: one after the other.'),
      commands: each(target).map((one) => ({ text: etcdctl(state, one, 'defrag') })),
      see: ['Each prints that it finished.'],
    };
  },
  async run({ member }, context) {
    const processes = await askedMembers(member, context);
    for (const process of processes) await process.client.defragment(context.call());
    return { members: processes.map((process) => process.member) };
  },
});

export const alarmDisarm = defineStep({
  name: 'alarm-disarm',
  summary: 'Disarms alarms member by member; they are gone afterwards or the step fails.',
  example: ['- alarm-disarm: all', '- expect: {alarms: none}'],
  main: 'alarm',
  args: { alarm: { type: 'string', enum: ['all', 'NOSPACE', 'CORRUPT'], description: 'which alarms' } },
  required: ['alarm'],
  timeoutMs: 15_000,
  sentence: ({ alarm }) => `disarm ${alarm === 'all' ? 'all alarms' : `the alarm ${alarm}`}`,
  runbook(_, state) {
    const target = everybody(state);
    return {
      before:
        'Do away with the cause first, or the alarm is raised again: free space for NOSPACE, the damaged member for CORRUPT.',
      commands: ['list', 'disarm', 'list'].map((word) => ({ text: etcdctl(state, target, 'alarm', word) })),
      see: ['The last command prints nothing: no alarm is left.'],
    };
  },
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
