/** The page that fixes the language, sentence by sentence, as far as a file and a plan show what they mean. */
import { STEPS } from '../../src/steps';
import { hexId } from '../../src/steps/expect/id';
import { planCases } from '../../src/run/plan';
import { MODIFIERS } from '../../src/scenario/top-level';
import { allProblemsIn, boundStep, drill, messagesOf, problemsIn, scenarioOf } from './fixture';

/** A drill in which a line stands at the end of its steps; what stands before makes it sensible. */
const after = (...steps: string[]): string => drill('start: all', ...steps);
const top = (line: string, ...steps: string[]): string => `${line}\n${drill('start: all', ...steps)}`;
const first = (text: string): string | undefined => messagesOf(text)[0]?.replace(/^\d+:\d+ /, '');

describe('what may be written', () => {
  it.each([
    ['members are names', 'name: x\nmembers: [one, two]\nsteps: [start: [one, two]]\n'],
    ['an `etcd` that is a list', top('etcd: [3.5.16, 3.6.16]')],
    ['flags as etcd spells them, null drops one', top('flags: {snapshot-count: 5, pre-vote: null}')],
    ['`language: 1`', top('language: 1')],
    ['keys that begin with `x-`', top('x-anything: {at: [all]}', 'get: a\nx-more: b')],
    ['expectError as a list', after('put: {key: a, value: b}\nexpectError: [no leader, request timed out]')],
    ['expectError as a pattern', after('put: {key: a, value: b}\nexpectError: {matches: "no .*"}')],
    ['expectError beside the value that a put writes', after('put: {key: a, value: b}\nexpectError: no leader')],
    ['`for` with `expect`', after('expect: {healthy: all}\nwithin: 1m\nfor: 3s')],
    ['a step with `when`', after('get: {key: a, absent: true}\nwhen: {etcd: ">=3.6"}')],
    ['`stop: majority`', after('stop: majority')],
    ['`kill: [etcd-1, etcd-2]`', after('kill: [etcd-1, etcd-2]')],
    ['who was killed is started', after('kill: leader\nas: victim', 'start: ${results.victim.members}')],
    [
      'all that `start` takes',
      drill(
        'start: {member: etcd-1, version: 3.5.16, flags: {snapshot-count: 5}, initialCluster: [etcd-1], initialClusterState: new, ' +
          'initialClusterToken: t, peerURL: "http://etcd-1:2380", forceNewCluster: true, newAddress: true, waitFor: running}',
      ),
    ],
    ['`waitFor: none`', drill('start: {member: etcd-1, waitFor: none}')],
    [
      'all that `member-add` takes',
      after(
        'stop: etcd-3',
        'member-remove: etcd-3',
        'member-add: {member: etcd-3, learner: true, peerURL: "http://other:2380"}',
      ),
    ],
    [
      'the other member changes',
      after('member-update: {member: etcd-3, peerURL: "http://other:2380"}', 'move-leader: etcd-2'),
    ],
    ['the leadership for a follower', after('move-leader: follower')],
    ['all that `put` takes', after('put: {key: a, size: 200KiB, to: etcd-1, lease: 1f, prevValue: b}')],
    [
      'all that `get` takes',
      after(
        'get: {key: "", count: 1, hash: ' +
          `${'0a'.repeat(32)}, from: all, prefix: true, revision: 3, maxModRevision: 2, lease: 0, consistency: serializable}`,
      ),
    ],
    ['all that `delete` takes', after('delete: {key: a, prefix: true, to: leader, count: 3}')],
    [
      'every condition and operation of `txn`',
      after(
        'txn: {if: [{key: a, value: b}, {key: a, version: 1, is: ">"}, {key: a, createRevision: 2, is: "!="}, {key: a, modRevision: 2, ' +
          'is: "<"}, {key: a, lease: 0, is: "="}], then: [put: {key: a, value: b}, get: {key: a}, delete: {key: a}], else: [get: {key: a}], succeeded: true}',
      ),
    ],
    [
      'leases',
      after(
        'lease-grant: 5s\nas: l',
        'put: {key: a, value: b, lease: "${results.l.id}"}',
        'lease-keepalive: ${results.l.id}',
        'lease-revoke: ${results.l.id}',
      ),
    ],
    ['`compact: current`', after('compact: {revision: current, physical: true}', 'compact: 5')],
    ['`defrag` and `alarm-disarm`', after('defrag: all', 'alarm-disarm: all')],
    [
      'all of backup and restore',
      after(
        'snapshot: {save: b, from: etcd-1}',
        'stop: all',
        'wipe: all',
        'restore: {member: all, snapshot: b, initialCluster: [etcd-1, etcd-2, etcd-3], initialClusterToken: t, bumpRevision: 5, markCompacted: true, skipHashCheck: true}',
        'snapshot-status: {snapshot: b, totalKeys: 3, revision: 4}',
      ),
    ],
    [
      '`upgrade` with flags',
      top('etcd: 3.5.16', 'upgrade: {member: followers, to: 3.6.16, flags: {snapshot-count: 5}}'),
    ],
    ['`downgrade`', top('etcd: 3.6.16', 'downgrade: {member: all, to: 3.5.35}')],
    [
      'every row of `expect`',
      after(
        'expect: {healthy: all, running: [etcd-1, etcd-2, etcd-3], leader: any, members: [etcd-1, etcd-2, etcd-3], clusterId: 1052f362c31a5266, ' +
          'version: {cluster: 3.5, member: {etcd-1: 3.5.16}}, consistent: true, alarms: none, log: {member: etcd-2, contains: cluster ID mismatch}, ' +
          'address: {member: etcd-1, changed: true}}\nwithin: 30s',
        'expect: {members: {etcd-1: {id: a3959071884acd0c, learner: false}}, clusterId: {etcd-2: 1176270058202747494}, consistent: {among: [etcd-1, etcd-2]}, ' +
          'alarms: [NOSPACE], log: {member: etcd-2, absent: panic, incarnation: any}}',
        'expect: {leases: {count: "<3", lease: 7f, remaining: ">=590s"}}',
        'expect: {leases: {lease: 7f, absent: true}}',
        'expect: {leader: none, alarms: {CORRUPT: [etcd-2]}, unhealthy: [etcd-2], exit: {member: etcd-3, code: 1}}\nwithin: 0s',
      ),
    ],
    [
      'blocks',
      after(
        'parallel: [put: {key: a, value: b}, get: a]',
        'repeat: {times: 20, steps: [put: {key: "k${repeat.index}", value: b}]}',
        'repeat: {until: {expect: {healthy: all}}, times: 3, steps: [get: a]}',
        'during: {workload: {writers: 16, keys: 32, rate: 200/s}, steps: [kill: etcd-2], expect: {lostWrites: 0, outage: "<5s"}}',
        'etcdctl: {on: etcd-1, args: [endpoint, status], output: "…"}',
        'note: "why this matters"',
        'sleep: 2s',
      ),
    ],
  ])('%s', (_, text) => {
    expect(problemsIn(text)).toEqual([]);
  });
});

