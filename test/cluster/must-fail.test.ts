/** A runner that never goes red proves nothing: drills that must fail, each for its reason and at its place. */
import { inconsistencies, runDrills, told, yamlOf, type Case, type Drill, type DrillRun } from './helpers';

interface Red extends Drill {
  /** A part of the failure's message. */
  message: string | RegExp;
  /** The comparisons that did not hold, as `told` has them; patterns may stand for text. */
  comparisons?: (string | RegExp)[];
  waitedFor?: string;
  /** What else must be so. */
  also?(found: Case): void;
}

/** The line that must fail has this comment. */
const HERE = '# here';

const ONE_SERVES = '- start: all';
/** A member that elects nobody for longer than any test lasts, with data and without. */
const NEVER_ELECTS = '{heartbeat-interval: 5000, election-timeout: 50000}';

const READS: Record<string, Red> = {
  'a value that is another one': {
    steps: `
      - start: all
      - put: {key: foo, value: bar}
      - get: {key: foo, value: baz} # here`,
    message: '"foo" is not as expected',
    comparisons: ['value of "foo" on etcd-1: expected "baz"; actual "bar"'],
  },
  'a value that looks like a number and differs in its text': {
    steps: `
      - start: all
      - put: {key: foo, value: 007}
      - get: {key: foo, value: 7} # here`,
    message: '"foo" is not as expected',
    comparisons: ['value of "foo" on etcd-1: expected "7"; actual "007"'],
  },
  'a key that is absent': {
    steps: `
      - start: all
      - get: {key: foo, value: bar} # here`,
    message: '"foo" is not as expected',
    comparisons: ['value of "foo" on etcd-1: expected "bar"; actual no such key'],
  },
  'a key that had to be absent and is there': {
    steps: `
      - start: all
      - put: {key: foo, value: bar}
      - get: {key: foo, absent: true} # here`,
    message: '"foo" is not as expected',
    comparisons: ['"foo" on etcd-1: expected no such key; actual "bar"'],
  },
  'a wrong number of keys': {
    steps: `
      - start: all
      - put: {key: a/1, value: x}
      - put: {key: a/2, value: x}
      - get: {key: a/, prefix: true, count: 3} # here`,
    message: '"a/" is not as expected',
    comparisons: ['number of keys at "a/" on etcd-1: expected 3; actual 2'],
  },
  'a wrong number of deleted keys': {
    steps: `
      - start: all
      - put: {key: foo, value: bar}
      - delete: {key: foo, count: 2} # here`,
    message: 'another number of keys was deleted',
    comparisons: ['keys deleted at "foo": expected 2; actual 1'],
  },
  'a previous value that was another one': {
    steps: `
      - start: all
      - put: {key: foo, value: bar}
      - put: {key: foo, value: new, prevValue: baz} # here`,
    message: '"foo" held something else before',
    comparisons: ['previous value of "foo": expected "baz"; actual "bar"'],
  },
  'conditions of a transaction that turn out otherwise': {
    steps: `
      - start: all
      - put: {key: foo, value: bar}
      - txn: {if: [{key: foo, value: baz}], then: [{put: {key: foo, value: won}}], succeeded: true} # here`,
    message: 'the conditions turned out otherwise',
    comparisons: ['succeeded: expected true; actual false'],
  },
  'a read that does not come right within its time': {
    steps: `
      - start: all
      - get: {key: foo, count: 1} # here
        within: 1s`,
    message: '"foo" is not as expected',
    comparisons: ['number of keys at "foo" on etcd-1: expected 1; actual 0'],
    waitedFor: 'it to come out as written',
    also({ failure }) {
      expect(failure.attempts).toBeGreaterThan(3);
      expect(failure.durationMs).toBeGreaterThanOrEqual(1000);
      expect(failure.durationMs).toBeLessThan(20_000);
    },
  },
};

