/** Names of flags: which the runner keeps for itself, and how they are written. */
import type { Problem } from '../errors';
import type { SourceFile } from '../source';
import type { Node } from './node';
import { problemAt } from './parse';

/** Flags that the runner sets itself, and the argument to use instead. */
export const OWNED_FLAGS: ReadonlyMap<string, string> = new Map([
  ['name', 'a member is named in `members`'],
  ['data-dir', 'each member has a volume of its own'],
  ['listen-peer-urls', 'use `peerURL` of `start` or `member-add`'],
  ['listen-client-urls', 'the runner publishes the port'],
  ['listen-client-http-urls', 'the runner publishes the port'],
  ['listen-metrics-urls', 'the runner always opens it'],
  ['advertise-client-urls', 'its host is the name in `members`'],
  ['initial-advertise-peer-urls', 'use `peerURL` of `start` or `member-add`'],
  ['initial-cluster', 'use `initialCluster` of `start`'],
  ['initial-cluster-state', 'use `initialClusterState` of `start`'],
  ['initial-cluster-token', 'use `initialClusterToken` of `start`'],
  ['force-new-cluster', 'use `forceNewCluster: true` of `start`'],
  ['config-file', 'with a configuration file etcd ignores every other flag; write its settings as flags'],
]);

/**
 * Flags that make etcd speak TLS, or that mean something only with it (the flags of etcd 3.3 to 3.7). The runner's own
 * clients and the other members speak plain HTTP: a member with certificates would never be seen to serve.
 */
const TLS_FLAG =
  /^(peer-|client-)?(cert-file|key-file|trusted-ca-file|ca-file|client-cert-file|client-key-file|crl-file|client-crl-file|auto-tls|client-cert-auth|cert-allowed-(cn|hostname)|skip-client-san-verification)$|^(experimental-)?peer-skip-client-san-verification$|^self-signed-cert-validity$|^tls-(min|max)-version$|^cipher-suites$/;

/** Whether a flag is about TLS; the name is without dashes. */
export function isTLSFlag(name: string): boolean {
  return TLS_FLAG.test(name);
}

/** What is wrong with the names of flags, whatever the version. */
export function flagNameProblems(source: SourceFile, flags: Node | undefined): Problem[] {
  if (flags?.kind !== 'map') return [];
  return flags.entries.flatMap(({ key }) => {
    const bare = key.text.replace(/^-+/, '');
    const instead = OWNED_FLAGS.get(bare);
    if (instead !== undefined) {
      return [problemAt(source, key, 'owned-flag', `the runner sets --${bare} itself`, instead)];
    }
    if (isTLSFlag(bare)) {
      const message = `--${bare} is not supported: members and clients speak plain HTTP, so the member would not be reached`;
      return [problemAt(source, key, 'tls-flag', message, 'remove the flag: what TLS changes cannot be rehearsed yet')];
    }
    if (bare === key.text) return [];
    return [problemAt(source, key, 'flag-name', `flags are written without their dashes`, `write \`${bare}\``)];
  });
}
