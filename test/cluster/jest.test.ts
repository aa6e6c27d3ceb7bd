/** Drills in somebody's jest suite: what jest tells of them, and what is left when jest is ended. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { symlinkSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ETCD, labelled, refuseStaleBuild, ROOT, temporaryFolder, until, write, yamlOf } from './helpers';

const folder = temporaryFolder();
const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');

jest.setTimeout(180_000);

beforeAll(() => {
  refuseStaleBuild();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules', 'etcd-scenarios'));
  write(join(folder, 'package.json'), JSON.stringify({ name: 'somebody', private: true }));
});

/** A project of its own: drills by name, and a test file that asks for them. Answers its folder. */
function project(name: string, drills: Readonly<Record<string, string>>, call: string): string {
  const root = join(folder, name);
  write(join(root, 'package.json'), JSON.stringify({ name, private: true }));
  for (const [file, yaml] of Object.entries(drills)) write(join(root, 'drills', `${file}.yaml`), yaml);
  write(
    join(root, 'test', 'drills.test.js'),
    `const { drills } = require('etcd-scenarios/jest');\n${call}\ntest('another test', () => {});\n`,
  );
  return root;
}

interface JestReport {
  numPassedTests: number;
  testResults: { assertionResults: { title: string; status: string; failureMessages: string[] }[] }[];
}

/** Runs jest to its end, and answers what it tells of each test. */
function runJest(root: string, ...args: string[]): Record<string, string> {
  const report = join(root, 'report.json');
  const all = [JEST, '--rootDir', root, '--json', '--outputFile', report, ...args];
  try {
    execFileSync(process.execPath, all, { cwd: root, stdio: 'pipe', env: { ...process.env, CI: '' } });
  } catch (thrown) {
    if ((thrown as { status: number | null }).status !== 1) throw thrown;
  }
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  return Object.fromEntries(
    tests.map(({ title, status, failureMessages }) => [title, [status, ...failureMessages].join('\n')]),
  );
}

const GOOD = yamlOf('Good', { steps: '- start: all\n- put: {key: foo, value: bar}' });

test('each drill and version is a test: passed, failed with its frame, skipped with its reason, or a file’s mistakes', () => {
  const root = project(
    'told',
    {
      good: GOOD,
      red: yamlOf('Red', { steps: '- start: all\n- get: {key: foo, value: bar}' }),
      new: yamlOf('New', { top: 'requires: {etcd: ">=3.6"}', steps: '- start: all\n- get: {key: foo, absent: true}' }),
      wrong: yamlOf('Wrong', { steps: '- strat: all' }),
    },
    `drills('drills/**/*.yaml', { etcd: ['${ETCD}'], pull: 'never' });`,
  );
  const told = runJest(root);
  expect(Object.keys(told).sort()).toEqual([
    `Good [etcd ${ETCD}] (drills/good.yaml)`,
    `New [etcd ${ETCD}] (drills/new.yaml): it requires etcd >=3.6, and this is ${ETCD}`,
    `Red [etcd ${ETCD}] (drills/red.yaml)`,
    'another test',
    'drills/wrong.yaml',
  ]);
  expect(told[`Good [etcd ${ETCD}] (drills/good.yaml)`]).toBe('passed');
  expect(told[`New [etcd ${ETCD}] (drills/new.yaml): it requires etcd >=3.6, and this is ${ETCD}`]).toBe('pending');
  expect(told['another test']).toBe('passed');
  const red = told[`Red [etcd ${ETCD}] (drills/red.yaml)`];
  expect(red).toMatch(/^failed\n/);
  expect(red).toMatch(/^in drills\/red\.yaml:6:3$/m);
  expect(red).toMatch(/^>.* - get: \{key: foo, value: bar\}$/m);
  expect(red).not.toMatch(/node_modules|dist\/|\.js:/);
  expect(told['drills/wrong.yaml']).toContain('drills/wrong.yaml:5:3: there is no action `strat`');
  expect(told['drills/wrong.yaml']).toContain('did you mean `start`?');
});

test('a pattern that fits nothing is a test that fails', () => {
  const root = project('nothing', {}, "drills('drils/*.yaml');");
  const told = runJest(root);
  expect(told['drills of drils/*.yaml']).toContain(`no file fits drils/*.yaml (looked for below ${root})`);
  expect(told['another test']).toBe('passed');
});

test('without an engine the tests say so, and `-t` starts none of those that it leaves out', () => {
  const root = project(
    'engineless',
    { good: GOOD, other: yamlOf('Other', { steps: '- start: all' }) },
    "drills('drills');",
  );
  process.env['DOCKER_HOST'] = `unix://${folder}/nothing.sock`;
  try {
    expect(runJest(root, '-t', 'another')).toMatchObject({ 'another test': 'passed' });
    const told = runJest(root, '-t', 'Good');
    expect(told[`Good [etcd ${ETCD}] (drills/good.yaml)`]).toMatch(/^failed\nDOCKER_HOST is unix:|^failed\nno Docker/);
    expect(told[`Other [etcd ${ETCD}] (drills/other.yaml)`]).toBe('pending');
  } finally {
    delete process.env['DOCKER_HOST'];
  }
});

const LONG = yamlOf('Long', { steps: '- start: all\n- sleep: 10m' });

/** Starts jest in a process group of its own, as a shell does, with a drill that never ends in each of two workers. */
async function startedJest(name: string): Promise<{ child: ChildProcess; label: string }> {
  const file = `long-${name}-${process.pid}`;
  const root = project(name, { [file]: LONG }, `drills('drills', { etcd: ['${ETCD}'], pull: 'never' });`);
  const label = `etcd-scenarios.case=drills/${file}.yaml@${ETCD}`;
  const child = spawn(process.execPath, [JEST, '--rootDir', root, '--maxWorkers', '2'], {
    cwd: root,
    stdio: 'ignore',
    detached: true,
  });
  await until('the member to be there', async () => (await labelled(label)).some((one) => one.startsWith('container')));
  return { child, label };
}

test.each([
  ['SIGINT', -1],
  ['SIGTERM', 1],
  ['SIGKILL', -1],
] as const)('nothing is left when jest is ended by %s', async (signal, group) => {
  const { child, label } = await startedJest(signal.toLowerCase());
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill((child.pid ?? 0) * group, signal);
  await ended;
  await until('everything to be removed', async () => (await labelled(label)).length === 0);
});
