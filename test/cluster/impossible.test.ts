/** Waits for what can't come true any more: each ends at once, and says why. */
import { inconsistencies, runDrills, told, yamlOf, type Drill, type DrillRun } from './helpers';

interface Impossible extends Drill {
  /** What the message says after `waiting can't change that: `, or all of it. */
  why: string | RegExp;
}

/** What the linter finds by reading is silenced: here the run has to find it. */
const LINTED = '# etcd-scenarios-disable-next-line contradiction, not-running';

const IMPOSSIBLE: Record<string, Impossible> = {
  'a line in the log of a process that was killed': {
    steps: `
      - start: all
      - kill: etcd-1
      - expect: {log: {member: etcd-1, contains: never logged}}
        within: 1m`,
    why: 'etcd-1 exited with code 137',
  },
  'a line in the logs of a member that never ran': {
    members: 2,
    steps: `
      - start: {member: etcd-1, initialCluster: [etcd-1]}
      ${LINTED}
      - expect: {log: {member: etcd-2, contains: never logged, incarnation: any}}
        within: 1m`,
    why: 'etcd-2 was never started',
  },
  'the absence of a line that is there': {
    steps: `
      - start: all
      - expect: {log: {member: etcd-1, absent: ready to serve client requests}}
        within: 1m`,
    why: 'what etcd-1 has logged stays in its log',
  },
  'another exit code': {
    steps: `
      - start: all
      - kill: etcd-1
      - expect: {exit: {member: etcd-1, code: 0}}
        within: 1m`,
    why: 'etcd-1 exited with code 137',
  },
  'a member that was stopped and serves': {
    steps: `
      - start: all
      - stop: etcd-1
      ${LINTED}
      - expect: {healthy: etcd-1}
        within: 1m`,
    why: /^etcd-1 exited with code \d+$/,
  },
  'a member that was stopped and runs without serving': {
    steps: `
      - start: all
      - stop: etcd-1
      ${LINTED}
      - expect: {unhealthy: [etcd-1]}
        within: 1m`,
    why: /^etcd-1 exited with code \d+$/,
  },
  'a dead member among those that run': {
    members: 3,
    steps: `
      - start: all
      - kill: etcd-3
      ${LINTED}
      - expect: {running: [etcd-1, etcd-2, etcd-3]}
        within: 1m`,
    why: 'etcd-3 exited with code 137',
  },
  'a dead leader': {
    members: 3,
    steps: `
      - start: all
      - kill: etcd-3
      ${LINTED}
      - expect: {leader: etcd-3}
        within: 1m`,
    why: 'etcd-3 exited with code 137',
  },
  'a cluster without a member that knows a leader': {
    steps: `
      - start: all
      - kill: etcd-1
      ${LINTED}
      - expect: {leader: none}
        within: 1m`,
    why: 'no member runs that could know a leader',
  },
  'alarms of a cluster without a member': {
    steps: `
      - start: all
      - kill: etcd-1
      ${LINTED}
      - expect: {alarms: none}
        within: 1m`,
    why: 'no member runs that could be asked',
  },
  'another cluster ID': {
    steps: `
      - start: all
      - expect: {clusterId: 1234abcd}
        within: 1m`,
    why: /^etcd-1 is of the cluster [0-9a-f]+ until it is started on other data$/,
  },
  'another version': {
    steps: `
      - start: all
      - expect: {version: {member: {etcd-1: 3.4.23}}}
        within: 1m`,
    why: 'etcd-1 runs etcd 3.5.35 until it is started with another version',
  },
  'an alarm that goes by itself': {
    top: 'flags: {quota-backend-bytes: 1048576}',
    steps: `
      - start: all
      - repeat:
          until: {expect: {alarms: [NOSPACE]}}
          times: 100
          steps: [put: {key: big, size: 400KiB}]
      - expect: {alarms: none}
        within: 1m`,
    why: 'NOSPACE stays raised until somebody disarms it',
  },
  'a lease that was revoked': {
    members: 3,
    steps: `
      - start: all
      - lease-grant: 60s
        as: session
      - lease-revoke: \${results.session.id}
      - expect: {leases: {lease: "\${results.session.id}", remaining: ">0s"}}
        within: 1m`,
    why: /^the lease [0-9a-f]+ is gone, and no step here grants it again$/,
  },
  'more leases than there are': {
    steps: `
      - start: all
      - lease-grant: 60s
      - expect: {leases: {count: ">=2"}}
        within: 1m`,
    why: 'leases only become fewer while nobody grants one',
  },
  'an address that changes': {
    steps: `
      - start: all
      - expect: {address: {member: etcd-1, changed: true}}
        within: 1m`,
    why: 'no step here starts etcd-1 once more',
  },
  'a member list with one that was removed': {
    members: 3,
    steps: `
      - start: all
      - member-remove: etcd-3
      - expect: {members: [etcd-1, etcd-2, etcd-3]}
        within: 1m`,
    why: 'etcd-3 was removed, and no step here adds it again',
  },
  'data of a member that is dead': {
    members: 3,
    steps: `
      - start: all
      - kill: etcd-3
      - expect: {consistent: {among: [etcd-1, etcd-3]}}
        within: 1m`,
    why: 'etcd-3 exited with code 137',
  },
  'a read from a member that is dead': {
    members: 3,
    steps: `
      - start: all
      - kill: etcd-3
      ${LINTED}
      - get: {key: foo, absent: true, from: etcd-3}
        within: 1m`,
    why: 'etcd-3 is not running: it exited with code 137',
  },
  'a leader where nobody runs': {
    steps: `
      - start: all
      - kill: etcd-1
      # etcd-scenarios-disable-next-line means-nobody, not-running
      - get: {key: foo, absent: true, from: leader}
        within: 1m`,
    why: 'no member runs to lead',
  },
};

