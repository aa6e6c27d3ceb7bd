/** Rows about the cluster as its members see it. Those that serve are asked, and all must agree. */
import type { MemberInfo } from '../../cluster/client';
import type { MemberProcess } from '../../cluster/cluster';
import type { Comparison } from '../../errors';
import type { StepContext } from '../context';
import { PROBE_MS, servingProcesses } from '../health';
import { PLAIN, PORTS, url } from '../../cluster/security';
import { andList, asked as whom, etcdctl, everybody, named, OPEN, type Instruction } from '../instruction';
import type { DrillState } from '../drill-state';
import { flag, id, memberName, text } from '../schema';
import { leaderViews } from '../select';
import { list } from '../words';
import { hexId } from './id';
import { clusterIdInLog, hasLeaderByMetrics } from './unserved';
import { areProcesses, askable, compareEach } from './asked';
import { whyOver } from '../over';
import { because, defineRow, differing, names } from './row';

export const leader = defineRow({
  name: 'leader',
  description: 'any, none, or the member that all that serve take for the leader',
  example: 'any',
  schema: { type: 'string', names: 'leader' } as const,
  words: (who) =>
    who === 'any' ? 'there is a leader' : who === 'none' ? 'nobody knows a leader' : `${who} is the leader`,
  runbook: (who, state) => ({
    commands: [{ text: etcdctl(state, everybody(state), 'endpoint', 'status', '-w', 'table') }],
    see: [
      who === 'none'
        ? 'Nobody answers, or no line has `true` under IS LEADER.'
        : `${who === 'any' ? 'One line' : `The line of ${who}, and no other,`} has \`true\` under IS LEADER.`,
    ],
  }),
  async look(who, context) {
    if (who === 'none') return lookForNoLeader(context);
    const asked = await askable('leader', who === 'any' ? 'a leader' : who, context);
    if (!areProcesses(asked)) return asked;
    const serving = new Set(asked.map(({ member }) => member));
    const views = (await leaderViews(context)).filter(({ member }) => serving.has(member));
    const nameOf = (id: string | undefined): string =>
      id === undefined || id === '0' ? 'nobody' : (views.find((view) => view.ownId === id)?.member ?? id);
    const named = new Set(views.map(({ leaderId }) => nameOf(leaderId)));
    const [only = 'nobody'] = named;
    const holds = named.size === 1 && only !== 'nobody' && (who === 'any' || only === who);
    const actual = views.map(({ member, leaderId }) => `${member}: ${nameOf(leaderId)}`).join('; ');
    const final = because(who === 'any' ? undefined : whyOver(who, context));
    return holds
      ? []
      : [{ subject: 'leader', expected: who === 'any' ? 'one that all agree on' : who, actual, ...final }];
  },
});

async function lookForNoLeader(context: StepContext): Promise<Comparison[]> {
  const up = context.cluster.running();
  if (up.length === 0) {
    const final = 'no member runs that could know a leader';
    return [{ subject: 'leader', expected: 'members that know none', actual: 'no member runs', final }];
  }
  context.concerns(...up.map(({ member }) => member));
  const knowing = await Promise.all(up.map((process) => hasLeaderByMetrics(process, PROBE_MS)));
  return up.flatMap(({ member }, i) =>
    differing(
      `leader on ${member}`,
      'none',
      knowing[i] === undefined ? 'no answer' : knowing[i] ? 'one is known' : 'none',
    ),
  );
}

interface ExpectedMember {
  id?: string;
  learner?: boolean;
}

