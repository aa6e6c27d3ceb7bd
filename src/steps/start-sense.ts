/** What can be known of a start by reading: whether it can serve, and what etcd would refuse it with. */
import type { StartSpec } from '../cluster/cluster';
import { normalise, type TextPattern } from '../match';
import { compareVersions, minorOf } from '../version';
import { belongsTo, quorumOf } from './known-cluster';
import type { DrillState } from './drill-state';
import type { Selector } from './select';
import { EXPECT_ERROR } from './step';
import type { StartWishes } from './start-spec';

interface StartArgs extends StartWishes {
  member: Selector;
  waitFor?: 'healthy' | 'running' | 'none';
}

/** `expected`: what etcd has to say for the step to succeed; undefined where the start has to succeed. */
export function followStart(
  args: StartArgs,
  state: DrillState,
  expected: TextPattern | readonly TextPattern[] | undefined,
): void {
  const named = state.named(args.member);
  if (!named) return state.forget();
  const isAll = args.member === 'all';
  const members = isAll ? named.filter((member) => state.isUp(member) !== true) : named;
  const twice = isAll ? undefined : members.find((member) => state.isUp(member) === true);
  if (twice !== undefined) {
    state.problem('running-already', '/member', `${twice} is running already`, 'stop or kill it first');
  }
  if (expected !== undefined) {
    if (severalRefused(args.member, members, state)) return members.forEach((member) => state.mayHaveStarted(member));
    for (const member of members) {
      compareRefusal(member, args, state, expected);
      state.mayHaveStarted(member);
    }
    return;
  }
  const waits = (args.waitFor ?? 'healthy') === 'healthy';
  const specs = members.map((member) => [member, state.specFor(member, args)] as const);
  const refused = waits && twice === undefined && specs.some(([member, spec]) => reportRefusal(member, spec, state));
  for (const [member, spec] of specs) reportVersion(member, spec, state);
  for (const [member, spec] of specs) state.started(member, spec, waits);
  if (waits && twice === undefined && !refused) reportQuorum(members, state);
}

/** Reports a start of several that has to fail: who has to be refused would not be clear. */
function severalRefused(selector: Selector, members: readonly string[], state: DrillState): boolean {
  const certain = selector === 'all' ? members.filter((member) => state.isUp(member) === false) : members;
  if (certain.length < 2) return false;
  const message = '`start` with `expectError` takes one member, so that it is clear who has to be refused';
  state.problem('several-members', '/member', message, 'write a step for each');
  return true;
}

interface Refusal {
  rule: 'never-added' | 'lost-data';
  message: string;
  hint: string;
  /** What etcd says, in its own words. */
  says: readonly string[];
}

/** Why etcd certainly refuses this start; undefined where it is not certain that it does. */
function refusalOf(member: string, spec: StartSpec, state: DrillState): Refusal | undefined {
  const clusters = state.clusters.certain();
  if (!clusters || !state.ordered || !state.listIsCertain || state.hasData(member) !== false) return undefined;
  if (spec.forceNewCluster || spec.peerURL !== state.roster.peerURL(member)) return undefined;
  const own = clusters.filter((cluster) => belongsTo(cluster, member));
  if (spec.initialClusterState === 'existing') {
    if (own.length > 0) return undefined;
    return {
      rule: 'never-added',
      message: `${member} was never added: started with state \`existing\` it is refused, with \`member count is unequal\` or the like`,
      hint: `\`member-add: ${member}\` first, or \`expectError\``,
      says: NOT_IN_THE_LIST,
    };
  }
  const [cluster] = own;
  if (!cluster?.joined.has(member) || !state.hasQuorum(cluster) || state.roster.wasAdded(member)) return undefined;
  const asked = spec.initialCluster.some(({ name }) => name !== member && state.isUp(name) === true);
  const before = state.specOf(member);
  if (!asked || !before || before.initialClusterToken !== spec.initialClusterToken) return undefined;
  return {
    rule: 'lost-data',
    message: `${member} has lost its data, and the cluster remembers it: started as new it is refused, with \`has already been bootstrapped\``,
    hint: `\`member-remove: ${member}\` and \`member-add: ${member}\` first, or \`expectError\``,
    says: ['member 0123456789abcdef has already been bootstrapped'],
  };
}

/** What a member hears that is in nobody's list: which of them, the other members and the version decide. */
const NOT_IN_THE_LIST = [
  'error validating peerURLs {ClusterID:…}: member count is unequal',
  'unmatched member while checking PeerURLs',
  'PeerURLs: no match found for existing member',
  'could not retrieve cluster information from the given URLs',
  'cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs',
  'discovery failed',
  'failed to start etcd',
];