const ERRORS: Record<string, Red> = {
  'an expected error that does not come': {
    steps: `
      - start: all
      - put: {key: foo, value: bar} # here
        expectError: request timed out`,
    message: 'it succeeded, although it had to fail',
    comparisons: ['error: expected "request timed out"; actual no error: it succeeded'],
  },
  'another error than the expected one': {
    steps: `
      - start: all
      - compact: 1000 # here
        expectError: required revision has been compacted`,
    message: 'it failed, but with another error',
    comparisons: [
      'error: expected "required revision has been compacted"; actual etcd-1 said: etcdserver: mvcc: required revision is a future revision',
    ],
  },
  'an error that nobody expected': {
    steps: `
      - start: all
      - compact: 1000 # here`,
    message: 'etcd-1 said: etcdserver: mvcc: required revision is a future revision',
  },
  'a write without a quorum, whose outcome nobody knows': {
    members: 3,
    steps: `
      - start: all
      - kill: followers
      - put: {key: foo, value: lost} # here
        timeout: 1s
        expectError: no such error`,
    message: 'it failed, but with another error',
    comparisons: [/^error: expected "no such error"; actual etcd-\d said: deadline exceeded after 1s$/],
    also(found) {
      expect(found.step('3').notes).toContain('outcome unknown: it may have been applied all the same');
    },
  },
  'a write that is refused, and certainly not applied': {
    steps: `
      - start: all
      - put: {key: foo, value: bar, lease: 1234abcd} # here`,
    message: 'requested lease not found',
  },
  'a write that failed with an unknown outcome, and was tried again': {
    members: 3,
    steps: `
      - start: all
      - kill: followers
      # etcd-scenarios-disable-next-line no-quorum
      - put: {key: foo, value: lost} # here
        timeout: 1s
        within: 2s`,
    message: /^etcd-\d said: deadline exceeded after /,
    also(found) {
      const { notes, attempts } = found.step('3');
      expect(attempts).toBeGreaterThanOrEqual(2);
      expect(notes).toContainEqual(expect.stringMatching(/^attempt 1(, \d)* may have been applied as well$/));
    },
  },
  'output of etcdctl that is another one': {
    steps: `
      - start: all
      - etcdctl: {args: [member, list], output: etcd-2} # here`,
    message: 'etcdctl printed something else',
    comparisons: [/^output on etcd-1: expected contains "etcd-2"; actual a3959071884acd0c, started, etcd-1, /],
  },
  'a command of etcdctl that fails': {
    steps: `
      - start: all
      - etcdctl: {args: [member, remove, abc]} # here`,
    message: /^etcdctl on etcd-1 said: [\s\S]*not found[\s\S]*\(exit code 1\)$/i,
  },
  'a command that etcdctl does not have': {
    steps: `
      - start: all
      - etcdctl: {args: [no-such-command]} # here`,
    message: /^etcdctl on etcd-1 said: [\s\S]*unknown command "no-such-command"[\s\S]*\(exit code 1\)$/,
  },
};

