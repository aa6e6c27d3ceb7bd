/** Snapshots from outside: their paths, their soundness, their size, all told before anything starts. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatProblems } from '../../src/problems';
import { ScenarioError } from '../../src/errors';
import { check, refuseErrors } from '../../src/library/check';
import { roomTrouble } from '../../src/library/disk';
import { outsideFiles } from '../../src/scenario/paths';
import { databaseOf, snapshotOf } from '../snapshot-fixture';

const root = mkdtempSync(join(tmpdir(), 'etcd-scenarios-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const drills = join(root, 'drills');
mkdirSync(drills);
writeFileSync(join(drills, 'backup.db'), snapshotOf(5));
writeFileSync(join(root, 'mine.db'), snapshotOf(6));
writeFileSync(join(drills, 'cut.db'), snapshotOf(5).subarray(0, 9000));
writeFileSync(join(drills, 'plain.db'), databaseOf(5));

interface About {
  top?: string;
  steps: string[];
  variables?: Record<string, string>;
}

/** The paths that a drill reads; its problems as text where it has any. */
async function look({ top = '', steps, variables }: About): Promise<string[] | string> {
  const list = steps.map((step) => `  - ${step}\n`).join('');
  writeFileSync(join(drills, 'drill.yaml'), `name: A drill\nmembers: 3\n${top}steps:\n${list}`);
  try {
    const { scenarios, problems } = await check({ paths: ['drills/drill.yaml'], cwd: root, variables });
    refuseErrors(problems);
    return scenarios.flatMap((one) => outsideFiles(one.steps).map(({ path }) => path));
  } catch (thrown) {
    if (thrown instanceof ScenarioError) {
      const errors = thrown.problems.filter(({ severity }) => severity === 'error');
      return formatProblems(errors).replaceAll(root, 'ROOT');
    }
    throw thrown;
  }
}

const restore = (file: string, more = ''): string => `restore: {member: all, snapshot: {file: ${file}}${more}}`;
const VAR = '"${vars.snapshot}"';

describe('the path of a snapshot from outside', () => {
  it.each<[string, About, string[]]>([
    ['is relative to the drill', { steps: [restore('./backup.db')] }, [join(drills, 'backup.db')]],
    ['may be absolute', { steps: [restore(join(root, 'mine.db'))] }, [join(root, 'mine.db')]],
    [
      'in a variable of the file is relative to the drill',
      { top: 'vars: {snapshot: backup.db}\n', steps: [restore(VAR)] },
      [join(drills, 'backup.db')],
    ],
    [
      'of the command line is relative to the caller',
      { top: 'vars: {snapshot: backup.db}\n', steps: [restore(VAR)], variables: { snapshot: './mine.db' } },
      [join(root, 'mine.db')],
    ],
    [
      'that the command line brought a part of is the caller’s as well',
      { top: 'vars: {name: x}\n', steps: [restore('"./${vars.name}.db"')], variables: { name: 'mine' } },
      [join(root, 'mine.db')],
    ],
  ])('%s', async (_, about, expected) => {
    expect(await look(about)).toEqual(expected);
  });

  it('that leads nowhere is told at its place, once', async () => {
    const told = await look({ steps: [restore('./nope.db'), 'snapshot-status: {snapshot: {file: ./nope.db}}'] });
    expect(told).toBe(`drills/drill.yaml:4:45: there is no file ./nope.db (ROOT/drills/nope.db)
    3 | steps:
  > 4 |   - restore: {member: all, snapshot: {file: ./nope.db}}
      |                                             ^^^^^^^^^
    5 |   - snapshot-status: {snapshot: {file: ./nope.db}}
  = a relative path is relative to the folder of the file that names it
  = see \`etcd-scenarios steps restore\`

1 problem; nothing was started
`);
  });

  it('of the command line says so where it leads nowhere', async () => {
    const about = { top: 'vars: {snapshot: backup.db}\n', steps: [restore(VAR)], variables: { snapshot: 'backup.db' } };
    const told = await look(about);
    expect(told).toContain('there is no file backup.db (ROOT/backup.db)');
    expect(told).toContain('= a relative path is relative to the folder that the command runs in');
  });

  it('that is a folder is told', async () => {
    expect(await look({ steps: [restore('.')] })).toContain('a file is needed, and this is a folder: . (ROOT/drills)');
  });

  it('that comes with a result is too late', async () => {
    const told = await look({
      steps: ['etcdctl: {args: [version]}\n    as: tool', restore('"${results.tool.stdout}"')],
    });
    expect(told).toContain('a file has to be known before anything starts');
  });
});

