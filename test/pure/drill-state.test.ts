/** What is known of members that were chosen while running: how many are down, though not which. */
import { messagesOf, drill } from '../scenario/fixture';

const PUT = 'put: {key: foo, value: bar}';
const LOST = expect.stringContaining('and `put` needs 2') as string;

it.each<[string, string[], unknown[]]>([
  ['the leader alone leaves a quorum', ['kill: leader', PUT], []],
  ['the leader and a follower do not', ['kill: leader', 'kill: follower', PUT], [LOST]],
  ['a minority leaves one', ['kill: minority', PUT], []],
  ['a majority leaves none', ['kill: majority', PUT], [LOST]],
  ['all followers leave none', ['kill: followers', PUT], [LOST]],
  ['who was kept comes back', ['kill: majority\nas: gone', 'start: "${results.gone.members}"', PUT], []],
  ['`all` brings all back', ['kill: majority', 'start: all', PUT], []],
  ['one by name, and another after the leader', ['kill: leader', 'kill: etcd-2', PUT], [LOST]],
  [
    'an expectation shows who it was, and that was not one more',
    ['kill: leader', 'expect: {exit: {member: etcd-2, code: 137}, running: [etcd-1, etcd-3]}', PUT],
    [],
  ],
  [
    'who was kept, and seen, may run again',
    [
      'stop: leader\nas: stopped',
      'expect: {exit: {member: etcd-2, code: 0}}',
      'start: "${results.stopped.members}"',
      'expect: {leader: etcd-2}',
    ],
    [],
  ],
])('%s', (_, steps, expected) => {
  expect(messagesOf(drill('start: all', ...steps))).toEqual(expected);
});

it('takes time in proportion to the drill', () => {
  const steps = ['kill: leader', 'start: all', 'put: {key: foo, value: bar}', 'kill: etcd-2', 'start: etcd-2'];
  const long = drill('start: all', ...Array.from({ length: 8_000 }, (_, i) => steps[i % steps.length] ?? ''));
  expect(messagesOf(long)).toEqual([]);
});