const STARTS: Record<string, Red> = {
  'a start that had to be refused and serves': {
    steps: `
      - start: etcd-1 # here
        expectError: member count is unequal`,
    message: 'etcd-1 started and serves, although it was expected to say "member count is unequal"',
  },
  'a start that is refused for another reason': {
    members: 2,
    steps: `
      - start: {member: etcd-1, initialCluster: [etcd-1]}
      - start: {member: etcd-2, initialCluster: [etcd-1, etcd-2], initialClusterState: existing} # here
        expectError: has already been bootstrapped`,
    message: 'it failed, but with another error',
    comparisons: [
      /^error: expected "has already been bootstrapped"; actual etcd-2 said: .*member count is unequal.*exited with code 1/,
    ],
    also({ failure }) {
      expect(failure.logs.find(({ member }) => member === 'etcd-2')?.state).toBe('exited with code 1');
    },
  },
  'a start that runs on without serving, and never says what it had to': {
    steps: `
      - start: {member: etcd-1, flags: ${NEVER_ELECTS}} # here
        expectError: no such sentence
        timeout: 2s`,
    message: 'etcd-1 ran on without serving, and never said "no such sentence"',
    waitedFor: 'etcd-1 to say "no such sentence"',
  },
  'a member that never serves': {
    steps: `
      - start: {member: etcd-1, flags: ${NEVER_ELECTS}} # here
        timeout: 3s`,
    message: 'etcd-1 did not serve; it last answered: its client port is not open yet',
    waitedFor: 'etcd-1 to serve',
    also({ failure }) {
      expect(failure.durationMs).toBeGreaterThanOrEqual(2900);
      expect(failure.durationMs).toBeLessThan(30_000);
      const [log] = failure.logs;
      expect(log).toMatchObject({ member: 'etcd-1', incarnation: 1, state: 'running' });
      expect(log?.lines.join('\n')).toContain('"level":"info"');
    },
  },
  'a member that exits while it is waited for': {
    steps: `
      - start: {member: etcd-1, flags: {max-txn-ops: none}} # here`,
    message: /^etcd-1 exited with code 2 before it served: .*max-txn-ops/,
    also({ failure }) {
      expect(failure.durationMs).toBeLessThan(30_000);
    },
  },
  'a start of a member that runs': {
    steps: `
      - start: all
      - restart: etcd-1
        as: up
      - start: "\${results.up.members}" # here`,
    message: 'etcd-1 is running already',
  },
  'a kill of a member that is down': {
    members: 3,
    steps: `
      - start: all
      - kill: leader
        as: victim
      - kill: "\${results.victim.members}" # here`,
    message: /^etcd-\d is not running: it exited with code 137$/,
  },
  'a wipe of a member that runs': {
    steps: `
      - start: all
      - restart: etcd-1
        as: up
      - wipe: "\${results.up.members}" # here`,
    message: 'etcd-1 is running; stop or kill it before its data is thrown away',
  },
  'a restore onto data': {
    steps: `
      - start: all
      - snapshot: backup
      - kill: all
        as: victims
      - restore: {member: "\${results.victims.members}", snapshot: backup} # here`,
    message: 'etcd-1 has data; `wipe: etcd-1` throws it away',
  },
  'a snapshot with another number of keys': {
    steps: `
      - start: all
      - put: {key: foo, value: bar}
      - snapshot: backup
      - snapshot-status: {snapshot: backup, totalKeys: 1000, revision: 3} # here`,
    message: 'the snapshot backup is not as expected',
    comparisons: [/^total keys: expected 1000; actual \d{1,2}$/, 'revision: expected 3; actual 2'],
  },
};