export const members = defineRow({
  name: 'members',
  description: 'exactly these are in the member list; `{etcd-1: {id: …, learner: false}}` for more',
  example: '[etcd-1, etcd-2]',
  schema: {
    type: ['array', 'object'],
    items: text,
    additionalProperties: {
      type: 'object',
      properties: {
        id: { ...id, description: 'its ID, hex or decimal' },
        learner: { ...flag, description: 'whether it has no vote' },
      },
      additionalProperties: false,
      description: 'what the member list says of this member',
    },
    names: 'plain',
  } as const,
  words: (expected) => `the member list is ${list(namesOf(expected))}`,
  runbook: (expected, state) => ({
    commands: [{ text: etcdctl(state, whom(undefined, state), 'member', 'list', '-w', 'table') }],
    see: [`It lists ${andList(seenMembers(expected))}, and nobody else.`],
  }),
  async look(expected, context) {
    const wantedNames = names(namesOf(expected), context);
    const serving = await askable('members', wantedNames, context);
    if (!areProcesses(serving)) return serving;
    // A learner refuses the member list.
    const asked = serving.filter(({ member }) => !context.cluster.roster.isLearner(member));
    if (asked.length === 0) return [{ subject: 'members', expected: wantedNames, actual: 'no voter serves' }];
    context.concerns(...asked.map(({ member }) => member));
    const wanted = Array.isArray(expected) ? {} : (expected as Record<string, ExpectedMember>);
    const ask = async ({ client }: MemberProcess): Promise<string> => {
      const { members: infos } = await client.memberList(context.call(PROBE_MS * 2));
      return names(
        infos.map((info) => nameOf(info, context)),
        context,
      );
    };
    const removed = namesOf(expected).filter((name) => isRemoved(name, context));
    const whyFinal = (answer: string): string | undefined => {
      const gone = removed.find((name) => !answer.split(', ').includes(name));
      return gone === undefined ? undefined : `${gone} was removed, and no step here adds it again`;
    };
    const lists = await compareEach(asked, 'members', wantedNames, ask, whyFinal);
    const details = await Promise.all(
      Object.entries(wanted).map(([name, detail]) => compareDetail(name, detail, asked, context)),
    );
    return [...lists, ...details.flat()];
  },
});

function isRemoved(name: string, { cluster }: StepContext): boolean {
  return cluster.members.includes(name) && cluster.roster.isRemoved(name);
}

function namesOf(expected: unknown): string[] {
  return Array.isArray(expected) ? (expected as string[]) : Object.keys(expected as object);
}

function seenMembers(expected: unknown): string[] {
  if (Array.isArray(expected)) return expected as string[];
  return Object.entries(expected as Record<string, ExpectedMember>).map(([name, { id, learner }]) => {
    const about = [
      ...(id === undefined ? [] : [`ID ${hexId(id)}`]),
      ...(learner === undefined ? [] : [learner ? 'a learner' : 'not a learner']),
    ];
    return about.length === 0 ? name : `${name} (${about.join(', ')})`;
  });
}

/** A member that was added and has not started yet has no name: its peer URL tells who it is. */
function nameOf(info: MemberInfo, context: StepContext): string {
  const [peerURL = ''] = info.peerURLs;
  return info.name || (context.cluster.roster.nameOf(peerURL) ?? peerURL);
}

async function compareDetail(
  name: string,
  { id, learner }: ExpectedMember,
  asked: MemberProcess[],
  context: StepContext,
): Promise<Comparison[]> {
  const find = async ({ client }: MemberProcess): Promise<MemberInfo | undefined> =>
    (await client.memberList(context.call(PROBE_MS * 2))).members.find((info) => nameOf(info, context) === name);
  return [
    ...(id === undefined
      ? []
      : await compareEach(asked, `ID of ${name}`, hexId(id), async (p) => (await find(p))?.id ?? 'not in the list')),
    ...(learner === undefined
      ? []
      : await compareEach(asked, `${name}`, learner ? 'a learner' : 'a voter', async (p) => {
          const info = await find(p);
          return info === undefined ? 'not in the list' : info.learner ? 'a learner' : 'a voter';
        })),
  ];
}

