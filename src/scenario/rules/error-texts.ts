/** `expectError` texts that are nearly what etcd says, and not quite: a letter off, or as only the documentation has them. */
import { normalise } from '../../match';
import { EXPECT_ERROR } from '../../steps/step';
import type { RuleVisit } from './visit';

/**
 * What etcd 3.3 to 3.7, its tools and the runner's own deadline say when something fails, as far as it is known; `…`
 * stands for what differs. It need not be complete: a text that is near none of them is left alone.
 */
const KNOWN: readonly string[] = [
  'member count is unequal',
  'unmatched member while checking peerURLs',
  'PeerURLs: no match found for existing member',
  'has already been bootstrapped',
  'cluster ID mismatch',
  'request sent was ignored by remote peer due to cluster ID mismatch',
  'the member has been permanently removed from the cluster',
  'data-dir used by this member must be removed',
  'cluster cannot be downgraded',
  'invalid downgrade; server version is lower than determined cluster version',
  'invalid downgrade; server version is not allowed to join when downgrade is enabled',
  'found data inconsistency with peers',
  'checkInitialHashKV failed',
  'data-dir … exists',
  'data-dir … not empty or could not be read',
  'expected sha256',
  'could not retrieve cluster information from the given URLs',
  'cannot fetch cluster info from peer urls',
  'discovery failed',
  'failed to start etcd',
  'flag provided but not defined',
  'unknown flag',
  'unknown command',
  'tocommit',
  'is out of range',
  'Was the raft log corrupted, truncated, or lost?',
  'detected disallowed v2 WAL for stage --v2-deprecation=write-only',
  'etcdserver: request timed out',
  'etcdserver: request timed out, possibly due to connection lost',
  'etcdserver: request timed out, possibly due to previous leader failure',
  'etcdserver: request timed out, waiting for the applied index took too long',
  'etcdserver: request timed out, possibly due to connection lost',
  'etcdserver: no leader',
  'etcdserver: leader changed',
  'etcdserver: not leader',
  'etcdserver: server stopped',
  'etcdserver: unhealthy cluster',
  'etcdserver: mvcc: database space exceeded',
  'etcdserver: mvcc: required revision has been compacted',
  'etcdserver: mvcc: required revision is a future revision',
  'etcdserver: too many requests',
  'etcdserver: request is too large',
  'etcdserver: corrupt cluster',
  'etcdserver: member not found',
  'etcdserver: member ID already exist',
  'etcdserver: Peer URLs already exists',
  'etcdserver: re-configuration failed due to not enough started members',
  'etcdserver: rpc not supported for learner',
  'etcdserver: too many learner members in cluster',
  'etcdserver: can only promote a learner member',
  'etcdserver: can only promote a learner member which is in sync with leader',
  'etcdserver: bad leader transferee',
  'etcdserver: requested lease not found',
  'etcdserver: lease already exists',
  'etcdserver: key is not provided',
  'etcdserver: duplicate key given in txn request',
  'etcdserver: downgrade not in progress',
  'etcdserver: no inflight downgrade job',
  'etcdserver: cluster has an inflight downgrade job',
  'etcdserver: invalid downgrade target version',
  'etcdserver: wrong downgrade target version format',
  'deadline exceeded',
  'context deadline exceeded',
  'deadline exceeded after',
  'connection refused',
  'connection reset by peer',
  'permission denied',
  'user name is empty',
  'authentication failed, invalid user ID or password',
  'invalid auth token',
];

const NORMALISED = KNOWN.map((one) => ({ one, whole: normalise(one) }));

/** What only the documentation says. */
const OF_THE_DOCUMENTATION: Readonly<Record<string, string>> = {
  'the member count is unequal': 'member count is unequal',
  'assign ids error: the member count is unequal': 'member count is unequal',
  'etcdserver: assign ids error: the member count is unequal': 'member count is unequal',
};

/** Shorter texts are near too much. */
const SHORTEST = 10;

export function unlikelyError({ step, tell }: Pick<RuleVisit, 'step' | 'tell'>): void {
  const { expectError = [] } = step.modifiers;
  const isList = Array.isArray(expectError);
  for (const [i, text] of [expectError].flat().entries()) {
    if (typeof text !== 'string') continue;
    const meant = whatIsMeant(text);
    const pointer = isList ? `${EXPECT_ERROR}/${i}` : EXPECT_ERROR;
    if (meant !== undefined) tell('unlikely-error', pointer, `etcd never says "${text}"`, `did you mean "${meant}"?`);
  }
}

/** The known text that this one is nearly; undefined where it is a part of one, or near none. */
export function whatIsMeant(text: string): string | undefined {
  const wanted = normalise(text);
  const documented = Object.hasOwn(OF_THE_DOCUMENTATION, wanted) ? OF_THE_DOCUMENTATION[wanted] : undefined;
  if (documented !== undefined) return documented;
  if (wanted.length < SHORTEST || wanted.length > 200) return undefined;
  if (NORMALISED.some(({ whole }) => whole.includes(wanted) || holdsWhole(wanted, whole))) return undefined;
  const most = wanted.length < 20 ? 1 : 2;
  const parts = inParts(wanted, most + 1);
  const [best] = NORMALISED.filter(({ whole }) => parts.some((part) => whole.includes(part)))
    .map(({ one, whole }) => ({ one, distance: distanceWithin(wanted, whole, most) }))
    .filter(({ distance }) => distance <= most)
    .toSorted((a, b) => a.distance - b.distance);
  return best?.one;
}

/** So many parts that as many changes less one leave at least one as it is: who holds none of them is not near. */
function inParts(text: string, count: number): string[] {
  const length = Math.ceil(text.length / count);
  return Array.from({ length: count }, (_, i) => text.slice(i * length, (i + 1) * length));
}

/** True where the known text stands in this one between other words, and not within a longer word. */
function holdsWhole(text: string, known: string): boolean {
  const at = text.indexOf(known);
  if (at < 0) return false;
  const around = `${text[at - 1] ?? ' '}${text[at + known.length] ?? ' '}`;
  return !/[a-z0-9]/.test(around);
}

/** The fewest changes that make `text` a part of `whole`; more than `most` where it is more. */
function distanceWithin(text: string, whole: string, most: number): number {
  let row = new Array<number>(whole.length + 1).fill(0);
  for (let i = 1; i <= text.length; i++) {
    const next = [i];
    for (let j = 1; j <= whole.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (text[i - 1] === whole[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
    if (Math.min(...row) > most) return most + 1;
  }
  return Math.min(...row);
}