const EXPECTATIONS: Record<string, Red> = {
  'IDs that differ in their last digit, in hex': {
    steps: `
      - start: all
      - expect: {members: {etcd-1: {id: a3959071884acd0d}}, clusterId: 572a811fac16a855} # here
        within: 0s`,
    message: 'the cluster is not as expected',
    comparisons: [
      'ID of etcd-1 on etcd-1: expected a3959071884acd0d; actual a3959071884acd0c',
      'cluster ID on etcd-1: expected 572a811fac16a855; actual 572a811fac16a854',
    ],
  },
  'IDs that differ in their last digit, in decimal, where a double would round both alike': {
    steps: `
      - start: all
      - expect: {members: {etcd-1: {id: 11787486417004449037}}, clusterId: 6280974603352713301} # here
        within: 0s`,
    message: 'the cluster is not as expected',
    comparisons: [
      'ID of etcd-1 on etcd-1: expected a3959071884acd0d; actual a3959071884acd0c',
      'cluster ID on etcd-1: expected 572a811fac16a855; actual 572a811fac16a854',
    ],
  },
  'members that are not in the list': {
    members: 2,
    steps: `
      - start: {member: etcd-1, initialCluster: [etcd-1]}
      # etcd-scenarios-disable-next-line contradiction
      - expect: {members: [etcd-1, etcd-2], healthy: etcd-2, running: [etcd-1, etcd-2], leader: etcd-2} # here
        within: 0s`,
    message: 'the cluster is not as expected',
    comparisons: [
      'etcd-2: expected serves; actual never started',
      'running: expected etcd-1, etcd-2; actual etcd-1',
      'leader: expected etcd-2; actual etcd-1: etcd-1',
      'members on etcd-1: expected etcd-1, etcd-2; actual etcd-1',
    ],
  },
  'a member that had to be unhealthy, a leader that had to be none, an alarm that nobody raised': {
    steps: `
      - start: all
      - expect: {unhealthy: [etcd-1], leader: none, alarms: [NOSPACE], version: {cluster: 3.4, member: {etcd-1: 3.5.3}}} # here
        within: 0s`,
    message: 'the cluster is not as expected',
    comparisons: [
      'etcd-1: expected runs and does not serve; actual serves',
      'leader on etcd-1: expected none; actual one is known',
      /^cluster version on etcd-1: expected 3.4; actual 3\.\d\.\d$/,
      'version on etcd-1: expected 3.5.3; actual 3.5.35',
      'alarms on etcd-1: expected NOSPACE; actual none',
    ],
  },
  'leases: one too many, one that lives longer and one that has to be gone': {
    steps: `
      - start: all
      - lease-grant: 600s
        as: l
      - expect: {leases: {count: 0, lease: "\${results.l.id}", remaining: "<60s"}} # here
        within: 0s`,
    message: 'the cluster is not as expected',
    comparisons: [
      'number of leases on etcd-1: expected 0; actual 1',
      /^lease [0-9a-f]+ on etcd-1: expected <60s left; actual (600|599) s left of 600 s$/,
    ],
  },
  'a lease that is there, and one that is not': {
    steps: `
      - start: all
      - lease-grant: 600s
        as: l
      - expect: {leases: {lease: "\${results.l.id}"}}
      - expect: {leases: {lease: 7f, remaining: ">1s"}} # here
        within: 0s`,
    message: 'the cluster is not as expected',
    comparisons: ['lease 7f on etcd-1: expected >1s left; actual none'],
  },
  'logs that say too little, and too much': {
    steps: `
      - start: all
      - expect: {log: {member: etcd-1, contains: no such sentence, absent: starting local member}} # here
        within: 0s`,
    message: 'the cluster is not as expected',
    comparisons: [
      /^log of etcd-1: expected contains "no such sentence"; actual no such line among \d+$/,
      /^log of etcd-1: expected nothing like "starting local member"; actual .*starting local member/,
    ],
  },
  'an exit with another code, and one that never came': {
    members: 2,
    steps: `
      - start: {member: etcd-1, initialCluster: [etcd-1]}
      - start: {member: etcd-2, initialCluster: [etcd-2]}
      - kill: etcd-1
      - parallel:
          - expect: {exit: {member: etcd-1, code: [0, 1]}} # here
            within: 0s
          - expect: {exit: {member: etcd-2, code: 0}}
            within: 1s`,
    message: 'the cluster is not as expected',
    comparisons: ['exit of etcd-1: expected code 0 or 1; actual code 137'],
    also(found) {
      expect(found.failure.step?.id).toBe('4.1');
      expect(found.step('4.2').status).toBe('failed');
    },
  },
  'an address that had to change': {
    steps: `
      - start: all
      - restart: all
      - expect: {address: {member: etcd-1, changed: true}} # here
        within: 0s`,
    message: 'the cluster is not as expected',
    comparisons: [/^address of etcd-1: expected not (\d+(\.\d+){3}); actual \1$/],
  },
  'consistency of one voter': {
    members: 3,
    steps: `
      - start: all
      - kill: followers
      - expect: {consistent: true} # here
        within: 0s`,
    message: '`consistent` compares at least two voters; 1 run',
  },
  'a minority where there is none': {
    members: 2,
    steps: `
      - start: {member: etcd-1, initialCluster: [etcd-1]}
      # etcd-scenarios-disable-next-line means-nobody
      - kill: minority # here`,
    message: '`minority` means nobody in a cluster of 1 voters',
  },
  'an expectation that looks again for ten seconds, and says what it waited for': {
    steps: `
      - start: all
      - expect: {running: []} # here`,
    message: 'the cluster is not as expected',
    comparisons: ['running: expected nobody; actual etcd-1'],
    waitedFor: 'nobody runs',
    also({ failure }) {
      expect(failure.durationMs).toBeGreaterThanOrEqual(10_000);
      expect(failure.durationMs).toBeLessThan(40_000);
      expect(failure.attempts).toBeGreaterThan(10);
    },
  },
  'an expectation that stops holding in the middle of its `for`': {
    members: 3,
    steps: `
      - start: all
      - parallel:
          - expect: {running: [etcd-1, etcd-2, etcd-3]} # here
            for: 6s
            within: 3s
          - repeat:
              times: 1
              steps:
                - sleep: 1s
                - kill: etcd-2`,
    message: 'the cluster is not as expected',
    comparisons: ['running: expected etcd-1, etcd-2, etcd-3; actual etcd-1, etcd-3'],
    also(found) {
      expect(found.failure.step?.id).toBe('2.1');
      expect(found.step('2.1').notes).toContainEqual(expect.stringMatching(/^held for \d+(\.\d)? m?s, then no more$/));
      expect(found.step('2.2').status).toBe('passed');
    },
  },
};