export const clusterId = defineRow({
  name: 'clusterId',
  description: 'the cluster’s ID, hex or decimal; `{etcd-2: …}` asks one member',
  example: '1052f362c31a5266',
  schema: {
    type: ['string', 'object'],
    pattern: id.pattern,
    additionalProperties: { ...id, description: 'the ID of the cluster that this member is in' },
    minProperties: 1,
    names: 'plain',
    expects: 'an ID, or a map of members to IDs',
  } as const,
  words: (expected) =>
    typeof expected === 'string'
      ? `the cluster ID is ${expected}`
      : Object.entries(expected as Record<string, string>)
          .map(([member, id]) => `the cluster ID of ${member} is ${id}`)
          .join(', '),
  runbook: (expected, state) => instructClusterId(expected, state),
  async look(expected, context) {
    const idOf = async ({ client }: MemberProcess): Promise<string> =>
      (await client.status(context.call(PROBE_MS))).clusterId;
    if (typeof expected === 'string') {
      const asked = await askable('cluster ID', hexId(expected), context, { ofOneCluster: false });
      return areProcesses(asked) ? compareEach(asked, 'cluster ID', hexId(expected), idOf, whyStays) : asked;
    }
    const serving = await servingProcesses(context);
    const rows = Object.entries(expected as Record<string, string>).map(async ([member, id]) => {
      context.concerns(member);
      const process = serving.find((one) => one.member === member);
      if (process) return compareEach([process], 'cluster ID', hexId(id), idOf, whyStays);
      const logged = clusterIdInLog(context.cluster.process(member));
      const final = logged === undefined ? whyOver(member, context) : whyStays(logged, member);
      return differing(`cluster ID on ${member}`, hexId(id), logged ?? `${member} does not serve`, final);
    });
    return (await Promise.all(rows)).flat();
  },
});

/** A process is of one cluster from its start to its end. */
function whyStays(answer: string, member: string): string {
  return `${member} is of the cluster ${answer} until it is started on other data`;
}

function instructClusterId(expected: unknown, state: DrillState): Instruction {
  const ofOne = (id: string): string =>
    id.includes(OPEN)
      ? `the ID ${id}, in decimal`
      : `\`"ClusterID" : ${BigInt(`0x${hexId(id)}`)}\` (${hexId(id)} in hex)`;
  const look = (members: readonly string[]): string =>
    `${etcdctl(state, named(members.slice(0, 1)), 'member', 'list', '-w', 'fields')} | grep ClusterID`;
  if (typeof expected === 'string') {
    return { commands: [{ text: look(whom(undefined, state).names) }], see: [`It prints ${ofOne(expected)}.`] };
  }
  const ids = Object.entries(expected as Record<string, string>);
  return {
    commands: ids.map(([name]) => ({ text: look([name]) })),
    see: ids.map(([name, id]) => `${name} answers ${ofOne(id)}; where it does not serve, its log says so in hex.`),
  };
}

const NOT_SAID = 'not said';

export const version = defineRow({
  name: 'version',
  description:
    'what members say they are, the version of the cluster and, from 3.6 on, of its storage; `3.5` fits every 3.5.x',
  example: '{cluster: 3.5, member: {etcd-1: 3.5.35}}',
  schema: {
    type: 'object',
    properties: {
      cluster: { ...text, description: 'the version that the cluster has agreed on' },
      storage: { ...text, description: 'the version of the data on disk, from 3.6 on' },
      member: {
        description: 'the version that each member says it is',
        type: 'object',
        additionalProperties: { ...text, description: 'the version that this member says it is' },
        names: 'plain',
      },
    },
    additionalProperties: false,
    minProperties: 1,
  } as const,
  words: ({ cluster, storage, member = {} }) =>
    [
      ...(cluster === undefined ? [] : [`the cluster is on ${cluster}`]),
      ...(storage === undefined ? [] : [`its storage is of ${storage}`]),
      ...Object.entries(member as Record<string, string>).map(([name, at]) => `${name} is on ${at}`),
    ].join(', '),
  runbook: ({ cluster, storage, member = {} }, state) => ({
    commands: [
      { text: etcdctl(state, everybody(state), 'endpoint', 'status', '-w', 'table') },
      ...(cluster === undefined && storage === undefined
        ? []
        : [{ text: `curl ${url(PLAIN, whom(undefined, state).names[0] ?? '', PORTS.client)}/version` }]),
    ],
    see: [
      ...Object.entries(member as Record<string, string>).map(([name, at]) => `${name} is on ${at}.`),
      ...(cluster === undefined ? [] : [`\`etcdcluster\` is ${cluster}.`]),
      ...(storage === undefined ? [] : [`\`storage\` is ${storage}.`]),
    ],
  }),
  async look({ cluster, storage, member = {} }, context) {
    const fits = (actual: string | undefined, wanted: string): string =>
      actual === wanted || actual?.startsWith(`${wanted}.`) ? wanted : (actual ?? NOT_SAID);
    const ofOneCluster = cluster !== undefined || storage !== undefined;
    const asked = await askable('version', cluster ?? storage ?? 'members that serve', context, { ofOneCluster });
    if (!areProcesses(asked)) return asked;
    const ofEach = async (subject: string, key: string, wanted: string | undefined): Promise<Comparison[]> =>
      wanted === undefined
        ? []
        : compareEach(asked, subject, wanted, async (process) => fits((await process.versions(PROBE_MS))[key], wanted));
    const ofCluster = [
      ...(await ofEach('cluster version', 'etcdcluster', cluster)),
      ...(await ofEach('storage version', 'storage', storage)),
    ];
    const ofMembers = Object.entries(member as Record<string, string>).map(async ([name, wanted]) => {
      const process = asked.find((one) => one.member === name);
      if (!process) return differing(`version of ${name}`, wanted, `${name} does not serve`, whyOver(name, context));
      const whyFinal = (answer: string): string | undefined =>
        answer === NOT_SAID ? undefined : `${name} runs etcd ${answer} until it is started with another version`;
      const ask = async (): Promise<string> => fits((await process.versions(PROBE_MS))['etcdserver'], wanted);
      return compareEach([process], 'version', wanted, ask, whyFinal);
    });
    return [...ofCluster, ...(await Promise.all(ofMembers)).flat()];
  },
});

