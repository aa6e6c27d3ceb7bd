/** Requests to members that are down, and requests that need a majority where there is none. */
import { quorumOf, type KnownCluster } from '../../steps/known-cluster';
import { argument, namesUnder, textOf, type RuleVisit } from './visit';

/** The argument that says who is asked, by action. */
const ASKED: Readonly<Record<string, string>> = {
  put: 'to',
  get: 'from',
  delete: 'to',
  txn: 'to',
  'lease-grant': 'to',
  'lease-revoke': 'to',
  'lease-keepalive': 'to',
  snapshot: 'from',
  defrag: 'member',
  etcdctl: 'on',
  probe: 'member',
};

/** What goes through the log, or is read from it: it needs a quorum. */
const THROUGH_THE_LOG: ReadonlySet<string> = new Set([
  'put',
  'get',
  'delete',
  'txn',
  'lease-grant',
  'lease-revoke',
  'compact',
  'member-add',
  'member-remove',
  'member-promote',
  'member-update',
  'restart',
]);

export function quorum(visit: RuleVisit): void {
  const { step, state } = visit;
  const { name } = step.step;
  const key = name === 'restart' ? 'member' : ASKED[name];
  const named = key === undefined ? undefined : namesUnder(step, key, state);
  const down = name === 'restart' ? undefined : named?.find((member) => state.isUp(member) === false);
  if (!state.ordered) return;
  if (down !== undefined) return visit.tell('not-running', `/${key}`, `${down} is not running here`);
  if (name === 'move-leader' && step.modifiers.expectError === undefined) {
    const heir = textOf(step, 'member') ?? '';
    if (namesUnder(step, 'member', state) && state.isUp(heir) === false)
      return visit.tell('not-running', '/member', `${heir} is not running here, and can't lead`);
  }
  const needs = THROUGH_THE_LOG.has(name) && textOf(step, 'consistency') !== 'serializable';
  const isAsked = (key !== undefined && name !== 'defrag') || needs;
  if (isAsked && state.nobodyRuns()) {
    if (name !== 'restart') visit.tell('not-running', '', 'no member runs here', '`start: all` before it');
    return;
  }
  if (!needs || step.modifiers.expectError !== undefined) return;
  // A choice that shows only while running is anybody's.
  const asked = named ?? state.members.filter((member) => state.isUp(member) !== false);
  const clusters = asked.map((member) => state.clusters.of(member));
  const lacking = clusters.filter((cluster) => cluster !== undefined && state.lacksQuorum(cluster));
  const isCertain = named ? lacking.length > 0 : lacking.length === clusters.length;
  const [cluster] = lacking;
  if (!isCertain || !cluster) return;
  visit.tell(
    'no-quorum',
    key !== undefined && argument(step, key) ? `/${key}` : '',
    lacks(cluster, visit),
    HINTS[name],
  );
}

function lacks(cluster: KnownCluster, { state, step }: RuleVisit): string {
  const [up, of] = [state.clusters.mostUp(cluster), cluster.voters.size];
  const running = up === 0 ? `none of ${of} voters runs` : `at most ${up} of ${of} voters ${up === 1 ? 'runs' : 'run'}`;
  return `${running} here, and \`${step.step.name}\` needs ${quorumOf(cluster)}`;
}

const HINTS: Readonly<Record<string, string>> = {
  get: '`consistency: serializable` reads without a quorum; else start more members, or say `expectError`',
  put: 'start more members first, or say `expectError: [deadline exceeded, request timed out]`',
  restart: 'it would wait for a member that can not serve; `stop` and `start` with `waitFor: running` do not',
};
