/** Upgrades and downgrades on real etcd: one at a time, in order, refused where they have to be, waited for to the end. */
import { inconsistencies, runDrills, told, yamlOf, type Case, type Drill, type DrillRun } from './helpers';

/** Drills that pass. */
const PASSING: Record<string, Drill> = {
  'rolls all members': {
    members: 3,
    top: `
      etcd: 3.5.35
      flags: {experimental-initial-corrupt-check: true, enable-v2: true}`,
    steps: `
      - start: all
      - move-leader: etcd-1
      - put: {key: foo, value: bar}
      - upgrade: {member: all, to: 3.6.16, flags: {enable-v2: null}}
      - expect: {version: {cluster: 3.6, storage: 3.6, member: {etcd-1: 3.6.16, etcd-2: 3.6.16, etcd-3: 3.6.16}}}
        within: 0s
      - get: {key: foo, value: bar, from: all}
      - expect: {healthy: all, consistent: true}
      - upgrade: {member: all, to: 3.6.16}`,
  },
  'leaves who is down alone, unless named': {
    members: 3,
    top: 'etcd: 3.4.23',
    steps: `
      - start: all
      - put: {key: foo, value: bar}
      - move-leader: etcd-1
      - kill: etcd-3
      - upgrade: {member: all, to: 3.5.35}
      - expect: {running: [etcd-1, etcd-2], version: {cluster: 3.4, member: {etcd-1: 3.5.35, etcd-2: 3.5.35}}}
      - upgrade: {member: etcd-3, to: 3.5.35}
      - expect: {running: [etcd-1, etcd-2, etcd-3], version: {cluster: 3.5}}
        within: 0s
      - get: {key: foo, value: bar, from: all}`,
  },
  'is refused by etcd': {
    members: 3,
    top: `
      etcd: 3.5.35
      flags: {enable-v2: true}`,
    steps: `
      - start: all
      - put: {key: foo, value: bar}
      - upgrade: {member: etcd-2, to: 3.6.16}
        expectError: "flag provided but not defined: -enable-v2"
      - expect: {running: [etcd-1, etcd-3], exit: {member: etcd-2, code: 2}}
      - start: {member: etcd-2, version: 3.5.35}
      - upgrade: {member: leader, to: 3.7.3, skipMinor: true, flags: {enable-v2: null}}
        expectError: unmarshal should never fail
      - expect: {healthy: [etcd-2], leader: any}`,
  },
  'goes down again': {
    members: 3,
    top: 'etcd: 3.7.3',
    steps: `
      - start: all
      - put: {key: foo, value: bar}
      - downgrade: {enable: 3.6}
      - expect: {version: {cluster: 3.6, storage: 3.6, member: {etcd-1: 3.7.3}}}
        within: 0s
      - downgrade: {enable: 3.6}
        expectError: [invalid downgrade target version, cluster has a downgrade job in progress]
      - downgrade: {enable: 3.6}
      - downgrade: {member: follower, to: 3.6.16}
      - downgrade: {cancel: true}
      - etcdctl: {args: [endpoint, status, --write-out=json], output: '"downgradeInfo":{}'}
      - downgrade: {cancel: true}
      - downgrade: {member: all, to: 3.6.16}
      - expect: {version: {cluster: 3.6, storage: 3.6, member: {etcd-1: 3.6.16, etcd-2: 3.6.16, etcd-3: 3.6.16}}}
        within: 0s
      - etcdctl: {args: [endpoint, status, --write-out=json], output: '"downgradeInfo":{}'}
      - get: {key: foo, value: bar, from: all}
      - expect: {healthy: all, consistent: true}`,
  },
  'one member goes down by two minor versions, one after the other, and by a patch version': {
    members: 1,
    top: 'etcd: 3.6.16',
    steps: `
      - start: all
      - put: {key: foo, value: bar}
      - downgrade: {member: all, to: 3.4.23}
        expectError: invalid downgrade target version
      - downgrade: {member: all, to: 3.5.35}
      - expect: {version: {cluster: 3.5, member: {etcd-1: 3.5.35}}}
        within: 0s
      - restart: all
      - get: {key: foo, value: bar}`,
  },
  'goes back in the middle of an upgrade, which needs no permission': {
    members: 3,
    top: 'etcd: 3.4.23',
    steps: `
      - start: all
      - put: {key: foo, value: bar}
      - upgrade: {member: followers, to: 3.5.35}
      - downgrade: {member: [etcd-1, etcd-2, etcd-3], to: 3.4.23}
      - expect: {healthy: all, consistent: true, version: {cluster: 3.4, member: {etcd-1: 3.4.23, etcd-2: 3.4.23, etcd-3: 3.4.23}}}
      - get: {key: foo, value: bar, from: all}`,
  },
  'is polled by a probe': {
    top: 'etcd: [3.3.25, 3.7.3]',
    steps: `
      - start: all
      - probe: {member: all, times: 3, body: '"health":"true"'}
      - probe: {member: all, path: /nowhere, status: 404}
      - probe: {member: all, path: /metrics, body: etcd_server_has_leader 1}`,
  },
};

