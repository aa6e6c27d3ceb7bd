import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { overviewOf, type PlannedOverview } from '../../src/library/overview';
import { temporaryFolder } from '../cluster/helpers';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILE = path.join(folder, 'drill.yaml');

function planOf(steps: string[], etcd = ['3.5.35'], image?: string): PlannedOverview[] {
  writeFileSync(
    FILE,
    `name: A drill\nmembers: 3\nrequires: {etcd: ">=3.4"}\nsteps:\n${steps.map((one) => `  - ${one}\n`).join('')}`,
  );
  return overviewOf({ paths: [FILE], cwd: folder, etcd, image, reports: folder }).cases;
}

describe('the plan', () => {
  it.each<[number, string[]]>([
    [3, ['start: all', 'kill: all']],
    [
      2,
      [
        'start: {member: [etcd-1, etcd-2], initialCluster: [etcd-1, etcd-2]}',
        'kill: etcd-1',
        'expect: {running: [etcd-2]}',
      ],
    ],
    [4, ['start: all', 'snapshot: s', 'snapshot-status: s']],
    [3, ['start: all', 'snapshot: s', 'kill: all', 'wipe: all', 'restore: {member: all, snapshot: s}']],
    [3, ['start: all', 'kill: leader', 'start: all']],
  ])('has %i containers at once at most in %j', (expected, steps) => {
    expect(planOf(steps)[0]?.containers).toBe(expected);
  });

  it('names the images of every version, and why a case is skipped', () => {
    const cases = planOf(
      ['start: all', 'stop: etcd-1', 'start: {member: etcd-1, version: 3.6.16}'],
      ['3.3.25', '3.5.35'],
      'r/etcd:{version}',
    );
    expect(cases.map(({ skip, images }) => ({ skip, images }))).toEqual([
      { skip: expect.stringContaining('requires etcd >=3.4') as string, images: expect.anything() as object },
      { skip: undefined, images: { '3.5.35': ['r/etcd:3.5.35'], '3.6.16': ['r/etcd:3.6.16'] } },
    ]);
  });

  it('has a variable where a result names a member', () => {
    const steps = [
      'start: all',
      '{kill: follower, as: old}',
      'member-remove: "${results.old.members.0}"',
      'member-add: "${results.old.members.0}"',
    ];
    expect(planOf(steps)[0]?.steps[3]).toMatchObject({
      sentence: 'add $old_members_0 as a member',
      commands: [
        {
          text: expect.stringContaining('member add $old_members_0 --peer-urls "http://$old_members_0:2380"') as string,
        },
      ],
    });
  });

  it('says what has to be refused, and with what', () => {
    const steps = [
      '{start: {member: etcd-1, initialCluster: [etcd-1]}}',
      '{start: {member: etcd-2, initialCluster: [etcd-1, etcd-2], initialClusterState: existing}, expectError: member count is unequal}',
    ];
    expect(planOf(steps)[0]?.steps.map(({ refusedWith }) => refusedWith)).toEqual([
      undefined,
      '"member count is unequal"',
    ]);
  });

  it('tells how long the last run took, and says so where there was none', () => {
    expect(planOf(['start: all'])[0]?.last).toBeNull();
    const cases = [{ id: 'drill.yaml@3.5.35', verdict: 'passed', durationMs: 1234 }];
    writeFileSync(path.join(folder, 'summary.json'), JSON.stringify({ cases }));
    expect(planOf(['start: all'])[0]?.last).toEqual({ verdict: 'passed', durationMs: 1234 });
  });
});