const POSSIBLE: Record<string, Drill> = {
  'a line that comes when a step beside it starts the member again': {
    steps: `
      - start: all
      - stop: etcd-1
      - parallel:
          - expect: {log: {member: etcd-1, contains: restarting}}
            within: 30s
          - use: {file: parts/late.yaml}`,
  },
  'fewer leases later': {
    steps: `
      - start: all
      - lease-grant: 2s
      - expect: {leases: {count: 0}}
        within: 30s`,
  },
  'a process that ends late': {
    members: 3,
    steps: `
      - start: all
      - member-remove: etcd-3
      - expect: {running: [etcd-1, etcd-2], exit: {member: etcd-3, code: [0, 1]}}
        within: 30s`,
  },
};

/** The other branch of `parallel` looks several times before the member is up again. */
const LATE = 'steps:\n  - sleep: 1s\n  - start: etcd-1\n';

let ran: DrillRun;

beforeAll(async () => {
  const drills = Object.entries({ ...IMPOSSIBLE, ...POSSIBLE }).map(([name, drill]) => [name, yamlOf(name, drill)]);
  ran = await runDrills(Object.fromEntries(drills) as Record<string, string>, {
    etcd: ['3.5.35'],
    files: { 'parts/late.yaml': LATE },
  });
}, 400_000);

describe('a wait for the impossible ends at once, with the reason:', () => {
  test.each(Object.entries(IMPOSSIBLE))('%s', (name, { why }) => {
    const { failure, verdict } = ran.case(name);
    expect(verdict).toBe('failed');
    expect(failure.durationMs).toBeLessThan(20_000);
    expect(failure.waitedFor).toBeUndefined();
    const [, reason = failure.message] = /, and waiting can't change that: (.*)$/.exec(failure.message) ?? [];
    if (typeof why === 'string') expect(reason).toBe(why);
    else expect(reason).toMatch(why);
  });
});

describe('what may still come is waited for:', () => {
  test.each(Object.keys(POSSIBLE))('%s', (name) => {
    const found = ran.case(name);
    expect([found.verdict, ...told(found.finished.failure?.comparisons ?? [])]).toEqual(['passed']);
  });
});

test('the events fit together', () => {
  expect(inconsistencies(ran.events)).toEqual([]);
});
