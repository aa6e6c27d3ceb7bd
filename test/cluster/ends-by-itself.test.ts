/** A member that was removed, or refused, exits a moment later: the next step waits for it. */
import { runDrills, VERSIONS as ALL_VERSIONS, yamlOf, type Drill, type DrillRun } from './helpers';
import { chosenOf } from './selection';

const VERSIONS = chosenOf(ALL_VERSIONS, 2, 'members that exit by themselves');

const REMOVED_AND_REFUSED = `
      - start: all
      - kill: etcd-3
      - member-remove: etcd-3
      - start: etcd-3
        expectError: the member has been permanently removed from the cluster`;
const REMOVED = `
      - start: all
      - member-remove: etcd-3`;

/** By name: what comes right after. */
const DRILLS: Record<string, Drill> = {
  'refused, then wiped': { members: 3, steps: `${REMOVED_AND_REFUSED}\n      - wipe: etcd-3` },
  'refused, then nobody else runs': {
    members: 3,
    steps: `${REMOVED_AND_REFUSED}\n      - expect: {running: [etcd-1, etcd-2]}\n        within: 0s`,
  },
  'removed, then wiped': { members: 3, steps: `${REMOVED}\n      - wipe: etcd-3` },
  'removed, then nobody else runs': {
    members: 3,
    steps: `${REMOVED}\n      - expect: {running: [etcd-1, etcd-2], exit: {member: etcd-3, code: 0}}\n        within: 0s`,
  },
  'removed, then stopped': { members: 3, steps: `${REMOVED}\n      - stop: etcd-3` },
  'removed, then all are stopped': {
    members: 3,
    steps: `${REMOVED}\n      - stop: all\n      - expect: {running: []}`,
  },
  'removed and added again, then wiped': {
    members: 3,
    steps: `${REMOVED}\n      - member-add: etcd-3\n      - wipe: etcd-3\n      - start: etcd-3\n      - expect: {healthy: all}`,
  },
};

let ran: DrillRun;

beforeAll(async () => {
  const drills = Object.entries(DRILLS).map(([name, drill]) => [name, yamlOf(name, drill)]);
  ran = await runDrills(Object.fromEntries(drills) as Record<string, string>, { etcd: VERSIONS, jobs: 2 });
}, 1_200_000);

describe.each(VERSIONS)('on etcd %s, a member that was', (version) => {
  it.each(Object.keys(DRILLS))('%s', (name) => {
    const { verdict, failure } = ran.case(name, version).finished;
    expect({ verdict, failure }).toEqual({ verdict: 'passed', failure: null });
  });

  it('removed is waited for, which the step says', () => {
    expect(ran.case('removed, then wiped', version).step('3').notes).toContainEqual(
      expect.stringMatching(/^waited .* for etcd-3 to exit: it was removed from the cluster$/),
    );
  });
});
