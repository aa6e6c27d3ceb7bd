/** Every verb does what the language says, on real etcd; where versions differ, on the oldest and the newest as well. */
import { ETCD, inconsistencies, runDrills, told, yamlOf, type Case, type Drill, type DrillRun } from './helpers';

const OLD_AND_NEW = '[3.3.25, 3.5.35, 3.7.3]';

const DRILLS: Record<string, Drill> = {
  keys: {
    top: `etcd: ${OLD_AND_NEW}`,
    steps: `
      - start: all
      - put: {key: foo, value: bar}
        as: first
      - put: {key: foo, value: baz, prevValue: bar}
        as: second
      - get: {key: foo, value: bar, revision: "\${results.first.revision}"}
      - get: {key: foo, value: baz}
        as: read
      - put: {key: big, size: 200KiB}
      - get: {key: big, count: 1}
        as: big
      - parallel:
          - put: {key: a/1, value: x}
          - put: {key: a/2, value: x}
          - put: {key: a/3, value: x}
      - get: {key: a/, prefix: true, count: 3}
      - delete: {key: a/, prefix: true, count: 3}
      - get: {key: a/, prefix: true, count: 0}
      - delete: {key: nothing, count: 0}
      - txn:
          if: [{key: foo, value: baz}, {key: foo, version: 2}, {key: foo, modRevision: "\${results.first.revision}", is: ">"}]
          then: [{put: {key: foo, value: won}}]
          else: [{put: {key: foo, value: lost}}]
          succeeded: true
      - get: {key: foo, value: won}
      - txn:
          if: [{key: foo, value: baz}]
          then: [{put: {key: foo, value: lost}}]
          else: [{put: {key: other, value: x}}, {delete: {key: big}}]
          succeeded: false
      - get: {key: foo, value: won}
      - get: {key: other, value: x}
      - get: {key: big, absent: true}
      - put: {key: echo, value: "\${results.read.value} at \${results.read.modRevision}, \${results.second.outcome}"}
      - get: {key: echo, value: "baz at 3, ok"}`,
  },
  'old revisions': {
    top: `etcd: ${OLD_AND_NEW}`,
    steps: `
      - start: all
      - put: {key: foo, value: 1}
      - put: {key: foo, value: 2}
        as: second
      - put: {key: foo, value: 3}
      - get: {key: "", prefix: true, from: all}
        as: every
      - compact: "\${results.second.revision}"
      - get: {key: foo, revision: 2}
        expectError: required revision has been compacted
      - get: {key: foo, revision: 3, value: 2}
      - get: {key: "", prefix: true, lease: 0, maxModRevision: 4, hash: "\${results.every.hash}", count: 1}
      - get: {key: "", prefix: true, maxModRevision: 3, count: 0}
      - compact: 2
        expectError: required revision has been compacted
      - get: {key: foo, revision: 1000}
        expectError: required revision is a future revision
      - compact: {revision: current, physical: true}
        as: compacted
      - defrag: etcd-1
      - get: {key: foo, value: 3}
      - etcdctl: {args: [get, foo, --print-value-only], output: 3}
        as: said
      - put: {key: said, value: "\${results.said.stdout}/\${results.compacted.revision}"}
      - get: {key: said, value: "3\\n/4"}
      - etcdctl: [get, foo, --rev=2]
        expectError: required revision has been compacted`,
  },
  leases: {
    top: `etcd: ${OLD_AND_NEW}`,
    steps: `
      - start: all
      - lease-grant: 60s
        as: long
      - put: {key: leased, value: x, lease: "\${results.long.id}"}
      - txn: {if: [{key: leased, lease: "\${results.long.id}"}], succeeded: true}
      - lease-keepalive: "\${results.long.id}"
        as: kept
      - lease-grant: 5s
        as: short
      - put: {key: soon gone, value: x, lease: "\${results.short.id}"}
      - lease-revoke: "\${results.long.id}"
      - get: {key: leased, absent: true}
      - lease-keepalive: "\${results.long.id}"
        expectError: requested lease not found
      - lease-revoke: "\${results.long.id}"
        expectError: requested lease not found
      - put: {key: late, value: x, lease: "\${results.long.id}"}
        expectError: requested lease not found
      - get: {key: soon gone, absent: true}
        within: 30s
      - put: {key: ttl, value: "\${results.long.ttl} \${results.kept.ttl}"}
      - get: {key: ttl, value: 60 60}`,
  },
  quota: {
    top: `etcd: ${OLD_AND_NEW}\nflags: {quota-backend-bytes: 2097152}`,
    steps: `
      - start: all
      - expect: {alarms: none}
      - put: {key: fill, size: 400KiB}
        within: 20s
        expectError: database space exceeded
      - expect: {alarms: [NOSPACE]}
      - expect: {alarms: {NOSPACE: [etcd-1]}, healthy: all}
      - put: {key: foo, value: bar}
        expectError: database space exceeded
      - compact: {revision: current, physical: true}
      - defrag: all
      - alarm-disarm: all
      - expect: {alarms: none}
      - put: {key: foo, value: bar}
      - alarm-disarm: NOSPACE`,
  },
  learner: {
    members: 2,
    top: 'etcd: [3.4.23, 3.5.35, 3.7.3]',
    steps: `
      - start: {member: etcd-1, initialCluster: [etcd-1]}
      - put: {key: foo, value: bar}
      - member-add: {member: etcd-2, learner: true}
        as: added
      - member-promote: etcd-2
        expectError: can only promote a learner member which is in sync with leader
      - start: etcd-2
      - expect: {healthy: [etcd-1, etcd-2], members: {etcd-1: {learner: false}, etcd-2: {id: "\${results.added.id}", learner: true}}}
      - get: {key: foo, value: bar, from: etcd-2, consistency: serializable}
        within: 5s
      - put: {key: foo, value: no, to: etcd-2}
        expectError: not supported for learner
      - get: {key: foo, from: etcd-2}
        expectError: not supported for learner
      - member-promote: etcd-2
      - expect: {healthy: all, members: {etcd-1: {}, etcd-2: {learner: false}}, consistent: true}
      - get: {key: foo, value: bar, from: [etcd-1, etcd-2]}`,
  },
  'a learner where there are none': {
    members: 2,
    top: 'etcd: 3.3.25',
    steps: `
      - start: {member: etcd-1, initialCluster: [etcd-1]}
      - member-add: {member: etcd-2, learner: true} # etcd-scenarios-disable-line unsupported-step`,
    last: '- expect: {members: [etcd-1]}',
  },
  selectors: {
    members: 3,
    steps: `
      - start: all
      - put: {key: foo, value: bar}
      - move-leader: etcd-2
      - expect: {leader: etcd-2}
      - stop: leader
        as: stopped
      - expect: {exit: {member: etcd-2, code: 0}, leader: any, running: [etcd-1, etcd-3]}
      - start: "\${results.stopped.members}"
      - move-leader: etcd-2
      - kill: follower
        as: killed
      - expect: {exit: {member: etcd-1, code: 137}, leader: etcd-2}
      - start: {member: "\${results.killed.members}"}
      - kill: minority
        as: few
      - start: "\${results.few.members}"
      - restart: followers
      - restart: leader
      - move-leader: etcd-1
      - kill: majority
        as: gone
      - expect: {unhealthy: [etcd-3], running: [etcd-3], leader: none}
      - get: {key: foo, value: bar, from: etcd-3, consistency: serializable}
      - get: {key: foo, from: etcd-3}
        expectError: deadline exceeded after 1s
        timeout: 1s
      - note: only for versions that nobody runs any more
        when: {etcd: "<3.3"}
      - start: all
      - restart: all
      - expect: {healthy: all, consistent: true, leader: any}
      - get: {key: foo, value: bar, from: all}`,
    last: '- put: {key: last, value: "gone: ${results.gone.members}"}',
  },
  'a member that changes its address, and one that changes its URL': {
    members: 3,
    steps: `
      - start: all
      - kill: etcd-1
      - start: {member: etcd-1, newAddress: true}
      - expect: {address: {member: etcd-1, changed: true}, healthy: all}
      - restart: etcd-1
      - expect: {address: {member: etcd-1, changed: false}, log: {member: etcd-1, contains: starting, incarnation: any}}
      - member-update: {member: etcd-2, peerURL: "http://etcd-two:2380"}
      - restart: etcd-2
      - expect: {healthy: all, consistent: true, members: [etcd-1, etcd-2, etcd-3]}
      - etcdctl: {args: [member, list], on: etcd-3, output: "http://etcd-two:2380"}
      - member-remove: etcd-3
        as: removed
      - expect: {exit: {member: etcd-3, code: 0}, members: [etcd-1, etcd-2]}
      - expect: {healthy: all, consistent: {among: [etcd-1, etcd-2]}}
        for: 2s`,
  },
  versions: {
    members: 3,
    top: 'flags: {snapshot-count: 7, pre-vote: false}',
    steps: `
      - start: all
      - expect: {version: {cluster: 3.5, member: {etcd-1: 3.5.35, etcd-2: 3.5}}}
      - expect: {log: {member: etcd-1, contains: ['"snapshot-count":7', no such sentence], absent: 'pre-vote":true'}}
      - stop: etcd-2
      - start: {member: etcd-2, version: 3.6.16, flags: {snapshot-count: 8, pre-vote: null}}
      - expect:
          version: {cluster: 3.5, member: {etcd-1: 3.5.35, etcd-2: 3.6.16}}
          healthy: all
          log: {member: etcd-2, contains: {matches: 'snapshot-count":8,.*pre-vote":true'}}
      - restart: etcd-2
      - expect: {version: {member: {etcd-2: 3.6.16}}}`,
  },
  'a snapshot, restored with a higher revision': {
    top: 'etcd: [3.5.35, 3.7.3]',
    steps: `
      - start: all
      - put: {key: foo, value: bar}
        as: written
      - snapshot: backup
        as: saved
      - snapshot-status: {snapshot: backup, revision: "\${results.written.revision}"}
        as: inspected
      - snapshot-status: {snapshot: backup, totalKeys: "\${results.inspected.totalKeys}", revision: "\${results.saved.revision}"}
      - put: {key: late, value: lost}
      - kill: all
      - wipe: all
      - restore: {member: etcd-1, snapshot: backup, bumpRevision: 1000, markCompacted: true}
      - start: all
      - get: {key: foo, value: bar}
      - get: {key: late, absent: true}
      - get: {key: foo, revision: 1000}
        expectError: required revision has been compacted
      - put: {key: foo, value: again}
        as: again
      - get: {key: foo, value: again, revision: 1003}
      - expect: {members: {etcd-1: {id: a3959071884acd0c}}, clusterId: 572a811fac16a854}`,
  },
  'snapshots of a follower, which have all that was acknowledged before': {
    members: 3,
    top: 'etcd: 3.6.16',
    steps: [
      '- start: all',
      '- move-leader: etcd-1',
      ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) => [
        `- put: {key: foo-${n}, value: bar, to: etcd-1}`,
        `  as: put-${n}`,
        `- snapshot: {save: backup-${n}, from: etcd-3}`,
        `- snapshot-status: {snapshot: backup-${n}, revision: "\${results.put-${n}.revision}"}`,
      ]),
    ].join('\n'),
  },
  'a snapshot on the oldest version': {
    top: 'etcd: 3.3.25',
    steps: `
      - start: all
      - put: {key: foo, value: bar}
      - snapshot: {save: backup, from: etcd-1}
        as: saved
      - snapshot-status: {snapshot: backup, revision: "\${results.saved.revision}"}
      - stop: all
      - wipe: all
      - restore: {member: all, snapshot: backup, initialClusterToken: another}
      - start: {member: all, initialClusterToken: another}
      - get: {key: foo, value: bar}`,
  },
};

