/** Clusters that have authentication enabled, and the runner's own clients in them. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cli, filesUnder, runDrills, temporaryFolder, VERSIONS, write, yamlOf, type Answer } from './helpers';

jest.setTimeout(240_000);
const folder = temporaryFolder();
const PASSWORD = 'sekrit-of-root';
const AUTH = 'auth: {user: root, password: {env: ROOT_PASSWORD}}';

/** Steps that enable authentication on a member that serves. */
const ENABLE = `
  - etcdctl: [user, add, "root:${PASSWORD}"]
  - etcdctl: [user, grant-role, root, root]
  - etcdctl: [auth, enable]`;

const run = (name: string, yaml: string, env: NodeJS.ProcessEnv = {}): Promise<Answer> => {
  write(join(folder, `${name}.yaml`), yaml);
  const args = ['run', `${name}.yaml`, '--pull', 'never', '--reports', `reports-${name}`];
  return cli(args, { cwd: folder, env });
};

it('lets the runner in before and after it is enabled, for everything that it does', async () => {
  const yaml = yamlOf('Enabled', {
    members: 2,
    top: AUTH,
    steps: `
      - start: {member: etcd-1, initialCluster: [etcd-1]}
      - put: {key: a, value: before}
${ENABLE.replace(/^/gm, '    ')}
      - put: {key: a, value: after}
      - member-add: {member: etcd-2, learner: true}
        when: {etcd: ">=3.4"}
      - member-add: etcd-2
        when: {etcd: "<3.4"}
      - start: etcd-2
      - member-promote: etcd-2
        when: {etcd: ">=3.4"}
      - etcdctl: [user, add, "app:another"]
      - expect: {healthy: all, consistent: true, leader: etcd-1, members: [etcd-1, etcd-2], alarms: none}
      - snapshot: {save: s}
      - lease-grant: 60s
        as: lease
      - lease-keepalive: "\${results.lease.id}"
      - compact: current
      - defrag: all
      - restart: etcd-1
      - etcdctl: {args: [get, a], output: after}
      - etcdctl: {args: [--user, "root:${PASSWORD}", get, a], output: after}`,
  });
  const { result, events } = await runDrills(
    { enabled: yaml },
    { etcd: VERSIONS, jobs: 2, env: { ROOT_PASSWORD: PASSWORD } },
  );
  expect(result.cases.filter(({ failure }) => failure !== null)).toEqual([]);
  expect(result.counts.passed).toBe(VERSIONS.length);
  expect(JSON.stringify(events)).not.toContain(PASSWORD);
});

describe('data that were restored', () => {
  beforeAll(async () => {
    const yaml = yamlOf('Filled', {
      top: AUTH,
      steps: `
      - start: all
      - put: {key: a, value: b}
${ENABLE.replace(/^/gm, '    ')}
      - snapshot: {save: s}
        as: taken
      - note: "\${results.taken.path}"`,
    });
    const { result } = await runDrills(
      { yaml },
      {
        env: { ROOT_PASSWORD: PASSWORD },
        onEvent: (event) => {
          if (event.type !== 'step-started' || event.step.action !== 'note') return;
          copyFileSync(event.step.sentence, join(folder, 'auth.db'));
        },
      },
    );
    expect(result.exitCode).toBe(0);
  });

  const restored = (top: string): string =>
    yamlOf('Restored', {
      members: 3,
      top,
      steps: `
      - restore: {member: all, snapshot: {file: ./auth.db}}
      - start: all
      - get: {key: a, value: b, from: all}
      - expect: {healthy: all, consistent: true}`,
    });

  it('let the user in that `auth` names, and show his password nowhere', async () => {
    const { exitCode, stdout, stderr } = await run('let-in', restored(AUTH), { ROOT_PASSWORD: PASSWORD });
    expect(stdout).toContain('1 passed');
    expect(exitCode).toBe(0);
    const texts = filesUnder(join(folder, 'reports-let-in')).map((path) => readFileSync(path, 'latin1'));
    expect(texts.length).toBeGreaterThan(3);
    expect([stdout, stderr, ...texts].filter((text) => text.includes(PASSWORD))).toEqual([]);
  });

  it('say at once that they ask for a user where there is none', async () => {
    const { exitCode, stdout } = await run('nobody', restored(''));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('serves, but not us: etcd-');
    expect(stdout).toContain('add `auth: {user: root, password: {env: NAME}}` to the scenario');
  });

  it('say so where the password is another one', async () => {
    const { exitCode, stdout } = await run('wrong', restored(AUTH), { ROOT_PASSWORD: 'not-this-one' });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('invalid user ID or password');
    expect(stdout).toContain('look at `auth` of the scenario');
    expect(stdout).not.toContain('not-this-one');
  });

  it('are not touched where the password is not there', async () => {
    const { exitCode, stderr } = await run('unset', restored(AUTH), { ROOT_PASSWORD: '' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('unset.yaml:3:');
    expect(stderr).toContain('the environment variable ROOT_PASSWORD is empty');
    expect(stderr).toContain('nothing was started');
  });
});