const FLOW: Record<string, Red> = {
  'a failure that `finally` follows, and fails itself': {
    steps: `
      - start: all
      - get: {key: foo, value: first} # here
      - put: {key: never, value: reached}`,
    last: `
      - get: {key: never, value: second}
      - put: {key: foo, value: bar}
      - get: {key: foo, value: third}`,
    message: '"foo" is not as expected',
    comparisons: ['value of "foo" on etcd-1: expected "first"; actual no such key'],
    also(found) {
      const { failure, further } = found.finished;
      expect(failure?.step).toMatchObject({ id: '2', phase: 'steps' });
      expect(further.map(({ step }) => step?.id)).toEqual(['finally.1', 'finally.3']);
      expect(told(further.flatMap(({ comparisons }) => comparisons))).toEqual([
        'value of "never" on etcd-1: expected "second"; actual no such key',
        'value of "foo" on etcd-1: expected "third"; actual "bar"',
      ]);
      expect(found.step('finally.2').status).toBe('passed');
      expect(found.events('step-started').map(({ step }) => step.id)).not.toContain('3');
    },
  },
  'a failure of `finally` alone': {
    steps: ONE_SERVES,
    last: '- get: {key: foo, value: bar} # here',
    message: '"foo" is not as expected',
    comparisons: ['value of "foo" on etcd-1: expected "bar"; actual no such key'],
    also({ failure }) {
      expect(failure.step).toMatchObject({ id: 'finally.1', phase: 'finally' });
    },
  },
  'a scenario that outlasts its time': {
    top: 'timeout: 10s',
    steps: `
      - start: all
      - sleep: 60s # here`,
    message: 'the scenario did not end within its 10 s',
    also(found) {
      expect(found.finished.durationMs).toBeLessThan(30_000);
      expect(found.failure.step?.action).toBe('sleep');
    },
  },
  'the result of a step that was skipped': {
    steps: `
      - start: all
      - get: foo
        when: {etcd: ">=3.6"}
        as: read
      # etcd-scenarios-disable-next-line skipped-result
      - put: {key: foo, value: "\${results.read.revision}"} # here`,
    message: 'the step that keeps `results.read` was skipped',
    also(found) {
      expect(found.step('2')).toMatchObject({ status: 'skipped', notes: ['only for etcd >=3.6'] });
    },
  },
  'a result whose list is shorter': {
    steps: `
      - start: all
        as: started
      - put: {key: foo, value: "\${results.started.members.1}"} # here`,
    message: '`results.started.members` has no `1`',
  },
  'steps side by side, of which two fail': {
    steps: `
      - start: all
      - parallel:
          - get: {key: slow, value: a}
            within: 3s
          - get: {key: quick, value: b} # here
          - sleep: 1s
          - repeat:
              times: 1
              steps:
                - sleep: 1s
                - put: {key: after, value: the failure}`,
    message: '"quick" is not as expected',
    comparisons: ['value of "quick" on etcd-1: expected "b"; actual no such key'],
    also(found) {
      const { failure, further } = found.finished;
      expect(failure?.step?.id).toBe('2.2');
      expect(further).toEqual([]);
      const states = ['2.1', '2.2', '2.3', '2.4', '2.4.2', '2'].map((id) => found.step(id).status);
      expect(states).toEqual(['failed', 'failed', 'passed', 'passed', 'passed', 'failed']);
      expect(found.step('2.1').attempts).toBeGreaterThan(3);
    },
  },
  'the third round of a repetition': {
    steps: `
      - start: all
      - put: {key: k-0, value: x}
      - put: {key: k-1, value: x}
      - repeat:
          times: 5
          steps:
            - get: {key: "k-\${repeat.index}", value: x} # here`,
    message: '"k-2" is not as expected',
    comparisons: ['value of "k-2" on etcd-1: expected "x"; actual no such key'],
    also(found) {
      const rounds = found.events('step-finished').filter(({ step }) => step.id === '4.1');
      expect(rounds.map(({ status }) => status)).toEqual(['passed', 'passed', 'failed']);
      expect(found.failure.step?.sentence).toBe('read k-2: "x"');
    },
  },
};

