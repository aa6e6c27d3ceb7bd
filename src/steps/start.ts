import type { MemberProcess, StartSpec } from '../cluster/cluster';
import { Unmet } from '../errors';
import { isUp } from './ask';
import type { StepContext } from './context';
import { awaitEnding } from './ending';
import { waitUntilServing } from './health';
import { checkPeerURL } from './peer-url';
import { expectRefusal } from './refusal';
import { MEMBERS } from './results';
import { flag, flagMap, memberNames, startable, text, version } from './schema';
import { instructStart, type StartArgs } from './start-instruction';
import { followStart, noQuorumMessage } from './start-sense';
import { startSpec } from './start-spec';
import { defineStep } from './step';
import { everybody, select, type Selector } from './select';
import { list } from './words';

export const start = defineStep({
  name: 'start',
  summary: 'Starts members on their data directories as they are, and waits until they serve.',
  example: ['- stop: etcd-3', '- start: {member: etcd-3, flags: {snapshot-count: 5}}'],
  versions:
    'A flag is spelt as the member’s version spells it; one that the version lacks is an error before anything starts.',
  main: 'member',
  args: {
    member: { ...startable, description: 'who is started: a name, a list, or `all` for those that are down' },
    version: { ...version, description: 'the etcd version; left out: what it ran before, else the scenario’s' },
    flags: { ...flagMap, description: 'etcd flags without the dashes; null drops one of the scenario’s' },
    initialCluster: { ...memberNames, description: 'the names in --initial-cluster' },
    initialClusterState: {
      type: 'string',
      enum: ['new', 'existing'],
      description: '--initial-cluster-state; left out: what the member’s history says',
    },
    initialClusterToken: { ...text, description: '--initial-cluster-token' },
    peerURL: { ...text, description: 'the URL that the member advertises to its peers' },
    forceNewCluster: { ...flag, description: '--force-new-cluster: the member becomes a cluster of its own' },
    newAddress: { ...flag, description: 'same name, same data, another machine and IP address' },
    waitFor: { type: 'string', enum: ['healthy', 'running', 'none'], description: 'healthy where nothing is said' },
  },
  required: ['member'],
  result: MEMBERS,
  timeoutMs: 60_000,
  sentence: (args) => sentenceOf(args),
  needs: ({ newAddress }) => (newAddress === undefined ? [] : ['pinned-addresses']),
  check: ({ peerURL }) => checkPeerURL(peerURL),
  follow: (args, state, { fails, expected }) => followStart(args, state, fails ? expected : undefined),
  runbook: (args, state) => instructStart(args, state),
  async run(args, context) {
    const members = await membersToStart(args.member, context);
    context.concerns(...members);
    if (context.expectError) await startRefused(args, members, context);
    else await startMembers(args, members, context);
    return { members };
  },
});

function sentenceOf(args: StartArgs): string {
  const extras = [
    args.version === undefined ? '' : `on ${args.version}`,
    args.initialCluster === undefined ? '' : `with the list ${args.initialCluster.join(', ')}`,
    args.initialClusterState === undefined ? '' : `and state ${args.initialClusterState}`,
    args.forceNewCluster === true ? 'with --force-new-cluster' : '',
    args.newAddress === true ? 'at a new address' : '',
  ].filter((extra) => extra !== '');
  return [`start ${list(args.member)}`, ...extras].join(' ');
}

/** `all` means those that are down, or everybody before the first start; a running member by name is a mistake. */
async function membersToStart(selector: Selector, context: StepContext): Promise<string[]> {
  if (selector !== 'all') {
    const members = await select(selector, context);
    await awaitEnding(context, members);
    const up = members.find((member) => isUp(member, context));
    if (up !== undefined) throw new Unmet(`${up} is running already`);
    return members;
  }
  const meant = await everybody(context);
  const members = meant.filter((member) => !isUp(member, context));
  const left = meant.filter((member) => isUp(member, context));
  context.resolved('all', members);
  if (left.length > 0) context.note(`left alone, running already: ${left.join(', ')}`);
  return members;
}

/** Starts members with what the step says, and what it does not say worked out from what came before. */
export async function startMembers(
  args: Omit<StartArgs, 'member'>,
  members: string[],
  context: StepContext,
): Promise<void> {
  const specs = new Map(members.map((member) => [member, specOf(member, args, context)]));
  if ((args.waitFor ?? 'healthy') === 'healthy') refuseWithoutQuorum(specs, context);
  const processes = await Promise.all([...specs].map(([member, spec]) => startOne(member, spec, context)));
  if ((args.waitFor ?? 'healthy') === 'healthy') {
    await Promise.all(processes.map((process) => waitUntilServing(process, context)));
  }
}

async function startRefused(args: StartArgs, members: string[], context: StepContext): Promise<never> {
  const member = onlyRefused(members, 'start');
  return startOneRefused(member, specOf(member, args, context), context);
}

/** The one member that has to be refused. Throws Unmet where several are meant. */
export function onlyRefused(members: readonly string[], action: string): string {
  const [member, ...more] = members;
  if (member === undefined || more.length > 0) {
    throw new Unmet(`\`${action}\` with \`expectError\` takes one member, so that it is clear who has to be refused`);
  }
  return member;
}

/** Starts a process that has to be refused; the roster stays as it was. Throws EtcdSaid or Unmet. */
export async function startOneRefused(member: string, spec: StartSpec, context: StepContext): Promise<never> {
  const before = context.cluster.roster.mark();
  const process = await startOne(member, spec, context);
  try {
    return await expectRefusal(process, context);
  } finally {
    context.cluster.roster.undo(before);
  }
}

/** Starts a process, and writes into the roster what it was started with. */
export async function startOne(member: string, spec: StartSpec, context: StepContext): Promise<MemberProcess> {
  const { cluster, signal } = context;
  const process = await cluster.start(member, spec, signal);
  cluster.roster.started(member, spec);
  return process;
}

/** How a member is started: what the step says, and the rest worked out from what came before. */
export function specOf(member: string, args: Omit<StartArgs, 'member'>, context: StepContext): StartSpec {
  const { cluster, version, flags } = context;
  return startSpec(member, args, { roster: cluster.roster, version, flags });
}

/** A first start with too few members of its list would wait for nothing: said at once. */
function refuseWithoutQuorum(specs: Map<string, StartSpec>, context: StepContext): void {
  const { cluster } = context;
  for (const [member, spec] of specs) {
    if (spec.initialClusterState !== 'new' || cluster.hasData(member) || spec.forceNewCluster) continue;
    const names = spec.initialCluster.map(({ name }) => name);
    const up = names.filter((name) => specs.has(name) || isUp(name, context));
    if (up.length <= names.length / 2) throw new Unmet(noQuorumMessage(up, names));
  }
}