let ran: DrillRun;

beforeAll(async () => {
  const texts = Object.entries(DRILLS).map(([name, drill]) => [name, yamlOf(name, drill)]);
  ran = await runDrills(Object.fromEntries(texts) as Record<string, string>, { etcd: undefined });
}, 400_000);

/** Fails with what went wrong, not with `false`. */
function expectPassed(found: Case): void {
  const { failure, further } = found.finished;
  const why = [failure, ...further].flatMap((one) =>
    one ? [`step ${one.step?.id} (${one.step?.sentence}): ${one.message}`, ...told(one.comparisons)] : [],
  );
  expect(why).toEqual([]);
  expect(found.verdict).toBe('passed');
}

const PASSING = Object.entries(DRILLS).flatMap(([name, { top = '' }]) => {
  const versions = /etcd: \[?([^\]\n]*)/.exec(top)?.[1]?.split(', ') ?? [ETCD];
  return name === 'a learner where there are none' ? [] : versions.map((version) => [name, version] as const);
});

test.each(PASSING)('%s, on %s', (name, version) => {
  expectPassed(ran.case(name, version));
});

test('the events of all of them fit together', () => {
  expect(inconsistencies(ran.events)).toEqual([]);
  expect(ran.events.filter(({ type }) => type === 'problem')).toEqual([]);
});

