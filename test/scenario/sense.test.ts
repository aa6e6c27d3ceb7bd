/** Mistakes that only running would show otherwise: each with what is said, and a close neighbour that is right. */
import { allProblemsIn, drill, problemsIn } from './fixture';

const one = (...steps: string[]): string => drill(...steps).replace('members: 3', 'members: 1');
const on = (etcd: string, text: string): string => text.replace('members', `etcd: ${etcd}\nmembers`);

it.each([
  [
    'consistent of one member',
    one('start: all', 'expect: {healthy: all, consistent: true}'),
    '`consistent` compares the data of members, and etcd-1 alone runs here',
    drill('start: all', 'expect: {healthy: all, consistent: true}'),
  ],
  [
    'consistent of nobody',
    drill('start: all', 'stop: all', 'expect: {consistent: true}'),
    'no member runs here',
    drill('start: all', 'stop: etcd-3', 'expect: {consistent: true}'),
  ],
  [
    'a leader that is down',
    drill('start: all', 'kill: etcd-3', 'move-leader: etcd-3'),
    "etcd-3 is not running here, and can't lead",
    drill('start: all', 'kill: etcd-3', 'move-leader: etcd-3\nexpectError: bad leader transferee'),
  ],
  [
    'a probe of a member that is down',
    drill('start: all', 'kill: etcd-3', 'probe: etcd-3'),
    'etcd-3 is not running here',
    drill('start: all', 'kill: etcd-3', 'probe: [etcd-1, etcd-2]'),
  ],
  [
    'a stop of all where nobody runs',
    drill('start: all', 'kill: all', 'stop: all'),
    'no member runs here',
    drill('start: all', 'kill: etcd-1', 'stop: all'),
  ],
  [
    'API 2 on 3.6',
    on('3.6.16', drill('start: all', 'etcdctl: {args: [ls], api: 2}')),
    'the etcdctl of etcd 3.6 speaks API 3 only: API 2 ended with 3.5',
    on('3.5.35', drill('start: all', 'etcdctl: {args: [ls], api: 2}')),
  ],
  [
    'a follower in a cluster of one',
    one('start: all', 'kill: follower'),
    '`follower` means nobody here: only one voter runs',
    drill('start: all', 'kill: follower'),
  ],
  [
    'a majority where one member is asked',
    drill('start: all', 'lease-grant: {ttl: 5s, to: majority}'),
    '`to` takes one member, and `majority` is 2 here',
    one('start: all', 'lease-grant: {ttl: 5s, to: majority}'),
  ],
  [
    'the log of a member that never started',
    drill('start: {member: etcd-1, initialCluster: [etcd-1]}', 'expect: {log: {member: etcd-2, absent: panic}}'),
    'etcd-2 was never started here, and has no log',
    drill(
      'start: {member: etcd-1, initialCluster: [etcd-1]}',
      'start: {member: etcd-2, initialCluster: [etcd-1, etcd-2]}\nexpectError: cluster ID mismatch',
      'expect: {log: {member: etcd-2, absent: panic}}',
    ),
  ],
  [
    'an upgrade of all that has to fail',
    on('3.5.35', drill('start: all', 'upgrade: {member: all, to: 3.6.16}\nexpectError: it is broken')),
    '`upgrade` with `expectError` takes one member, so that it is clear who has to be refused',
    on('3.5.35', drill('start: all', 'upgrade: {member: etcd-1, to: 3.6.16}\nexpectError: it is broken')),
  ],
])('%s is found, once', (_, wrong, message, right) => {
  expect(problemsIn(wrong).map((problem) => problem.message)).toEqual([message]);
  expect(problemsIn(right)).toEqual([]);
});

it('warns where the version leaves no assertion', () => {
  const skipped = one('start: all', 'expect: {healthy: all}\nwhen: {etcd: ">=3.6"}');
  expect(allProblemsIn(on('3.5.35', skipped)).map(({ rule }) => rule)).toEqual(['no-assertion', 'never-runs-here']);
  expect(allProblemsIn(skipped).map(({ rule, message }) => `${rule}: ${message}`)).toEqual([
    'no-assertion: `when` skips every step that compares something: the drill passes whatever its steps lead to',
  ]);
  expect(allProblemsIn(on('3.6.16', skipped))).toEqual([]);
});
