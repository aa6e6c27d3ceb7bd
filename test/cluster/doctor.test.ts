/** `doctor` on engines that there are: what it says is so. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { LABEL, ownerLabels } from '../../src/cluster/docker/labels';
import type { Line } from '../../src/library/doctor';
import { ETCD, ROOT, temporaryFolder } from './helpers';
import { canHavePrivateEngine, PrivateEngine } from './private-engine';

const MAIN = join(ROOT, 'dist/cli/main.js');
const folder = temporaryFolder();

function doctor(env: NodeJS.ProcessEnv = {}): { status: number | null; line: (what: string) => Line | undefined } {
  const { status, stdout } = spawnSync(process.execPath, [MAIN, 'doctor', '--pull', 'never', '--json'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  const lines = JSON.parse(stdout) as Line[];
  return { status, line: (name) => lines.find(({ what }) => what === name) };
}

it('finds the engine that everybody uses fit for drills', () => {
  const { status, line } = doctor();
  expect(line('engine')).toMatchObject({
    state: 'ok',
    finding: expect.stringMatching(/^Docker \d.* at \S+, on this/) as unknown,
  });
  expect(line('images')?.finding).toContain(ETCD);
  expect(line('clock')).toEqual({ state: 'ok', what: 'clock', finding: 'as ours' });
  expect(status).toBe(0);
});

(canHavePrivateEngine ? it : it.skip)('of an empty engine: no image, and what a dead run left there', async () => {
  const engine = new PrivateEngine();
  try {
    await engine.start();
    const dead = { ...ownerLabels('gone', 'case'), [LABEL.started]: '1' };
    await engine.docker.createVolume({ Name: 'left-behind', Labels: dead });
    await engine.docker.createVolume({ Name: 'in-use', Labels: ownerLabels('here', 'case') });
    // Other runs may have been killed on this machine, and left their folders.
    const own = { ...engine.env, TMPDIR: folder };
    const { status, line } = doctor({ ...own, ETCD_SCENARIOS_IMAGE: 'registry.example/etcd:{version}' });
    expect(line('engine')?.finding).toContain(`at ${engine.env['DOCKER_HOST']?.replace('unix://', '')}`);
    expect(line('leftovers')).toMatchObject({ state: 'warn', finding: '1 resource of the run gone' });
    expect(line('images')).toMatchObject({
      state: 'fail',
      finding: expect.stringContaining('the engine has none') as unknown,
    });
    expect(status).toBe(3);
  } finally {
    await engine.dispose();
  }
});
