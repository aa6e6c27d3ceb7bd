/** Members of different clusters are no cluster together, and `all` leaves nobody out that runs. */
import { runDrills, told, yamlOf, type Drill, type DrillRun } from './helpers';
import { chosenOf } from './selection';

const VERSIONS = chosenOf(['3.4.23', '3.5.35', '3.6.16'], 1, 'members of different clusters');

/** Three members that were restored each on its own, with equal data: three clusters of one. */
const THREE_CLUSTERS = `
      - start: all
      - put: {key: foo, value: bar}
      - snapshot: {save: backup, from: leader}
      - stop: all
      - wipe: all
      - restore: {member: etcd-1, snapshot: backup, initialCluster: [etcd-1]}
      - restore: {member: etcd-2, snapshot: backup, initialCluster: [etcd-2]}
      - restore: {member: etcd-3, snapshot: backup, initialCluster: [etcd-3]}
      - start: all`;

/** A member of another cluster that runs, and is in no member list. */
const STRANGER = `
      - start: {member: etcd-1, initialCluster: [etcd-1]}
      - start: {member: etcd-2, initialCluster: [etcd-1, etcd-2]}
        expectError: cluster ID mismatch`;

const APART =
  /^cluster: expected all members in one cluster; actual etcd-1 is in cluster \w+; etcd-2 is in cluster \w+/;

/** Each fails at its last step, with comparisons of which one is like this. */
const RED: Record<string, Drill & { says: RegExp }> = {
  ...Object.fromEntries(
    ['consistent: true', 'leader: any', 'leader: etcd-1', 'alarms: none', 'leases: {count: 0}', 'healthy: all'].map(
      (row): [string, Drill & { says: RegExp }] => [
        `three clusters, ${row}`,
        { members: 3, steps: `${THREE_CLUSTERS}\n      - expect: {${row}}\n        within: 0s`, says: APART },
      ],
    ),
  ),
  'three clusters, consistent among two': {
    members: 3,
    steps: `${THREE_CLUSTERS}\n      - expect: {consistent: {among: [etcd-1, etcd-2]}}\n        within: 0s`,
    says: APART,
  },
  'three clusters, the version of the cluster': {
    members: 3,
    steps: `${THREE_CLUSTERS}\n      - expect: {version: {cluster: 3}}\n        within: 0s`,
    says: APART,
  },
  'a member in no list, healthy: all': {
    members: 3,
    steps: `${STRANGER}\n      - expect: {healthy: all}\n        within: 0s`,
    says: /^etcd-2: expected serves; actual its client port is not open yet$/,
  },
  'a member in no list, consistent': {
    members: 3,
    steps: `${STRANGER}\n      - expect: {consistent: true}\n        within: 0s`,
    says: APART,
  },
};

const GREEN: Record<string, Drill> = {
  'three clusters, by name': {
    members: 3,
    steps: `${THREE_CLUSTERS}
      - expect: {healthy: [etcd-1, etcd-2, etcd-3], version: {member: {etcd-1: "3", etcd-2: "3"}}}
      - get: {key: foo, value: bar, from: all}`,
  },
  'a member in no list, killed with all': {
    members: 3,
    steps: `${STRANGER}
      - kill: all
        as: killed
      - expect: {running: []}
        within: 0s`,
  },
};

let ran: DrillRun;

beforeAll(async () => {
  const drills = Object.entries({ ...GREEN, ...RED }).map(([name, drill]) => [name, yamlOf(name, drill)]);
  ran = await runDrills(Object.fromEntries(drills) as Record<string, string>, { etcd: VERSIONS, jobs: 2 });
}, 1_200_000);

describe.each(VERSIONS)('on etcd %s', (version) => {
  it.each(Object.entries(RED))('fails: %s', (name, { says }) => {
    const found = ran.case(name, version);
    expect(found.verdict).toBe('failed');
    const { failure } = found;
    expect(told(failure.comparisons)).toContainEqual(expect.stringMatching(says));
    expect(failure.step?.action).toBe('expect');
  });

  it('passes where the members of several clusters are named, and says so where all of them are read', () => {
    const found = ran.case('three clusters, by name', version);
    expect(found.finished.failure).toBeNull();
    expect(found.step('11').remarks).toEqual([
      expect.stringMatching(
        /^the members that were read are in different clusters: etcd-1 is in cluster \w+; etcd-2 is/,
      ),
    ]);
  });

  it('takes a running member that is in no list for one of all, and names who is left out', () => {
    const found = ran.case('a member in no list, killed with all', version);
    expect(found.finished.failure).toBeNull();
    const { resolved, notes } = found.step('3');
    expect(resolved).toEqual([{ selector: 'all', members: ['etcd-1', 'etcd-2'] }]);
    expect(notes).toContain('`all` leaves out, not in the member list and not running: etcd-3');
  });
});