/** Drills that fail, and how. */
const FAILING: Record<string, Drill & { message: string | RegExp; running: string[] }> = {
  'a flag that a restarted member alone has': {
    members: 3,
    top: 'etcd: 3.5.35',
    steps: `
      - start: all
      - stop: etcd-2
      - start: {member: etcd-2, flags: {enable-v2: true}}
      - upgrade: {member: followers, to: 3.5.35}
      - upgrade: {member: all, to: 3.6.16}`,
    message:
      /^the image of etcd 3\.6\.16 has no flag --enable-v2, set for etcd-2; drop it here: .* Nothing was stopped$/,
    running: ['etcd-1', 'etcd-2', 'etcd-3'],
  },
  'a minor version skipped': {
    members: 3,
    top: 'etcd: 3.4.23',
    steps: `
      - start: all
      - upgrade: {member: follower, to: 3.5.35}
        as: first
      - upgrade: {member: "\${results.first.members}", to: 3.6.16}`,
    message: /^etcd-\d runs etcd 3\.4\.23, and 3\.6\.16 skips a minor version/,
    running: ['etcd-1', 'etcd-2', 'etcd-3'],
  },
  'an upgrade that goes down': {
    top: 'etcd: 3.6.16',
    steps: `
      - start: all
      - upgrade: {member: leader, to: 3.6.16}
      - upgrade: {member: all, to: 3.5.35}`,
    message: 'etcd-1 runs etcd 3.6.16: going to 3.5.35 is a downgrade',
    running: ['etcd-1'],
  },
  'a downgrade that 3.5 is not asked for': {
    top: 'etcd: 3.5.35',
    steps: `
      - start: all
      - upgrade: {member: leader, to: 3.5.35}
      - downgrade: {member: all, to: 3.4.23}`,
    message: 'etcd can be downgraded from 3.6 on, and etcd-1 runs 3.5.35; nothing was sent',
    running: ['etcd-1'],
  },
  'a member that was never started': {
    members: 2,
    top: 'etcd: 3.5.35',
    steps: `
      - start: {member: etcd-1, initialCluster: [etcd-1]}
      - upgrade: {member: etcd-2, to: 3.6.16}`,
    message: 'etcd-2 was never started',
    running: ['etcd-1'],
  },
  'an upgrade that was to be refused': {
    top: 'etcd: 3.5.35',
    steps: `
      - start: all
      - upgrade: {member: all, to: 3.6.16}
        expectError: too many learner members`,
    message: 'etcd-1 started and serves, although it was expected to say "too many learner members"',
    running: ['etcd-1'],
  },
  'a probe that gets another answer': {
    steps: `
      - start: all
      - probe: {member: all, path: /nowhere}`,
    message: 'etcd-1 answered otherwise',
    running: ['etcd-1'],
  },
};

const FINALLY = (running: string[]): string => `- expect: {running: [${running.join(', ')}]}`;

let ran: DrillRun;

beforeAll(async () => {
  const passing = Object.entries(PASSING).map(([name, drill]) => [name, yamlOf(name, drill)]);
  const failing = Object.entries(FAILING).map(([name, drill]) => [
    name,
    yamlOf(name, { ...drill, last: FINALLY(drill.running) }),
  ]);
  ran = await runDrills(Object.fromEntries([...passing, ...failing]) as Record<string, string>, { jobs: 3 });
}, 600_000);