function reportRefusal(member: string, spec: StartSpec, state: DrillState): boolean {
  const refusal = refusalOf(member, spec, state);
  if (refusal) state.problem(refusal.rule, '/member', refusal.message, refusal.hint);
  else warnOfLostLog(member, spec, state);
  return refusal !== undefined;
}

/** It comes back silently or not at all, depending on who led the cluster meanwhile (etcd-facts.md 0c). */
function warnOfLostLog(member: string, spec: StartSpec, state: DrillState): void {
  if (spec.initialClusterState !== 'existing' || state.hasData(member) !== false || !state.ordered) return;
  const own = (state.clusters.certain() ?? []).find((cluster) => belongsTo(cluster, member));
  if (!own?.joined.has(member)) return;
  const message = `${member} has lost its data and comes back under its old ID: etcd mostly ends with \`tocommit(…) is out of range\``;
  state.problem('lost-log', '/member', message, `\`member-remove: ${member}\` and \`member-add: ${member}\` first`);
}

/** A start that has to fail, and would succeed or be refused with other words, is likely to be a mistake. */
function compareRefusal(
  member: string,
  args: StartArgs,
  state: DrillState,
  expected: TextPattern | readonly TextPattern[],
): void {
  const spec = state.specFor(member, args);
  const refusal = refusalOf(member, spec, state);
  const texts = [expected].flat();
  if (refusal && !texts.some((text) => fits(text, refusal.says))) {
    const said = refusal.says[0] ?? '';
    state.problem('other-refusal', EXPECT_ERROR, `${member} is likely to be refused with other words: \`${said}\``);
  }
  if (refusal || Object.keys(args).some((key) => key !== 'member' && key !== 'newAddress')) return;
  if (!wouldServe(member, state)) return;
  state.problem(
    'start-would-succeed',
    EXPECT_ERROR,
    `${member} would start and serve here, and the step expects that it is refused`,
  );
}

function fits(text: TextPattern, says: readonly string[]): boolean {
  if (typeof text !== 'string') return true;
  const wanted = normalise(text).replace(/\b[0-9a-f]{15,16}\b/g, '0123456789abcdef');
  return says.some((said) => normalise(said).includes(wanted) || wanted.includes(normalise(said)));
}

function wouldServe(member: string, state: DrillState): boolean {
  const cluster = state.clusters.of(member);
  if (state.isUp(member) !== false || state.hasData(member) !== true || state.roster.isRemoved(member)) return false;
  return cluster !== undefined && belongsTo(cluster, member) && state.hasQuorum(cluster) && state.listIsCertain;
}

function reportQuorum(members: readonly string[], state: DrillState): void {
  for (const member of members) {
    const cluster = state.clusters.of(member);
    if (!cluster || !state.lacksQuorum(cluster)) continue;
    const up = state.clusters.upVoters(cluster);
    const most = state.clusters.mostUp(cluster);
    const { voters } = cluster;
    const isFirst = up.length === most && [...cluster.joined].every((one) => members.includes(one));
    if (isFirst) return state.problem('start-without-quorum', '', noQuorumMessage(up, [...voters]));
    const message = `at most ${most} of ${voters.size} voters run then, and ${quorumOf(cluster)} are needed: ${member} can't serve`;
    return state.problem('start-without-quorum', '', message, 'start more of them together, or `waitFor: running`');
  }
}

/** A member's data knows the version that wrote it, and etcd supports one minor version at a time. */
function reportVersion(member: string, spec: StartSpec, state: DrillState): void {
  const before = state.specOf(member)?.version;
  if (before === undefined || state.hasData(member) !== true) return;
  const [from, to] = [minorOf(before), minorOf(spec.version)];
  const skipped = minorNumber(to) - minorNumber(from);
  if (skipped <= 1 || compareVersions(to, from) < 0) return;
  const message = `${member} ran etcd ${before}, and ${spec.version} is ${skipped} minor versions later: one at a time is supported`;
  state.problem('start-skips-minor', '/version', message, `go through each minor version between ${from} and ${to}`);
}

function minorNumber(version: string): number {
  return Number(version.split('.')[1] ?? 0);
}

/** Why a start can't make a quorum, and the three ways out. */
export function noQuorumMessage(up: readonly string[], names: readonly string[]): string {
  const alone = up.length === 1 ? `${up[0]} alone is` : `${up.join(', ')} are`;
  return (
    `${alone} ${up.length} of ${names.length}, which is no quorum: start more of ${names.join(', ')} together, ` +
    `set \`initialCluster: [${up.join(', ')}]\`, or \`waitFor: running\``
  );
}