export const alarms = defineRow({
  name: 'alarms',
  description: 'none, `[NOSPACE]`, or `{CORRUPT: [etcd-2]}`',
  example: 'none',
  schema: {
    type: ['string', 'array', 'object'],
    items: { type: 'string', enum: ['NOSPACE', 'CORRUPT'] },
    properties: {
      NOSPACE: { type: 'array', items: memberName, description: 'the members that are out of space' },
      CORRUPT: { type: 'array', items: memberName, description: 'the members whose data is corrupt' },
    },
    additionalProperties: false,
    pattern: '^none$',
    expects: '`none`, a list of NOSPACE and CORRUPT, or a map of them to members',
  } as const,
  words: (expected) => (expected === 'none' ? 'no alarm is raised' : `the alarms are ${alarmText(expected)}`),
  runbook: (expected, state) => ({
    commands: [{ text: etcdctl(state, whom(undefined, state), 'alarm', 'list') }],
    see: [
      expected === 'none'
        ? 'It prints nothing: no alarm is raised.'
        : `It prints ${alarmText(expected)}, and no other alarm.`,
    ],
  }),
  async look(expected, context) {
    const asked = await askable('alarms', alarmText(expected), context);
    if (!areProcesses(asked)) return asked;
    const voters = asked.filter(({ member }) => !context.cluster.roster.isLearner(member));
    if (voters.length === 0) return [{ subject: 'alarms', expected: alarmText(expected), actual: 'no voter serves' }];
    const ask = async ({ client }: MemberProcess): Promise<string> => {
      const raised = await client.alarms(context.call(PROBE_MS));
      const { members: infos } = await client.memberList(context.call(PROBE_MS));
      const nameById = new Map(infos.map((info) => [info.id, nameOf(info, context)]));
      const withMembers = typeof expected === 'object' && !Array.isArray(expected);
      const found: Record<string, string[]> = {};
      for (const { alarm, memberId } of raised) (found[alarm] ??= []).push(nameById.get(memberId) ?? memberId);
      if (raised.length === 0) return NO_ALARM;
      return alarmText(withMembers ? found : Object.keys(found));
    };
    // etcd raises alarms by itself, and disarms none.
    const wanted = alarmText(expected).split(', ');
    const whyFinal = (answer: string): string | undefined => {
      const unwanted = answer.split(', ').find((one) => one !== NO_ALARM && !wanted.includes(one));
      return unwanted === undefined ? undefined : `${unwanted} stays raised until somebody disarms it`;
    };
    return compareEach(voters, 'alarms', alarmText(expected), ask, whyFinal);
  },
});

const NO_ALARM = 'none';

function alarmText(expected: unknown): string {
  if (typeof expected === 'string') return expected;
  if (Array.isArray(expected)) return (expected as string[]).toSorted().join(', ') || NO_ALARM;
  const entries = Object.entries(expected as Record<string, string[]>).toSorted();
  return entries.map(([alarm, who]) => `${alarm} of ${who.toSorted().join(' and ')}`).join(', ') || NO_ALARM;
}
