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

  /** The lists, shortened to their names, that a member is started with: `new etcd-1 etcd-2`. */
  function startsIn(steps: string[]): string[] {
    const commands = planOf(steps)[0]?.steps.flatMap((one) => one.commands) ?? [];
    return commands.flatMap(({ on, text }) => {
      const list = /--initial-cluster (\S+)/.exec(text)?.[1];
      if (!text.startsWith('etcd ') || list === undefined) return [];
      const names = list.replace(/=[^,]*/g, '').replaceAll(',', ' ');
      return [`${on}: ${text.includes('--initial-cluster-state existing') ? 'existing' : 'new'} ${names}`];
    });
  }

  it.each<[string, string[], string[]]>([
    [
      'after all were wiped and one was started alone',
      ['kill: all', 'wipe: all', 'start: {member: etcd-1, initialCluster: [etcd-1]}'],
      ['etcd-1: new etcd-1'],
    ],
    [
      'after one was restored alone',
      [
        'snapshot: s',
        'kill: all',
        'wipe: all',
        'restore: {member: etcd-1, snapshot: s, initialCluster: [etcd-1]}',
        'start: etcd-1',
      ],
      ['etcd-1: new etcd-1'],
    ],
    [
      'after one was forced to be a cluster of its own',
      ['stop: all', 'start: {member: etcd-1, forceNewCluster: true}', 'wipe: [etcd-2, etcd-3]'],
      ['etcd-1: new etcd-1 etcd-2 etcd-3'],
    ],
  ])('adds the others one by one %s', (_, steps, first) => {
    const adding = ['member-add: etcd-2', 'start: etcd-2', 'member-add: etcd-3', 'start: etcd-3'];
    expect(startsIn(['start: all', ...steps, ...adding]).slice(3)).toEqual([
      ...first,
      'etcd-2: existing etcd-1 etcd-2',
      'etcd-3: existing etcd-1 etcd-2 etcd-3',
    ]);
  });

  it('starts members that were added with those that bootstrapped once all data is gone', () => {
    const steps = ['member-remove: etcd-3', 'kill: all', 'wipe: all'];
    const again = ['start: all', 'kill: etcd-3', 'member-remove: etcd-3', 'wipe: etcd-3', 'member-add: etcd-3'];
    expect(startsIn([...again, 'start: etcd-3', 'kill: all', 'wipe: all', 'start: all']).slice(4)).toEqual([
      'etcd-1: new etcd-1 etcd-2 etcd-3',
      'etcd-2: new etcd-1 etcd-2 etcd-3',
      'etcd-3: new etcd-1 etcd-2 etcd-3',
    ]);
    expect(startsIn(['start: all', ...steps, 'start: all']).slice(3)).toEqual([
      'etcd-1: new etcd-1 etcd-2',
      'etcd-2: new etcd-1 etcd-2',
    ]);
  });

  it('forgets the flags and the version of a start that was refused', () => {
    const refused = '{start: {member: etcd-1, flags: {snapshot-count: 5}, version: 3.4.23}, expectError: no downgrade}';
    const commands = planOf(['start: all', 'stop: etcd-1', refused, 'start: etcd-1'])[0]?.steps.at(-1)?.commands;
    expect(commands?.[0]?.text).not.toContain('snapshot-count');
  });

  it('leaves alone who runs the version already', () => {
    const swap = (member: string): string => `upgrade: {member: ${member}, to: 3.6.16}`;
    const steps = planOf(['start: all', swap('etcd-2'), swap('all')])[0]?.steps;
    expect(steps?.at(-1)?.commands.map(({ on }) => on)).toEqual(['etcd-1', 'etcd-1', 'etcd-3', 'etcd-3']);
  });
});