describe('a snapshot from outside', () => {
  it.each<[string, About, string]>([
    ['that is damaged is told', { steps: [restore('cut.db')] }, "cut.db can't be used: it is cut off"],
    [
      'that is damaged is told where it is only inspected',
      { steps: ['snapshot-status: {snapshot: {file: cut.db}}'] },
      "cut.db can't be used: it is cut off",
    ],
    [
      'without a hash names the way out',
      { steps: [restore('plain.db')] },
      'or say `skipHashCheck: true`, and nobody checks it',
    ],
    [
      'that is larger than the quota is told, with a quota that carries it',
      { top: 'flags: {quota-backend-bytes: 20000}\n', steps: [restore('backup.db')] },
      "backup.db has 20 KiB, and the members' quota is 19.5 KiB: etcd would raise NOSPACE at the first write",
    ],
  ])('%s', async (_, about, expected) => {
    const told = await look(about);
    expect(told).toContain(expected);
    expect(told).toContain('1 problem; nothing was started');
  });

  it.each<[string, About]>([
    ['without a hash, unchecked', { steps: [restore('plain.db', ', skipHashCheck: true')] }],
    ['damaged, for a step that has to fail', { steps: [`${restore('cut.db')}\n    expectError: checksum`] }],
    [
      'larger than the quota, with more at its start',
      {
        top: 'flags: {quota-backend-bytes: 20000}\n',
        steps: [restore('backup.db'), 'start: {member: all, flags: {quota-backend-bytes: 100000}}'],
      },
    ],
    ['without a quota', { top: 'flags: {quota-backend-bytes: -1}\n', steps: [restore('backup.db')] }],
  ])('is accepted %s', async (_, about) => {
    expect(await look(about)).toHaveLength(1);
  });

  it('may be read-only', async () => {
    chmodSync(join(drills, 'backup.db'), 0o400);
    expect(await look({ steps: [restore('backup.db')] })).toHaveLength(1);
  });
});

describe('the room that restores take', () => {
  const need = { name: 'backup.db', members: 3, engineBytes: 6_000, localBytes: 1_000 };
  const disk = (device: string, freeBytes: number): { path: string; device: string; freeBytes: number } => ({
    path: `/${device}`,
    device,
    freeBytes,
  });

  it.each<[string, number, Parameters<typeof roomTrouble>[2], RegExp | undefined]>([
    ['is there', 1, { local: disk('tmp', 1000), engine: disk('docker', 6000) }, undefined],
    [
      'lacks for the engine',
      1,
      { local: disk('tmp', 1000), engine: disk('docker', 5999) },
      /3 members takes 5.9 KiB of the disk at \/docker/,
    ],
    [
      'lacks for the copy',
      1,
      { local: disk('tmp', 999), engine: disk('docker', 6000) },
      /takes 1000 bytes of the disk at \/tmp/,
    ],
    ['is one disk’s', 1, { local: disk('one', 6999), engine: disk('one', 6999) }, /takes 6.8 KiB/],
    [
      'is for all that run side by side',
      2,
      { local: disk('tmp', 2000), engine: disk('docker', 6000) },
      /2 restores side by side/,
    ],
    ['is not known', 1, { local: undefined, engine: undefined }, undefined],
  ])('%s', (_, jobs, disks, expected) => {
    const told = roomTrouble([need, need, need], jobs, disks);
    if (expected) expect(told).toMatch(expected);
    else expect(told).toBeUndefined();
  });
});