test('what etcdctl printed is beside its step', () => {
  const printed = ran
    .case('old revisions', ETCD)
    .events('step-finished')
    .flatMap(({ step, output }) => (step.action === 'etcdctl' ? [output] : []));
  expect(printed).toEqual(['3', undefined]);
});

test('etcd 3.3 knows no learners: it is said so, and nobody is added as a voter instead', () => {
  const found = ran.case('a learner where there are none');
  expect(found.verdict).toBe('failed');
  expect(found.failure.step?.action).toBe('member-add');
  expect(found.failure.message).toMatch(/learner/);
  expect(found.failure.message).toMatch(/3\.4/);
  expect(found.finished.further).toEqual([]);
});

test('selectors are resolved when the step runs, and the report says to whom', () => {
  const resolved = (id: string): unknown => ran.case('selectors').step(id).resolved;
  expect(resolved('5')).toEqual([{ selector: 'leader', members: ['etcd-2'] }]);
  expect(resolved('9')).toEqual([{ selector: 'follower', members: ['etcd-1'] }]);
  expect(resolved('12')).toEqual([{ selector: 'minority', members: ['etcd-1'] }]);
  expect(resolved('14')).toEqual([{ selector: 'followers', members: ['etcd-1', 'etcd-3'] }]);
  expect(resolved('17')).toEqual([{ selector: 'majority', members: ['etcd-1', 'etcd-2'] }]);
});