test('the events of the run fit together', () => {
  expect(inconsistencies(ran.events)).toEqual([]);
});

describe('passes, on every version that it names:', () => {
  test.each(Object.keys(PASSING))('%s', (name) => {
    const red = ran.events.flatMap((event) =>
      event.type === 'case-finished' && event.case.startsWith(ran.case(name).id.replace(/@.*/, '@')) && event.failure
        ? [`${event.case}: ${[event.failure.message, ...told(event.failure.comparisons)].join('; ')}`]
        : [],
    );
    expect(red).toEqual([]);
    expect(ran.case(name).verdict).toBe('passed');
  });
});

describe('fails, before anybody is stopped:', () => {
  test.each(Object.entries(FAILING))('%s', (name, { message }) => {
    const { verdict, failure, finished } = ran.case(name);
    expect(verdict).toBe('failed');
    if (typeof message === 'string') expect(failure.message).toContain(message);
    else expect(failure.message).toMatch(message);
    expect(finished.further).toEqual([]);
  });
});

/** When each process of a case began and ended, and when it was seen to serve: `start etcd-2 3.6.16`. */
function processes(found: Case): string[] {
  const events = [
    ...found.events('member-started').map((event) => ({ ...event, what: `start ${event.member} ${event.version}` })),
    ...found.events('member-serving').map((event) => ({ ...event, what: `serve ${event.member} ${event.version}` })),
    ...found.events('member-exited').map((event) => ({ ...event, what: `end ${event.member} ${event.exitCode}` })),
  ];
  return events.toSorted((a, b) => a.seq - b.seq).map(({ what }) => what);
}

test('members are swapped one after the other, stopped gracefully, each serving before the next, the leader last', () => {
  const seen = processes(ran.case('rolls all members'));
  const swap = (member: string): string[] => [`end ${member} 0`, `start ${member} 3.6.16`, `serve ${member} 3.6.16`];
  expect(seen.slice(6, 15)).toEqual([...swap('etcd-2'), ...swap('etcd-3'), ...swap('etcd-1')]);
});

test('the report says what became of flags, leadership, members and versions, and how long it took', () => {
  const time = String.raw`\d+(\.\d+)? m?s`;
  const { notes, remarks } = ran.case('rolls all members').step('4');
  expect(remarks).toEqual([
    'etcd 3.6 spells --experimental-initial-corrupt-check=true as --feature-gates=InitialCorruptCheck=true',
  ]);
  expect(notes).toEqual([
    expect.stringMatching(`^etcd-2: 3.5.35 to 3.6.16 in ${time}$`),
    expect.stringMatching(`^etcd-3: 3.5.35 to 3.6.16 in ${time}$`),
    'leadership moved from etcd-1 to etcd-2',
    expect.stringMatching(`^etcd-1: 3.5.35 to 3.6.16 in ${time}$`),
    expect.stringMatching(`^cluster version 3.6 after ${time}$`),
    expect.stringMatching(`^storage version 3.6 after ${time}$`),
  ]);
  expect(ran.case('rolls all members').step('8').notes[0]).toBe(
    'left alone, on 3.6.16 already: etcd-1, etcd-2, etcd-3',
  );
});

test('the report says who was left alone, and what holds the cluster version back', () => {
  const { notes } = ran.case('leaves who is down alone, unless named').step('5');
  expect(notes).toContain('left alone, not running: etcd-3');
  expect(notes).toContain('while etcd-2 is swapped there is no quorum: 1 of 3 voters run');
  expect(notes.at(-1)).toBe('the cluster version waits: etcd-3 is down');
});

test('the report says that a downgrade stays under way, and when there was none to cancel', () => {
  const found = ran.case('goes down again');
  expect(found.step('7').notes.at(-1)).toMatch(
    /^the downgrade stays under way: etcd-\d runs 3.7.3, etcd-\d runs 3.7.3$/,
  );
  expect(found.step('8').notes[0]).toBe('the downgrade to 3.6 is cancelled');
  expect(found.step('10').notes[0]).toBe('there was none under way');
});
