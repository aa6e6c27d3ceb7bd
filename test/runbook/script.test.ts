/** The scripts themselves are run in test/cluster/script.test.ts; here is what needs no container. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { formatProblems } from '../../src/problems';
import { planCases } from '../../src/run/plan';
import { drillScript, type Script } from '../../src/runbook/script/script';
import { drill, load } from '../scenario/fixture';

function scriptOf(yaml: string, version = '3.5.35'): Script {
  const [scenario] = load(yaml).scenarios;
  if (!scenario) throw new Error('the drill has problems');
  const [chosen] = planCases([scenario], { etcd: [version], defaultEtcd: [], repeat: 1 }).cases;
  if (!chosen) throw new Error('the drill has no case');
  return drillScript(chosen);
}

const reasons = (yaml: string): string[] =>
  scriptOf(yaml).problems.map(({ place, message }) => `${place.line}:${place.column} ${message}`);

describe('a script', () => {
  it('is refused for every cause once, at the first step that has it; who is meant after a result is none of its own', () => {
    expect(reasons(readFileSync(path.join(__dirname, 'everything.yaml'), 'utf8'))).toEqual([
      '8:5 step 3 (`start`) has no form as a script: a result, which is known only while it runs; so it is with step 6',
      '10:5 step 5 (`lease-grant`) has no form as a script: this action',
      '13:5 step 7 (`repeat`) has no form as a script: steps inside of a step; so it is with step 8',
      '21:5 step 9 (`txn`) has no form as a script: this action',
      '22:5 step 10 (`compact`) has no form as a script: this action',
      '23:5 step 11 (`alarm-disarm`) has no form as a script: this action',
      '33:5 step 21 (`expect`) has no form as a script: `version`',
      '37:5 step onFailure.1 (`etcdctl`) has no form as a script: `onFailure`',
      '39:5 step finally.1 (`kill`) has no form as a script: `finally`; so it is with step finally.2',
    ]);
  });

  it('is refused where who is meant shows only while it runs, with nothing open before', () => {
    expect(reasons(drill('start: all', 'member-remove: follower', 'stop: all', 'start: all'))).toEqual([
      '6:5 step 3 (`stop`) has no form as a script: who is in the cluster shows only while it runs',
      '7:5 step 4 (`start`) has no form as a script: who is started shows only while it runs',
    ]);
  });

  it('points at the step', () => {
    const { problems } = scriptOf(drill('start: all', 'defrag: etcd-1'));
    expect(formatProblems(problems)).toContain('  > 5 |   - defrag: etcd-1\n      |     ^^^^^^');
  });

  it.each([
    ['start: all', 'put: {key: k, value: v, prevValue: w}', '`put` with `prevValue`'],
    [
      'start: all',
      'get: k\nexpectError: {matches: a.*b}',
      '`expectError` with a regular expression: grep reads another dialect',
    ],
    ['start: all', 'get: {key: "", prefix: true, lease: 0, count: 1}', '`lease` of a read'],
    ['start: all', 'expect: {version: {cluster: "3.5"}}', '`version`'],
    ['start: all', 'expect: {leases: {count: 0}}', '`leases`'],
    ['start: all', 'kill: etcd-1\nexpectError: no such process', '`expectError` beside this action'],
  ])('after %j is refused for %j', (first, step, why) => {
    expect(reasons(drill(first, step))).toEqual([expect.stringContaining(why)]);
  });

  it('quotes what the author wrote, so that the shell leaves it alone', () => {
    const { text } = scriptOf(drill('start: all', `put: {key: "a b", value: "$(reboot) 'x' \`y\`"}`));
    expect(text).toContain(`once put - 'a b' '$(reboot) '\\''x'\\'' \`y\`'`);
  });

  it('is bash, and has only the functions that it needs', () => {
    const { text } = scriptOf(drill('start: all', 'kill: leader', 'start: all', 'member-remove: etcd-1'));
    execFileSync('bash', ['-n'], { input: text });
    expect(text).toMatch(/^agreed_leader\(\)/m);
    expect(text).not.toMatch(/^consistent\(\)/m);
  });
});

describe('the script of a scenario with `auth`', () => {
  const WITH_AUTH = drill(
    'start: all',
    'etcdctl: [user, add, "root:s3cret-for-tests"]',
    'etcdctl: [auth, enable]',
    'etcdctl: {args: [auth, status], output: "Authentication Status: true"}',
    'etcdctl: [--user=bob:other, get, foo]',
  ).replace('members: 3', 'members: 3\nauth: {user: root, password: {env: ROOT_PASSWORD}}');

  it('takes the password from the variable, and has it nowhere', () => {
    const { text, problems } = scriptOf(WITH_AUTH);
    expect(problems).toEqual([]);
    expect(text).not.toContain('s3cret');
    expect(text).toContain('export ETCDCTL_USER=root:"${ROOT_PASSWORD:?it has to hold the password of the user root}"');
    expect(text).toContain('TIMEOUT=30 once request - user add "root:$ROOT_PASSWORD"');
    expect(text).toContain("TIMEOUT=30 once etcdctl_says 'Authentication Status: true' - auth status");
  });

  it('leaves the variable away beside a user of the author’s own', () => {
    expect(scriptOf(WITH_AUTH).text).toContain("LOGIN='' TIMEOUT=30 once request - --user=bob:other get foo");
  });

  it('logs nobody in without `auth`', () => {
    expect(scriptOf(drill('start: all', 'etcdctl: [auth, enable]')).text).toContain("LOGIN=''");
  });
});
