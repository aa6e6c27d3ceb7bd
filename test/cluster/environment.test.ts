/** What others do to a run's containers is exit 3, with who and what: never a failure of etcd, and never a pass. */
import type Dockerode from 'dockerode';
import { connectEngine } from '../../src/cluster/docker/engine';
import { ETCD, runDrill, yamlOf, type Case } from './helpers';

jest.setTimeout(240_000);

const LABEL = 'etcd-scenarios.run';
let docker: Dockerode;

beforeAll(async () => void ({ docker } = await connectEngine()));

/** Runs a scenario, and does something to its only container when a step with this sentence begins. */
async function disturbed(
  steps: string,
  when: string,
  disturb: (container: Dockerode.Container) => Promise<unknown>,
): Promise<Case> {
  let doing: Promise<unknown> | undefined;
  const act = async (run: string): Promise<void> => {
    const [first] = await docker.listContainers({ filters: { label: [`${LABEL}=${run}`] } });
    if (!first) throw new Error('the run has no container');
    await disturb(docker.getContainer(first.Id));
  };
  const done = await runDrill(yamlOf('disturbed', { steps }), {
    etcd: [ETCD],
    onEvent: (event) => {
      if (event.type === 'step-started' && event.step.sentence === when) doing ??= act(event.run);
    },
  });
  await doing;
  return done;
}

const WRITER = `
- start: all
- repeat:
    times: 100000
    steps:
      - put: {key: foo, value: "v\${repeat.index}"}`;

test.each<[string, (container: Dockerode.Container) => Promise<unknown>, RegExp]>([
  [
    'docker kill',
    (one) => one.kill(),
    /etcd-1 was ended from outside the run.*SIGKILL.*somebody asked the engine to \(kill SIGKILL/,
  ],
  [
    'docker stop',
    (one) => one.stop(),
    /etcd-1 was ended from outside the run.*somebody asked the engine to \(kill SIGTERM/,
  ],
  ['docker rm -f', (one) => one.remove({ force: true }), /etcd-1 was ended from outside the run/],
  ['docker pause', (one) => one.pause(), /was paused from outside the run/],
])('%s while a member is written to: exit 3', async (_, disturb, said) => {
  const done = await disturbed(WRITER, 'put foo = "v5"', disturb);
  expect(done.verdict).toBe('error');
  expect(done.failure).toMatchObject({ kind: 'environment', message: expect.stringMatching(said) as string });
});

test('an expected error that comes of a kill from outside does not pass', async () => {
  const steps = `
- start: all
- put: {key: foo, value: bar}
- repeat:
    times: 1
    steps:
      - sleep: 3s
- put: {key: foo, value: baz}
  expectError: [Connection dropped, No connection established, context deadline]`;
  const done = await disturbed(steps, 'sleep 3s', (one) => one.kill());
  expect(done.verdict).toBe('error');
});