test('`start: all` starts those that are down, and says whom it left alone', () => {
  const { resolved, notes } = ran.case('selectors').step('22');
  expect(resolved).toEqual([{ selector: 'all', members: ['etcd-1', 'etcd-2'] }]);
  expect(notes).toContain('left alone, running already: etcd-3');
});

test('`restart: all` restarts one after the other, each up again before the next', () => {
  const found = ran.case('selectors');
  const ids = (type: 'step-started' | 'step-finished'): number =>
    found.events(type).find(({ step }) => step.id === '23')?.seq ?? 0;
  const [began, ended] = [ids('step-started'), ids('step-finished')];
  const changes = [...found.events('member-exited'), ...found.events('member-started')]
    .filter(({ seq }) => seq > began && seq < ended)
    .sort((a, b) => a.seq - b.seq)
    .map((event) => (event.type === 'member-exited' ? `${event.member} ends with ${event.exitCode}` : event.member));
  expect(changes).toEqual([
    ...['etcd-1 ends with 0', 'etcd-1'],
    ...['etcd-2 ends with 0', 'etcd-2'],
    ...['etcd-3 ends with 0', 'etcd-3'],
  ]);
  const waits = found.events('step-waiting').filter(({ seq }) => seq > began && seq < ended);
  expect(waits.map(({ waitingFor }) => waitingFor)).toEqual(
    ['etcd-1', 'etcd-2', 'etcd-3'].flatMap((member) => [`${member} to end`, `${member} to serve`]),
  );
});

test('an expected error is quoted as etcd said it', () => {
  expect(ran.case('old revisions', ETCD).step('7').notes).toContain(
    'etcd-1 said: etcdserver: mvcc: required revision has been compacted',
  );
  expect(ran.case('selectors').step('20').notes).toContain('etcd-3 said: deadline exceeded after 1s');
});

test('a write that is tried again until it is refused counts its attempts', () => {
  const { attempts, notes } = ran.case('quota', ETCD).step('3');
  expect(attempts).toBeGreaterThan(2);
  expect(notes).toContain(`at attempt ${attempts}`);
});

test('an expectation that has to hold for a while takes that long', () => {
  const found = ran.case('a member that changes its address, and one that changes its URL');
  expect(found.step('13').durationMs).toBeGreaterThanOrEqual(2000);
});

test('the members say of themselves what they are, not what was asked for', () => {
  expect(ran.case('versions').finished.versions).toEqual({
    'etcd-1': '3.5.35',
    'etcd-2': '3.6.16',
    'etcd-3': '3.5.35',
  });
});

test('a restored member has the data and the revision that it was given', () => {
  for (const version of ['3.5.35', '3.7.3']) {
    expectPassed(ran.case('a snapshot, restored with a higher revision', version));
  }
});