describe('what is an error', () => {
  it.each([
    ['a drill without a name', 'members: 3\nsteps: [start: all]\n', 'a scenario lacks `name`'],
    ['a word that the language does not have', top('retries: 3'), 'a scenario has no `retries`'],
    ['an unknown argument', after('get: {key: a, vaule: b}'), '`get` has no `vaule`'],
    ['an unknown key deep inside', after('txn: {then: [put: {kye: a, value: b}]}'), '`put` has no `kye`'],
    [
      'two actions in a step',
      after('get: a\nkill: etcd-1'),
      'a step has one action, and this one has `get` and `kill`',
    ],
    [
      'an expression for a list of steps',
      'name: x\nmembers: 3\nvars: {s: a}\nsteps: ${vars.s}\n',
      '`steps` takes a list of steps, not "${vars.s}"',
    ],
    [
      'an expression as a key',
      'vars: {k: a}\n' + after('put: {key: a, "${vars.k}": b}'),
      'a key is never replaced: no expression can stand in it',
    ],
    [
      'an expression for members',
      'name: x\nmembers: ${vars.m}\nvars: {m: "3"}\nsteps: [start: all]\n',
      'no expression can stand in `members`',
    ],
    ['an expression that names nothing', after('get: "${vars.a}"'), 'there is no variable `a`'],
    [
      'a lease that is not said',
      after('expect: {leases: {remaining: 5s}}'),
      '`remaining` is about one lease: `lease` says which',
    ],
    [
      'a lease that has to be and not to be',
      after('expect: {leases: {lease: 7f, remaining: 5s, absent: true}}'),
      'a lease that is absent has no time left',
    ],
    [
      'expectError beside the `value` of a get',
      after('get: {key: a, value: b}\nexpectError: no leader'),
      '`expectError` is about what etcd says; it does not negate `value`',
    ],
    [
      'expectError beside `absent`',
      after('get: {key: a, absent: true}\nexpectError: no leader'),
      '`expectError` is about what etcd says; it does not negate `absent`',
    ],
    [
      'expectError beside the `count` of a get',
      after('get: {key: a, count: 1}\nexpectError: no leader'),
      '`expectError` is about what etcd says; it does not negate `count`',
    ],
    [
      'expectError beside the `count` of a delete',
      after('delete: {key: a, count: 1}\nexpectError: no leader'),
      '`expectError` is about what etcd says; it does not negate `count`',
    ],
    ['a leader that is started', after('kill: etcd-1', 'start: leader'), '"leader" is no member of this scenario'],
    ['a selector in a list', after('kill: [leader, etcd-1]'), '"leader" is no member of this scenario'],
    ['a running member that is started', after('start: etcd-1'), 'etcd-1 is running already'],
    [
      'a start that can make no quorum',
      'name: x\nmembers: 2\nsteps: [start: etcd-1]\n',
      'etcd-1 alone is 1 of 2, which is no quorum: start more of etcd-1, etcd-2 together, set `initialCluster: [etcd-1]`, or `waitFor: running`',
    ],
    ['a wipe of a running member', after('wipe: etcd-1'), 'etcd-1 is running here'],
    [
      'a restore to a running member',
      after('snapshot: b', 'restore: {member: etcd-1, snapshot: b}'),
      'etcd-1 is running here',
    ],
    [
      'a restore to a member with data',
      after('snapshot: b', 'stop: etcd-1', 'restore: {member: etcd-1, snapshot: b}'),
      'etcd-1 has data here',
    ],
    [
      'a snapshot never taken',
      after('stop: all', 'wipe: all', 'restore: {member: all, snapshot: b}'),
      'no step before this one takes a snapshot "b"',
    ],
    [
      'a restore flag that needs another',
      after('snapshot: b', 'stop: all', 'wipe: all', 'restore: {member: all, snapshot: b, bumpRevision: 5}'),
      '`bumpRevision` and `markCompacted: true` need each other: etcd takes both or neither',
    ],
    [
      'a restart that would change how a member is started',
      after('restart: {member: etcd-1, forceNewCluster: true}'),
      '`restart` has no `forceNewCluster`',
    ],
    [
      'a write without a majority',
      after('kill: [etcd-1, etcd-2]', 'put: {key: a, value: b}'),
      'at most 1 of 3 voters runs here, and `put` needs 2',
    ],
    [
      'a skipped minor version',
      top('etcd: 3.4.23', 'upgrade: {member: all, to: 3.6.16}'),
      expect.stringContaining('3.6.16 skips a minor version'),
    ],
    [
      'a downgrade before 3.6',
      top('etcd: 3.5.35', 'downgrade: {member: all, to: 3.4.23}'),
      expect.stringContaining('etcd can be downgraded from 3.6 on, and etcd-1 runs 3.5.35'),
    ],
    [
      'two steps side by side on one member',
      after('parallel: [kill: etcd-1, stop: etcd-1]'),
      '`kill` beside this step acts on etcd-1 as well',
    ],
    [
      'a repeat without bounds',
      after('repeat: {until: {expect: {healthy: all}}, steps: [get: a]}'),
      '`until` needs a bound: `times` at most, or `within`',
    ],
    [
      'a learner in `consistent`',
      after(
        'member-remove: etcd-3',
        'wipe: etcd-3',
        'member-add: {member: etcd-3, learner: true}',
        'start: etcd-3',
        'expect: {consistent: {among: [etcd-1, etcd-3]}}',
      ),
      'etcd-3 is a learner here, which answers no HashKV',
    ],
    [
      'the result of a skipped step',
      after(
        'put: {key: a, value: b}\nas: w\nwhen: {etcd: ">=3.6"}',
        'get: {key: a, revision: "${results.w.revision}"}',
      ),
      'the step that keeps `results.w` is skipped with etcd 3.5.35, and this one is not',
    ],
    [
      'a flag that this version lacks',
      top('etcd: 3.3.25\nflags: {unsafe-no-fsync: true}'),
      expect.stringContaining('etcd 3.3.25 has no flag --unsafe-no-fsync'),
    ],
  ])('%s', (_, text, message) => {
    expect(first(text)).toEqual(message);
    expect(messagesOf(text)).toHaveLength(1);
  });

  it.each(['partition', 'heal', 'delay', 'corrupt', 'fill-disk'])(
    '%s, which is reserved, and said to be so',
    (action) => {
      expect(first(after(`${action}: etcd-1`))).toBe(`\`${action}\` is reserved and not built yet`);
    },
  );

  it.each([
    'name',
    'data-dir',
    'listen-peer-urls',
    'listen-client-urls',
    'listen-metrics-urls',
    'advertise-client-urls',
    'initial-advertise-peer-urls',
    'initial-cluster',
    'initial-cluster-state',
    'initial-cluster-token',
    'force-new-cluster',
  ])('the flag %s, which the runner owns: the argument to use is named', (flag) => {
    const problems = problemsIn(top(`flags: {${flag}: x}`));
    expect(problems.map(({ message }) => message)).toEqual([`the runner sets --${flag} itself`]);
    expect(problems[0]?.hint).not.toBeUndefined();
    expect(problemsIn(after('stop: etcd-1', `start: {member: etcd-1, flags: {${flag}: x}}`))).toHaveLength(1);
  });
});

