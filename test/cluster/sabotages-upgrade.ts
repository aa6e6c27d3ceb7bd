/** A sabotage for every drill of the upgrade suite. */
import type { Sabotage } from './sabotages';

const dropped = '';

export const UPGRADE_SABOTAGES: Record<string, Sabotage> = {
  'the replaced member kept its disk': {
    drill: 'upgrade/hop.yaml',
    etcd: '3.5.35',
    replace: [['        - wipe: etcd-1\n', dropped]],
    at: '- start: etcd-1',
    message: /^etcd-1 exited with code \d before it served: /,
  },
  'the snapshot on the way was taken too early': {
    drill: 'upgrade/chain.yaml',
    replace: [
      ['  - snapshot: backup\n', dropped],
      ['  - note: "on 3.6:', '  - snapshot: backup\n  - note: "on 3.6:'],
    ],
    at: '- get: {key: 3.6/, prefix: true, count: 10',
    message: '"3.6/" is not as expected',
    comparisons: [1, 2, 3].map((n) => new RegExp(`etcd-${n}: expected 10; actual 0$`)),
  },
  'the cluster version moves although one member is down': {
    drill: 'upgrade/minority-down.yaml',
    etcd: '3.5.35',
    replace: [['cluster: 3.5}, running', 'cluster: 3.6}, running']],
    at: '- expect: {version: {cluster: 3.6}, running',
    message: 'the cluster is not as expected',
    comparisons: [1, 2].map((n) => `cluster version on etcd-${n}: expected 3.6; actual 3.5.0`),
  },
  'the leader was stopped gracefully': {
    drill: 'upgrade/leader-killed.yaml',
    etcd: '3.5.35',
    replace: [['- kill: etcd-1', '- stop: etcd-1']],
    at: '- expect: {running: [etcd-2, etcd-3]',
    message: 'the cluster is not as expected',
    comparisons: [/^exit.* etcd-1: expected .*137.*; actual .*0/],
  },
  'the leader stays, and the lease grows older': {
    drill: 'upgrade/incidents/leases-begin-anew.yaml',
    etcd: '3.5.35',
    replace: [['  - move-leader: etcd-3\n', dropped]],
    at: '- expect: {leases:',
    message: 'the cluster is not as expected',
    comparisons: [1, 2, 3].map(
      (n) => new RegExp(`^lease [0-9a-f]+ on etcd-${n}: expected >=590s left; actual 5\\d\\d s left of 600 s$`),
    ),
  },
  'both new members have the old version': {
    drill: 'upgrade/mixed-cluster.yaml',
    replace: [['start: {member: etcd-5, version: 3.6.16}', 'start: {member: etcd-5, version: 3.5.35}']],
    at: '- expect:',
    message: 'the cluster is not as expected',
    comparisons: ['version on etcd-5: expected 3.6.16; actual 3.5.35'],
  },
  'a cluster of one is upgraded without an outage': {
    drill: 'upgrade/single-member.yaml',
    etcd: '3.5.35',
    replace: [['outage: ">=300ms"', 'outage: "<1ms"']],
    at: '- during:',
    message: 'what came of the workload is not as expected',
    comparisons: [/^longest time without an acknowledged write: /],
  },
  'all came back with the version that they had': {
    drill: 'upgrade/all-at-once.yaml',
    etcd: '3.5.35',
    replace: [['start: {member: all, version: 3.6.16}', 'start: all']],
    at: '- expect: {healthy: all, consistent: true, version: {cluster: 3.6, storage: 3.6}}',
    message: 'the cluster is not as expected',
    comparisons: [
      ...[1, 2, 3].map((n) => `cluster version on etcd-${n}: expected 3.6; actual 3.5.0`),
      ...[1, 2, 3].map((n) => `storage version on etcd-${n}: expected 3.6; actual not said`),
    ],
  },
  'no minor version was skipped': {
    drill: 'upgrade/skipped-minor.yaml',
    replace: [['to: 3.7.3, skipMinor: true', 'to: 3.6.16']],
    at: '- upgrade: {member: etcd-2, to: 3.6.16}',
    message: 'etcd-2 started and serves, although it was expected to say "unmarshal should never fail',
  },
  '3.5 wrote nothing, the cluster began on 3.6': {
    drill: 'upgrade/log-of-3.5-stops-3.7.yaml',
    etcd: '3.6.16',
    replace: [['  - upgrade: {member: all, to: 3.6.16}\n', dropped]],
    at: '- upgrade: {member: etcd-2, to: 3.7.3}',
    message: 'etcd-2 started and serves, although it was expected to say "unmarshal should never fail"',
  },
  'the member got the binary that it had': {
    drill: 'upgrade/old-binary.yaml',
    etcd: '3.6.16',
    replace: [['start: {member: etcd-2, version: 3.5.35}\n', 'start: {member: etcd-2, version: 3.6.16}\n']],
    at: '- start: {member: etcd-2, version: 3.6.16}',
    message: 'etcd-2 started and serves, although it was expected to say "invalid downgrade',
  },
  'nobody asked for the downgrade': {
    drill: 'upgrade/downgrade.yaml',
    replace: [
      [
        '  - downgrade: {member: all, to: 3.6.16}\n',
        '  - stop: etcd-1\n  - start: {member: etcd-1, version: 3.6.16}\n',
      ],
    ],
    at: '- start: {member: etcd-1, version: 3.6.16}',
    // By its own store, or by the cluster's version where the store was not at 3.7 yet.
    message: /^etcd-1 exited with code [12] before it served: .*(version "3\.7\.0" is not supported|invalid downgrade)/,
  },
  'the downgrade was not cancelled': {
    drill: 'upgrade/downgrade-cancelled.yaml',
    etcd: '3.6.16',
    replace: [['  - downgrade: {cancel: true}\n', dropped]],
    at: '- expect: {version: {cluster: 3.6, storage: 3.6}}',
    message: 'the cluster is not as expected',
    comparisons: ['cluster', 'storage'].flatMap((what) =>
      [1, 2, 3].map((n) => `${what} version on etcd-${n}: expected 3.6; actual 3.5.0`),
    ),
  },
  'down it went, and not up again': {
    drill: 'upgrade/up-down-up.yaml',
    etcd: '3.5.35',
    replace: [
      [
        '  - upgrade: {member: all, to: 3.6.16}\n    when: {etcd: 3.5}\n  - upgrade: {member: all, to: 3.7.3}\n    when: {etcd: 3.6}\n  - expect',
        '  - expect',
      ],
    ],
    at: '- expect: {version: {cluster: 3.6, storage: 3.6}}',
    message: 'the cluster is not as expected',
    comparisons: [
      ...[1, 2, 3].map((n) => `cluster version on etcd-${n}: expected 3.6; actual 3.5.0`),
      ...[1, 2, 3].map((n) => `storage version on etcd-${n}: expected 3.6; actual not said`),
    ],
  },
  'only those that had gone half way went back, but for one': {
    drill: 'upgrade/back-half-way.yaml',
    etcd: '3.5.35',
    replace: [['downgrade: {member: all, to: 3.5.35}', 'downgrade: {member: etcd-2, to: 3.5.35}']],
    at: '- expect: {healthy: all, consistent: true, version: {cluster: 3.5',
    message: 'the cluster is not as expected',
    comparisons: ['version on etcd-3: expected 3.5.35; actual 3.6.16'],
  },
  'nobody polled /health': {
    drill: 'upgrade/health-polled.yaml',
    replace: [[`path: /health, times: 2, body: '"health":"true"'`, 'path: /metrics']],
    at: '- upgrade: {member: etcd-2, to: 3.6.16}',
    message: 'etcd-2 started and serves, although it was expected to say "detected disallowed v2 WAL',
  },
  'somebody did poll /health': {
    drill: 'upgrade/health-unpolled.yaml',
    replace: [['path: /metrics, times: 2, body: etcd_server_has_leader 1', 'path: /health']],
    at: '- upgrade: {member: all, to: 3.6.16}',
    message: /^etcd-\d exited with code 2 before it served: .*detected disallowed v2 WAL/,
  },
  'the flag was dropped in time': {
    drill: 'upgrade/lost-flag.yaml',
    replace: [
      [
        '  - upgrade: {member: etcd-2, to: 3.6.16}\n',
        '  - upgrade: {member: etcd-2, to: 3.6.16, flags: {enable-v2: null}}\n',
      ],
    ],
    at: '- upgrade: {member: etcd-2, to: 3.6.16, flags',
    message: 'etcd-2 started and serves, although it was expected to say "flag provided but not defined: -enable-v2"',
  },
  'nobody is started once more before the round to 3.6': {
    drill: 'upgrade/incidents/promoted-learners-cure.yaml',
    replace: [
      ['  - restart: [etcd-2, etcd-3]\n    name: start the others once more, so that etcd-1 sees it\n', dropped],
    ],
    at: '- upgrade: {member: all, to: 3.6.16}',
    message: /^etcd-1 exited with code 1 before it served: .*too many learner members in cluster/,
  },
  'the member is not updated, and the storage version stays unknown': {
    drill: 'upgrade/incidents/storage-version-unknown-cure.yaml',
    replace: [['  - member-update: {member: etcd-1, peerURL: "http://etcd-1:2380"}\n', dropped]],
    at: '- expect: {version: {storage: 3.6}}',
    message: 'the cluster is not as expected',
    comparisons: ['storage version on etcd-1: expected 3.6; actual unknown'],
  },
  'no raft snapshot covers the writes through the old API': {
    drill: 'upgrade/incidents/v2-write-in-the-log.yaml',
    replace: [['version: 3.5.35, flags: {snapshot-count: 1}}', 'version: 3.5.35, flags: {snapshot-count: 1000}}']],
    at: '- upgrade: {member: etcd-1, to: 3.6.16, flags: {snapshot-count: null}}',
    message: /^etcd-1 exited with code 2 before it served: .*detected disallowed v2 WAL/,
  },
  'the key of the old API is not deleted': {
    drill: 'upgrade/incidents/v2-key-in-the-snapshot.yaml',
    replace: [['  - etcdctl: {args: [rm, foo], api: 2}\n', dropped]],
    at: '- upgrade: {member: etcd-1, to: 3.6.16, flags: {snapshot-count: null}}',
    message: /^etcd-1 exited with code 1 before it served: .*detected disallowed custom content in v2store/,
  },
  'the revision is raised at once': {
    drill: 'upgrade/incidents/restored-revision-goes-back.yaml',
    etcd: '3.5.35',
    replace: [
      [
        'restore: {member: all, snapshot: backup}\n',
        'restore: {member: all, snapshot: backup, bumpRevision: 1000000, markCompacted: true}\n',
      ],
    ],
    at: '- get: {key: before, revision: "${results.seen.revision}"}',
    message: 'it failed, but with another error',
    comparisons: [/actual etcd-1 said: .*required revision has been compacted/],
  },
};
