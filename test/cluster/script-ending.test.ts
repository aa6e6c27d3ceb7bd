/** A script that is interrupted removes its containers, its network and its volumes. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { cli, labelled, startProgram, temporaryFolder, until, write, yamlOf, type Running } from './helpers';

jest.setTimeout(90_000);

const LABEL = 'etcd-scenarios.script';
const folder = temporaryFolder();
const started: Running[] = [];

beforeAll(async () => {
  const steps = `
    - start: all
    - sleep: 10m
    - expect: {healthy: all}`;
  write(join(folder, 'drill.yaml'), yamlOf('A long wait', { members: 3, steps }));
  const never = `
    - start: etcd-1
    - get: {key: foo, value: bar}
      within: 10m`;
  write(join(folder, 'never.yaml'), yamlOf('A key that never comes', { steps: never }));
  for (const name of ['drill', 'never']) {
    const written = await cli(['runbook', `${name}.yaml`, '--format', 'sh', '--out', `${name}.sh`], { cwd: folder });
    expect(written).toMatchObject({ exitCode: 0, stderr: '' });
  }
});

afterAll(() => {
  for (const { child } of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function start(name: string): Running {
  const script = startProgram('bash', [join(folder, `${name}.sh`)], { detached: true });
  started.push(script);
  return script;
}

const isOf =
  ({ child }: Running) =>
  (name: string): boolean =>
    name.includes(`etcd-drill-${child.pid}-`);

async function foundOf(script: Running): Promise<string[]> {
  return (await labelled(LABEL)).filter(isOf(script));
}

/** What Ctrl-C in a terminal does: everybody in the group gets the signal. */
function toGroup({ child }: Running, signal: NodeJS.Signals): void {
  process.kill(-(child.pid ?? 0), signal);
}

async function endOf(script: Running): Promise<{ exitCode: number | null; left: string[] }> {
  await until('the end of the script', () => script.child.exitCode !== null || script.child.signalCode !== null);
  const { exitCode } = await script.ended;
  return { exitCode, left: await foundOf(script) };
}

const GONE = { exitCode: 130, left: [] };

test.each<[what: string, drill: string, inStep: string, end: (script: Running) => void]>([
  ['Ctrl-C in a step that waits', 'drill', 'sleep 10m', (script) => toGroup(script, 'SIGINT')],
  ['SIGTERM to the shell alone in a step that waits', 'drill', 'sleep 10m', ({ child }) => child.kill('SIGTERM')],
  ['SIGTERM to the group', 'drill', 'sleep 10m', (script) => toGroup(script, 'SIGTERM')],
  ['Ctrl-C while members are being started', 'drill', 'start all', (script) => toGroup(script, 'SIGINT')],
  ['Ctrl-C in a step that is tried again and again', 'never', 'read foo', (script) => toGroup(script, 'SIGINT')],
  [
    'SIGTERM to the shell alone while it tries again and again',
    'never',
    'read foo',
    ({ child }) => child.kill('SIGTERM'),
  ],
])('%s: exit 130, and nothing is left', async (_, drill, inStep, end) => {
  const script = start(drill);
  await until(`step "${inStep}"`, () => script.output().includes(inStep));
  await until('something to remove', async () => (await foundOf(script)).some((one) => one.startsWith('container')));
  end(script);
  expect(await endOf(script)).toEqual(GONE);
});

test('Ctrl-C a second time, while it removes: nothing is left all the same', async () => {
  const script = start('drill');
  await until('step "sleep"', () => script.output().includes('sleep 10m'));
  const before = await foundOf(script);
  expect(before).toHaveLength(3 + 1 + 4);
  toGroup(script, 'SIGINT');
  await until('the removal', async () => (await foundOf(script)).length < before.length);
  if (script.child.exitCode === null) toGroup(script, 'SIGINT');
  expect(await endOf(script)).toEqual(GONE);
});
