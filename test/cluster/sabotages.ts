/**
 * A sabotage for every shipped drill. Most entries change what is done, not what is expected, so that it is etcd that
 * answers otherwise.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './helpers';
import { UPGRADE_SABOTAGES } from './sabotages-upgrade';

export interface Sabotage {
  drill: string;
  /** Text of the drill, and what stands in its place; `dropped` for a line that is left out. */
  replace: [text: string, by: string][];
  etcd?: string;
  /** A part of the line of the step that must fail, as it stands in the sabotaged drill. */
  at: string;
  message: string | RegExp;
  comparisons?: (string | RegExp)[];
}

const dropped = '';

/** What a rehearsal says of one key that is not what it was. */
const ONE_KEY_LOST = [
  ...[1, 2, 3].flatMap((n) => [
    `number of keys on etcd-${n}: expected 19; actual 18`,
    new RegExp(`^hash of the keys on etcd-${n}: expected sha256 [0-9a-f]{12}…; actual sha256 [0-9a-f]{12}…$`),
  ]),
  ...[1, 2, 3].map((n) => `keys that are gone or were written since, on etcd-${n}: expected none; actual app/3`),
];

export const SABOTAGES: Record<string, Sabotage> = {
  'the second member has a list that holds itself alone, and serves': {
    drill: 'bootstrap/both-new-mismatch.yaml',
    replace: [
      [
        'start: {member: etcd-2, initialCluster: [etcd-1, etcd-2]}',
        'start: {member: etcd-2, initialCluster: [etcd-2]}',
      ],
    ],
    at: '- start: {member: etcd-2',
    message: 'etcd-2 started and serves, although it was expected to say "cluster ID mismatch"',
  },
  'the ID of the cluster that is never formed differs in its last digit': {
    drill: 'bootstrap/both-new-mismatch.yaml',
    replace: [['etcd-2: b2698d4259f33e40', 'etcd-2: b2698d4259f33e41']],
    at: '- expect:',
    message: 'the cluster is not as expected',
    comparisons: ['cluster ID on etcd-2: expected b2698d4259f33e41; actual b2698d4259f33e40'],
  },
  'the second member was added, and is let in': {
    drill: 'bootstrap/existing-without-add.yaml',
    replace: [['  - start: {member: etcd-2', '  - member-add: etcd-2\n  - start: {member: etcd-2']],
    at: '- start: {member: etcd-2',
    message: 'etcd-2 started and serves, although it was expected to say "member count is unequal"',
  },
  'the first member holds another value': {
    drill: 'bootstrap/first-member.yaml',
    replace: [['put: {key: foo, value: bar}', 'put: {key: foo, value: baz}']],
    at: '- get: {key: foo, value: bar}',
    message: '"foo" is not as expected',
    comparisons: ['value of "foo" on etcd-1: expected "bar"; actual "baz"'],
  },
  'the first member has another ID': {
    drill: 'bootstrap/first-member.yaml',
    replace: [['id: a3959071884acd0c', 'id: a3959071884acd0d']],
    at: '- expect:',
    message: 'the cluster is not as expected',
    comparisons: ['ID of etcd-1 on etcd-1: expected a3959071884acd0d; actual a3959071884acd0c'],
  },
  'the first of three is a cluster of its own, and serves': {
    drill: 'bootstrap/static.yaml',
    replace: [['start: {member: etcd-1, waitFor: running}', 'start: {member: etcd-1, initialCluster: [etcd-1]}']],
    at: '- expect: {unhealthy: [etcd-1]',
    message: 'the cluster is not as expected',
    comparisons: [
      'etcd-1: expected runs and does not serve; actual serves',
      'leader on etcd-1: expected none; actual one is known',
    ],
  },
  'the disks were not emptied': {
    drill: 'bootstrap/static.yaml',
    replace: [['  - wipe: all\n', dropped]],
    at: '- get: {key: foo, absent: true}',
    message: '"foo" is not as expected',
    comparisons: [/^"foo" on etcd-1: expected no such key; actual "bar"$/],
  },
  'the decimal ID of the second cluster differs in its last digit, which a double would round away': {
    drill: 'bootstrap/static.yaml',
    replace: [['1176270058202747494', '1176270058202747495']],
    at: '- expect: {clusterId: 1176270058202747495}',
    message: 'the cluster is not as expected',
    comparisons: [1, 2, 3].map((n) => `cluster ID on etcd-${n}: expected 1052f362c31a5267; actual 1052f362c31a5266`),
  },
  'the stray member was given the key as well': {
    drill: 'bootstrap/stray-second-cluster.yaml',
    replace: [
      [
        '  - get: {key: foo, absent: true',
        '  - put: {key: foo, value: own, to: etcd-2}\n  - get: {key: foo, absent: true',
      ],
    ],
    at: '- get: {key: foo, absent: true, from: etcd-2}',
    message: '"foo" is not as expected',
    comparisons: ['"foo" on etcd-2: expected no such key; actual "own"'],
  },
  'the second member was not added, so that the first one kept its quorum': {
    drill: 'membership/add-second.yaml',
    replace: [['  - member-add: etcd-2\n', dropped]],
    at: '- put: {key: meanwhile',
    message: 'it succeeded, although it had to fail',
    comparisons: ['error: expected "deadline exceeded" or "request timed out"; actual no error: it succeeded'],
  },
  'the third member was not added': {
    drill: 'membership/add-third.yaml',
    replace: [['  - member-add: etcd-3\n', dropped]],
    at: '- start: etcd-3',
    message: /^etcd-3 exited with code 1 before it served: .*etcd-3/,
  },
  'the third member was asked for what was written before it was added': {
    drill: 'membership/add-third.yaml',
    replace: [['get: {key: foo, value: still bar', 'get: {key: foo, value: bar']],
    at: '- get: {key: foo, value: bar',
    message: '"foo" is not as expected',
    comparisons: ['value of "foo" on etcd-3: expected "bar"; actual "still bar"'],
  },
  'all were stopped gracefully before the fork, and nothing was lost': {
    drill: 'recovery/force-new-cluster-fork.yaml',
    etcd: '3.4.23',
    replace: [['  - kill: all\n', '  - stop: all\n']],
    at: '- get: {key: last, absent: true, from: etcd-2}',
    message: '"last" is not as expected',
    comparisons: ['"last" on etcd-2: expected no such key; actual "written"'],
  },
  'the survivor was started without --force-new-cluster': {
    drill: 'recovery/majority-from-live-member.yaml',
    replace: [
      [
        'start: {member: etcd-1, forceNewCluster: true}\n',
        'start: etcd-1 # etcd-scenarios-disable-line start-without-quorum\n    timeout: 4s\n',
      ],
    ],
    at: '- start: etcd-1',
    message: 'etcd-1 did not serve; it last answered: ',
  },
  'the late key was in the snapshot': {
    drill: 'recovery/majority-from-snapshot.yaml',
    replace: [['  - snapshot: {', '  - put: {key: late, value: early}\n  - snapshot: {']],
    at: '- get: {key: late, absent: true}',
    message: '"late" is not as expected',
    comparisons: [/^"late" on etcd-\d: expected no such key; actual "early"$/],
  },
  'only one of three was killed, which leaves a majority': {
    drill: 'recovery/majority-with-data.yaml',
    replace: [
      // Not the leader: a write that is under way when it dies is lost with it.
      ['kill: [etcd-2, etcd-3]', 'move-leader: etcd-1\n  - kill: [etcd-3]'],
      ['start: {member: [etcd-2, etcd-3]', 'start: {member: [etcd-3]'],
    ],
    at: '- put: {key: meanwhile',
    message: 'it succeeded, although it had to fail',
    comparisons: ['error: expected "deadline exceeded" or "request timed out"; actual no error: it succeeded'],
  },
  'the machines kept their addresses': {
    drill: 'recovery/majority-with-data.yaml',
    replace: [['start: {member: [etcd-2, etcd-3], newAddress: true}', 'start: {member: [etcd-2, etcd-3]}']],
    at: '- expect: {address: {member: etcd-2, changed: true}}',
    message: 'the cluster is not as expected',
    comparisons: [/^address of etcd-2: expected not (\d+(\.\d+){3}); actual \1$/],
  },
  'the disk of the one machine was lost as well': {
    drill: 'recovery/minority-with-data.yaml',
    replace: [
      [
        '  - start: {member: etcd-1',
        '  - wipe: etcd-1\n  # etcd-scenarios-disable-next-line lost-data\n  - start: {member: etcd-1',
      ],
    ],
    at: '- start: {member: etcd-1, newAddress: true}',
    message: /^etcd-1 exited with code 1 before it served: .*has already been bootstrapped/,
  },
  'the disk was not lost': {
    drill: 'recovery/minority-without-data.yaml',
    replace: [['  - wipe: etcd-1\n', dropped]],
    at: '- start: {member: etcd-1, newAddress: true}',
    message:
      'etcd-1 started and serves, although it was expected to say "member a3959071884acd0c has already been bootstrapped"',
  },
  'the cluster remembers another member': {
    drill: 'recovery/minority-without-data.yaml',
    replace: [['member a3959071884acd0c has', 'member a3959071884acd0d has']],
    at: '- start: {member: etcd-1, newAddress: true}',
    message: 'it failed, but with another error',
    comparisons: [/actual etcd-1 said: .*member a3959071884acd0c has already been bootstrapped/],
  },
  'the history is not compacted, so defragmenting frees nothing': {
    drill: 'recovery/nospace.yaml',
    replace: [
      [
        '  - name: Compact the history up to the current revision\n    compact: {revision: current, physical: true}\n',
        dropped,
      ],
    ],
    at: '- put: {key: after',
    message: /^etcd-\d said: etcdserver: mvcc: database space exceeded$/,
  },
  'the members are not defragmented, so their files do not shrink': {
    drill: 'recovery/nospace.yaml',
    replace: [
      ['  - name: Defragment the followers\n    defrag: followers\n', dropped],
      ['  - name: Defragment the leader, last\n    defrag: leader\n', dropped],
    ],
    at: '- put: {key: after',
    message: /^etcd-\d said: etcdserver: mvcc: database space exceeded$/,
  },
  ...UPGRADE_SABOTAGES,
  'the disks were not lost, and neither was the data': {
    drill: 'recovery/nothing-left.yaml',
    replace: [['  - wipe: all\n', dropped]],
    at: '- get: {key: foo, absent: true',
    message: '"foo" is not as expected',
    comparisons: [1, 2, 3].map((n) => `"foo" on etcd-${n}: expected no such key; actual "bar"`),
  },
  'the members are started again, and not upgraded': {
    drill: 'upgrade/rehearsal.yaml',
    replace: [
      ['./sample.db', join(ROOT, 'scenarios/upgrade/sample.db')],
      ["upgrade: {member: all, to: '${vars.to}'}", 'restart: all'],
      ['within: 60s', 'within: 5s'],
    ],
    at: '- expect:',
    message: 'the cluster is not as expected',
    comparisons: [1, 2, 3].map((n) => `version on etcd-${n}: expected 3.6.16; actual 3.5.35`),
  },
  'a key of the snapshot is deleted on the way': {
    drill: 'upgrade/rehearsal.yaml',
    replace: [
      ['./sample.db', join(ROOT, 'scenarios/upgrade/sample.db')],
      ['      expect: {lostWrites: 0}\n', '      expect: {lostWrites: 0}\n  - delete: app/3\n'],
    ],
    at: '- get:',
    message: 'the keys are not as expected',
    comparisons: ONE_KEY_LOST,
  },
  'a key of the snapshot is written on the way back': {
    drill: 'upgrade/rehearsal-back.yaml',
    replace: [
      ['./sample.db', join(ROOT, 'scenarios/upgrade/sample.db')],
      [
        '  - get: {key: /etcd-scenarios/rehearsal/before',
        '  - put: {key: app/3, value: another}\n  - get: {key: /etcd-scenarios/rehearsal/before',
      ],
    ],
    at: '- get:',
    message: 'the keys are not as expected',
    comparisons: ONE_KEY_LOST,
  },
  'the members are started again, and not taken back': {
    drill: 'upgrade/rehearsal-back.yaml',
    replace: [
      ['./sample.db', join(ROOT, 'scenarios/upgrade/sample.db')],
      ["downgrade: {member: all, to: '${vars.from}'}", 'restart: all'],
      ['within: 60s', 'within: 5s'],
    ],
    at: '- expect:',
    message: 'the cluster is not as expected',
    comparisons: [1, 2, 3].map((n) => `version on etcd-${n}: expected 3.5.35; actual 3.6.16`),
  },
};

export const FOLDER = join(ROOT, 'scenarios');

/** The drill with one thing changed. Fails where the drill no longer says what was to be replaced. */
export function sabotaged({ drill, replace, etcd }: Sabotage): string {
  const original = readFileSync(join(FOLDER, drill), 'utf8');
  const text = replace.reduce((before, [from, by]) => {
    if (!before.includes(from)) throw new Error(`${drill} no longer says ${JSON.stringify(from)}`);
    return before.replace(from, () => by);
  }, original);
  if (etcd === undefined) return text;
  return text.replace(/^etcd: .*\n/m, '').replace(/^steps:$/m, `etcd: ${etcd}\n\nsteps:`);
}