describe('what it means', () => {
  it('members: a number N means etcd-1 to etcd-N', () => {
    expect(scenarioOf(drill('start: all')).members).toEqual(['etcd-1', 'etcd-2', 'etcd-3']);
  });

  it('the matrix: once for each combination, replaced in every string', () => {
    const scenario = scenarioOf(
      'name: Of ${matrix.v}\ndescription: About ${matrix.v}\ntags: ["t-${matrix.v}"]\nmatrix: {v: [a]}\nmembers: 3\nsteps:\n' +
        '  - put: {key: "${matrix.v}", value: "-${matrix.v}-"}\n    name: it is ${matrix.v}\n    expectError: no ${matrix.v}\n',
    );
    const { name, description, tags, steps } = scenario;
    expect({ name, description, tags }).toEqual({ name: 'Of a', description: 'About a', tags: ['t-a'] });
    expect(boundStep(steps[0])).toBe('put a = "-a-"');
    expect(steps[0]?.modifiers).toMatchObject({ name: 'it is a', expectError: 'no a' });
  });

  it('--etcd selects among a drill’s own versions and fills them in where there are none; `requires` skips and says why', () => {
    const versions = (text: string, etcd: string[] | undefined): string[] =>
      planCases([scenarioOf(text)], { etcd, defaultEtcd: ['3.5.35'], repeat: 1 }).cases.map(
        ({ version, skip }) => `${version}${skip === undefined ? '' : `: ${skip}`}`,
      );
    expect(versions(top('etcd: [3.4.23, 3.5.16]'), ['3.5.16', '3.6.16'])).toEqual(['3.5.16']);
    expect(versions(top('etcd: [3.4.23, 3.5.16]'), ['3.6.16'])).toEqual([
      '3.4.23: it is for etcd 3.4.23, 3.5.16, and --etcd says 3.6.16',
    ]);
    expect(versions(top('tags: []'), ['3.3.25', '3.6.16'])).toEqual(['3.3.25', '3.6.16']);
    expect(versions(top('tags: []'), undefined)).toEqual(['3.5.35']);
    expect(versions(top('requires: {etcd: ">=3.4"}'), ['3.3.25'])).toEqual([
      '3.3.25: it requires etcd >=3.4, and this is 3.3.25',
    ]);
  });

  it.each([
    ['1052f362c31a5266', '1052f362c31a5266'],
    ['1176270058202747494', '1052f362c31a5266'],
    ['0000000000000001', '1'],
    ['1000000000000000', '1000000000000000'],
    ['10000000000000000', '2386f26fc10000'],
    ['18446744073709551615', 'ffffffffffffffff'],
  ])('an ID of up to 16 hex digits is hex, one of 17 to 20 digits is decimal: %s', (written, hex) => {
    expect(hexId(written)).toBe(hex);
  });

  it('`within` is for reads, writes, member changes and `expect`; what may have been applied is tried again only by some', () => {
    const by = (retry: string): string[] =>
      [...STEPS.values()].filter((step) => step.retry === retry).map(({ name }) => name);
    expect(by('always')).toEqual(['delete', 'expect', 'get', 'probe', 'put']);
    expect(by('definite')).toEqual([
      'compact',
      'lease-grant',
      'lease-keepalive',
      'lease-revoke',
      'member-add',
      'member-promote',
      'member-remove',
      'member-update',
      'move-leader',
      'txn',
    ]);
    for (const name of by('never')) {
      const step = STEPS.get(name);
      const own = Object.hasOwn(step?.schema.properties ?? {}, 'within');
      if (!own) expect(MODIFIERS.properties).toHaveProperty('within');
    }
  });

  it.each([
    [['start', 'stop', 'kill', 'wipe', 'restart', 'restore', 'member-remove', 'upgrade', 'defrag'], ['members']],
    [
      ['put', 'delete', 'txn'],
      ['revision', 'outcome'],
    ],
    [['get'], ['value', 'count', 'revision', 'modRevision']],
    [['lease-grant'], ['id', 'ttl']],
    [['snapshot'], ['path', 'revision', 'hash']],
    [['member-add'], ['id']],
    [['etcdctl'], ['stdout', 'exitCode']],
  ])('%s leave %s under `as`', (actions, fields) => {
    for (const action of actions)
      expect(Object.keys(STEPS.get(action)?.result ?? {})).toEqual(expect.arrayContaining(fields));
  });

  it.each([
    ['start', 'member'],
    ['stop', 'member'],
    ['kill', 'member'],
    ['wipe', 'member'],
    ['restart', 'member'],
    ['member-add', 'member'],
    ['member-remove', 'member'],
    ['member-promote', 'member'],
    ['member-update', 'member'],
    ['move-leader', 'member'],
    ['get', 'key'],
    ['delete', 'key'],
    ['lease-grant', 'ttl'],
    ['lease-revoke', 'lease'],
    ['lease-keepalive', 'lease'],
    ['compact', 'revision'],
    ['defrag', 'member'],
    ['alarm-disarm', 'alarm'],
    ['snapshot', 'save'],
    ['restore', 'member'],
    ['snapshot-status', 'snapshot'],
    ['parallel', 'steps'],
    ['use', 'file'],
    ['etcdctl', 'args'],
    ['note', 'text'],
    ['sleep', 'time'],
  ])('the short form of %s is its `%s`', (action, main) => {
    expect(STEPS.get(action)?.main).toBe(main);
  });

  it('`${repeat.index}` counts from 0, and is a number where one is asked for', () => {
    const { steps } = scenarioOf(
      after('repeat: {times: 2, steps: [get: {key: "k${repeat.index}", count: "${repeat.index}"}]}'),
    );
    const scope = { results: new Map(), skipped: new Set<string>(), repeatIndex: 0 };
    expect(steps[1]?.nested[0]?.bind(scope).sentence()).toBe('read k0: 0 keys');
  });

  it('all problems of a file at once, each with its place and one message', () => {
    expect(messagesOf('naem: x\nmembers: [a, a]\netcd: 3\nsteps:\n  - kil: a\n  - get: {key: k, cont: 3}\n')).toEqual([
      '1:1 a scenario has no `naem`',
      '2:14 `members` has "a" twice',
      '3:7 `etcd` takes a full version such as 3.5.35, not "3"',
      '5:5 there is no action `kil`',
      '6:19 `get` has no `cont`',
    ]);
  });

  it('a `sleep` before an assertion is asked about, and allowed', () => {
    expect(
      allProblemsIn(after('sleep: 2s', 'expect: {healthy: all}')).map(({ rule, severity }) => [rule, severity]),
    ).toEqual([['sleep-before-assertion', 'warning']]);
  });
});