const REDS = { ...READS, ...ERRORS, ...STARTS, ...EXPECTATIONS, ...FLOW };

let ran: DrillRun;

beforeAll(async () => {
  const drills = Object.entries(REDS).map(([name, red]) => [name, yamlOf(name, red)]);
  ran = await runDrills(Object.fromEntries(drills) as Record<string, string>);
}, 400_000);

describe('a drill that must fail does, for its reason and at its place:', () => {
  test.each(Object.entries(REDS))('%s', (name, red) => {
    const found = ran.case(name);
    const { failure } = found;
    expect(found.verdict).toBe('failed');
    expect(failure.kind).toBe('expectation');
    if (typeof red.message === 'string') expect(failure.message).toContain(red.message);
    else expect(failure.message).toMatch(red.message);
    const comparisons = told(failure.comparisons);
    const expected = (red.comparisons ?? []).map((one) =>
      typeof one === 'string' ? one : (expect.stringMatching(one) as string),
    );
    expect(comparisons).toEqual(expected);
    if (red.waitedFor !== undefined) expect(failure.waitedFor).toBe(red.waitedFor);
    red.also?.(found);
    expect(failure.step?.place.line).toBe(found.lineOf(HERE));
    expect(failure.frame).toMatch(new RegExp(`^> +${failure.step?.place.line} \\|`, 'm'));
  });
});

test('the run is red, and its events fit together', () => {
  expect(ran.result.exitCode).toBe(1);
  expect(ran.result.counts).toEqual({
    passed: 0,
    failed: Object.keys(REDS).length,
    error: 0,
    interrupted: 0,
    skipped: 0,
  });
  expect(inconsistencies(ran.events)).toEqual([]);
});

// etcd3 wraps this one error in a sentence of its own; src/cluster/etcd/said.ts does not look inside yet.
test.failing('a lease that is not there is quoted in etcd’s words, and the write was certainly not applied', () => {
  const found = ran.case('a write that is refused, and certainly not applied');
  expect(found.failure.message).toBe('etcd-1 said: etcdserver: requested lease not found');
  expect(found.step('2').notes).toContain('outcome: not applied');
});
