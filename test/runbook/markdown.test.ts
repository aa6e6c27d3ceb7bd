import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { planCases } from '../../src/run/plan';
import { runbookMarkdown } from '../../src/runbook/markdown';
import { drill, load } from '../scenario/fixture';

const ROOT = path.resolve(__dirname, '../..');

function runbookOf(file: string, version: string): string {
  return runbookOfText(readFileSync(path.join(ROOT, file), 'utf8'), version, file);
}

function runbookOfText(text: string, version = '3.5.35', file = 'drill.yaml'): string {
  const [scenario] = load(text, {}, file).scenarios;
  if (!scenario) throw new Error(`${file} has problems`);
  const [chosen] = planCases([scenario], { etcd: [version], defaultEtcd: [], repeat: 1 }).cases;
  if (!chosen) throw new Error(`${file} has no case`);
  return runbookMarkdown(chosen);
}

describe('a runbook', () => {
  it.each([
    ['scenarios/recovery/minority-without-data.yaml', '3.5.35'],
    ['scenarios/recovery/majority-from-snapshot.yaml', '3.6.16'],
    ['scenarios/recovery/majority-from-live-member.yaml', '3.5.35'],
    ['scenarios/recovery/force-new-cluster-fork.yaml', '3.3.25'],
    ['scenarios/membership/add-second.yaml', '3.4.23'],
    ['test/runbook/everything.yaml', '3.6.16'],
  ])('of %s for etcd %s reads as it should', (file, version) => {
    const golden = path.join(__dirname, 'golden', `${path.basename(file, '.yaml')}@${version}.md`);
    const actual = runbookOf(file, version);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, actual);
    expect(existsSync(golden) ? readFileSync(golden, 'utf8') : `${golden} is missing: UPDATE_GOLDEN=1`).toBe(actual);
  });
});

describe('the runbook of a scenario with `auth`', () => {
  const AUTH = 'members: 3\nauth: {user: root, password: {env: ROOT_PASSWORD}}';
  const ENABLE = ['etcdctl: [user, add, "root:s3cret-for-tests"]', 'etcdctl: [auth, enable]'];
  const USER = '--user="root:$ROOT_PASSWORD"';

  /** The commands of etcdctl, without what comes before the user. */
  function commandsIn(...steps: string[]): string[] {
    const page = runbookOfText(drill('start: all', ...steps).replace('members: 3', AUTH));
    expect(page).not.toContain('s3cret');
    return [...page.matchAll(/^(?:memberid=\$\()?etcdctl --endpoints=\S+ (.*)$/gm)].map(([, words = '']) => words);
  }

  it('logs in from the enabling of authentication on, and not before', () => {
    expect(commandsIn('put: {key: foo, value: bar}', ...ENABLE, 'put: {key: foo, value: baz}')).toEqual([
      'put foo bar',
      'user add "root:$ROOT_PASSWORD"',
      'auth enable',
      `${USER} put foo baz`,
    ]);
  });

  it('logs in for everything: reads, snapshots, member changes and expectations, after a restore as well', () => {
    const steps = [
      'snapshot: backup',
      'kill: all',
      'wipe: all',
      'restore: {member: all, snapshot: backup}',
      'start: all',
      'get: {key: foo, value: bar}',
      'member-remove: etcd-3',
      'expect: {healthy: [etcd-1, etcd-2], members: [etcd-1, etcd-2], leader: any}',
    ];
    const commands = commandsIn(...ENABLE, ...steps).slice(2);
    expect(commands.length).toBeGreaterThan(5);
    expect(commands.filter((command) => !command.startsWith(USER))).toEqual([]);
  });

  it('logs in within a block, where a step may come after one that enables authentication', () => {
    const step = `repeat:\n  times: 2\n  steps:\n    - put: {key: foo, value: bar}\n    - ${ENABLE[1]}`;
    expect(commandsIn(step)).toEqual([`${USER} put foo bar`, `${USER} auth enable`]);
  });

  it('leaves a user of the author’s own', () => {
    const own = 'etcdctl: [--user=bob:other, get, foo]';
    expect(commandsIn(...ENABLE, own).at(-1)).toBe('--user=bob:other get foo');
  });

  it('knows nothing of a user without `auth`', () => {
    expect(runbookOfText(drill('start: all', 'etcdctl: [auth, enable]', 'get: {key: foo}'))).not.toContain('--user');
  });
});

it.each([
  ['put: {key: foo, value: bar}', 'may have been applied all the same'],
  ['delete: foo', 'may have been applied all the same'],
  ['lease-grant: 60s', 'may have been applied all the same'],
  ['member-add: etcd-2', 'may have been applied all the same'],
  ['txn: {if: [{key: foo, version: 0}], then: [{put: {key: foo, value: bar}}]}', 'may have been applied all the same'],
])('says of a request that is expected to fail what it leaves open: %s', (step, words) => {
  const page = runbookOfText(drill('start: all', `${step}\nexpectError: request timed out`));
  expect(page.slice(page.indexOf('### 2.'))).toMatch(new RegExp(`This is refused, .*${words}`));
});
