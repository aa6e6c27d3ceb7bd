/** Drills in somebody's jest suite: what jest tells of them, and what is left when jest is ended. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { ETCD, labelled, refuseStaleBuild, until, write, yamlOf } from './helpers';
import { folder, GOOD, installPackage, JEST, LONG, project as projectOf, runJest } from './jest-project';

jest.setTimeout(180_000);

beforeAll(() => {
  refuseStaleBuild();
  installPackage();
});

/** A project with one test file. */
const project = (name: string, drills: Readonly<Record<string, string>>, call: string): string =>
  projectOf(name, { drills, tests: { drills: call } });

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

const VALUES = yamlOf('Values', {
  top: 'vars: {key: one, value: "1"}',
  steps: '- start: all\n- put: {key: "${vars.key}", value: "${vars.value}"}\n- get: {key: two, value: "007"}',
});

test('versions are asked for as on the command line, and `vars` and a file give values to all drills that declare them', () => {
  const root = project(
    'asked',
    { good: GOOD, values: VALUES },
    `drills('drills', { etcd: '>=${ETCD} <=${ETCD}', pull: 'never', vars: { value: '007' }, varFile: 'values.yaml' });`,
  );
  write(join(root, 'values.yaml'), 'key: two\nvalue: given by vars\n');
  expect(runJest(root)).toEqual({
    [`Good [etcd ${ETCD}] (drills/good.yaml)`]: 'passed',
    [`Values [etcd ${ETCD}] (drills/values.yaml)`]: 'passed',
    'another test': 'passed',
  });
});

test.each([
  [
    'a range that nothing fits',
    { etcd: ['>=9'] },
    /^failed\netcd: >=9: no version of etcd that is to be had here fits/,
  ],
  [
    'a value that no drill declares',
    { vars: { valeu: 1 } },
    /^failed\nvars\.valeu: no scenario .* did you mean value\?\n/,
  ],
  ['a file that is not there', { varFile: 'nothing.yaml' }, /^failed\n.*nothing\.yaml/],
  ['a file with a misspelt name', { varFile: 'values.yaml' }, /^failed\nvalues\.yaml:1:1: .* variable `kye`/],
])('%s is one test that fails', (name, options, message) => {
  const call = `drills('drills', ${JSON.stringify({ pull: 'never', ...options })});`;
  const root = project(name.replace(/ /g, '-'), { good: GOOD, values: VALUES }, call);
  write(join(root, 'values.yaml'), 'kye: two\n');
  const { 'another test': another, 'drills of drills': failed, ...rest } = runJest(root);
  expect(another).toBe('passed');
  expect(failed).toMatch(message);
  expect(rest).toEqual({});
});

const labelOf = (drill: string): string => `etcd-scenarios.case=drills/${drill}.yaml@${ETCD}`;
const isThere = async (drill: string): Promise<boolean> =>
  (await labelled(labelOf(drill))).some((one) => one.startsWith('container'));
const isGone = async (drill: string): Promise<boolean> => (await labelled(labelOf(drill))).length === 0;

/** Starts jest in a process group of its own, as a shell does, with drills in each of two workers. */
function startJest(name: string, drills: Readonly<Record<string, string>>): ChildProcess {
  const call = (file: string): string => `drills('drills/${file}.yaml', { etcd: ['${ETCD}'], pull: 'never' });`;
  const tests = Object.fromEntries(Object.keys(drills).map((file) => [file, call(file)]));
  const root = projectOf(name, { drills, tests });
  const args = [JEST, '--rootDir', root, '--maxWorkers', '2'];
  return spawn(process.execPath, args, { cwd: root, stdio: 'ignore', detached: true });
}

test('of two workers each removes only its own, and Ctrl-C removes all', async () => {
  const [short, long] = [`short-${process.pid}`, `long-${process.pid}`];
  const child = startJest('workers', { [short]: GOOD, [long]: LONG });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await until('the members of both drills', async () => (await isThere(short)) && (await isThere(long)));
  await until('the short drill to be removed', () => isGone(short));
  expect(await labelled(labelOf(long))).toHaveLength(3);
  process.kill(-(child.pid ?? 0), 'SIGINT');
  await ended;
  await until('the long drill to be removed', () => isGone(long));
});

test.each([
  ['SIGINT', -1],
  ['SIGTERM', 1],
  ['SIGKILL', -1],
] as const)('nothing is left when jest is ended by %s', async (signal, group) => {
  const two = ['first', 'second'].map((one) => `${one}-${signal.toLowerCase()}-${process.pid}`);
  const child = startJest(signal.toLowerCase(), Object.fromEntries(two.map((one) => [one, LONG])));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await until('the members to be there', async () => (await Promise.all(two.map(isThere))).every(Boolean));
  process.kill((child.pid ?? 0) * group, signal);
  await ended;
  await until('everything to be removed', async () => (await Promise.all(two.map(isGone))).every(Boolean));
});
