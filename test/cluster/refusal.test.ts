/** `expectError` on real starts: what is refused passes, and a member that serves is red whatever the text. */
import { runDrills, VERSIONS as ALL_VERSIONS, yamlOf, type Drill, type DrillRun } from './helpers';
import { chosenOf } from './selection';

const VERSIONS = chosenOf(ALL_VERSIONS, 2, 'refused starts');

/** Texts of info lines and of warnings that a healthy start logs, on some version or on all. */
const LOOSE = [
  'ready to serve client requests',
  'member',
  'peer',
  'leader',
  'already',
  'etcd-1',
  'raft',
  'starting',
  'er',
  'started',
  'serving',
  'election',
  'cluster',
  'snapshot',
  'wal',
  'auth',
  'simple token is not cryptographically signed',
  'not recommended for production',
  'established TCP streaming connection',
  'term',
  'recovered',
  'insecure',
  'listening',
  'level',
];

const GREEN: Record<string, Drill> = {
  'a member of another cluster, which runs on': {
    members: 2,
    steps: `
      - start: {member: etcd-1, initialCluster: [etcd-1]}
      - start: {member: etcd-2, initialCluster: [etcd-1, etcd-2]}
        expectError: cluster ID mismatch
      - expect: {running: [etcd-1, etcd-2], unhealthy: [etcd-2]}
        within: 0s`,
  },
  'a member that was never added, which exits': {
    members: 2,
    steps: `
      - start: {member: etcd-1, initialCluster: [etcd-1]}
      - start: {member: etcd-2, initialCluster: [etcd-1, etcd-2], initialClusterState: existing}
        expectError: member count is unequal
      - expect: {running: [etcd-1], exit: {member: etcd-2, code: 1}}
        within: 0s`,
  },
};

const RED: Record<string, Drill> = {
  'a first start': { steps: `- start: etcd-1\n  expectError: ${JSON.stringify(LOOSE)}` },
  'a start on its data': {
    members: 3,
    steps: `
      - start: all
      - kill: etcd-1
      # etcd-scenarios-disable-next-line start-would-succeed
      - start: etcd-1
        expectError: ${JSON.stringify(LOOSE)}`,
  },
  'a restart': { steps: `- start: all\n- restart: etcd-1\n  expectError: ${JSON.stringify(LOOSE)}` },
  'a slow join, which complains before it serves': {
    members: 2,
    steps: `
      - start: {member: etcd-1, initialCluster: [etcd-1]}
      - member-add: etcd-2
      - start: etcd-2
        expectError: ${JSON.stringify([...LOOSE, 'downgrade', 'deadline exceeded', 'timed out'])}`,
  },
};

let ran: DrillRun;

beforeAll(async () => {
  const drills = Object.entries({ ...GREEN, ...RED }).map(([name, drill]) => [name, yamlOf(name, drill)]);
  ran = await runDrills(Object.fromEntries(drills) as Record<string, string>, { etcd: VERSIONS, jobs: 2 });
}, 900_000);

describe.each(VERSIONS)('on etcd %s', (version) => {
  it.each(Object.keys(GREEN))('is refused: %s', (name) => {
    const { verdict, failure } = ran.case(name, version).finished;
    expect({ verdict, failure }).toEqual({ verdict: 'passed', failure: null });
  });

  it('says for how long it was confirmed', () => {
    const { notes, durationMs } = ran.case('a member of another cluster, which runs on', version).step('2');
    expect(notes).toContainEqual(
      expect.stringMatching(/^etcd-2 runs on: it knows no leader and does not serve, confirmed for \d+(\.\d)? s$/),
    );
    expect(durationMs).toBeGreaterThanOrEqual(10_000);
  });

  it.each(Object.keys(RED))('is not refused, whatever the text: %s', (name) => {
    const found = ran.case(name, version);
    expect(found.verdict).toBe('failed');
    expect(found.failure.kind).toBe('expectation');
    expect(found.failure.message).toMatch(/^etcd-\d started and serves, although it was expected to say /);
  });
});
