/** What `new` writes passes on real etcd as it is. */
import { join } from 'node:path';
import { templateNames } from '../../src/library/templates';
import { cli, temporaryFolder } from './helpers';

const folder = temporaryFolder();

test('every template passes', async () => {
  const names = templateNames();
  for (const name of names) {
    const { exitCode, stderr } = await cli(['new', join('drills', `${name}.yaml`), '--template', name], {
      cwd: folder,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  }
  const { exitCode, stdout } = await cli(['run', 'drills', '--pull', 'never', '--jobs', '2'], { cwd: folder });
  if (exitCode !== 0) throw new Error(stdout);
  expect(stdout).toContain(`${names.length} passed`);
}, 300_000);
