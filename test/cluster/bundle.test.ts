/** Images as one file: from the engine that everybody uses to one that has nothing. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ETCD, ROOT, temporaryFolder } from './helpers';
import { canHavePrivateEngine, PrivateEngine } from './private-engine';

const folder = temporaryFolder();
const file = join(folder, 'images.tar');
const REFERENCE = `localhost/etcd:${ETCD}`;

function images(
  args: string[],
  env: NodeJS.ProcessEnv = {},
): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'dist/cli/main.js'), 'images', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

jest.setTimeout(120_000);

test('are saved, and never over a file that is there', () => {
  expect(images(['--save', file, ETCD])).toMatchObject({ status: 0, stdout: `saved ${REFERENCE}\n` });
  const before = readFileSync(file);
  expect(images(['--save', file, ETCD])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('is there already') as string,
  });
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('of a version that is not there leave no file', () => {
  const other = join(folder, 'other.tar');
  expect(images(['--save', other, '3.5.98'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('has no image of etcd 3.5.98') as string,
  });
  expect([other, `${other}.partial`].some((path) => existsSync(path))).toBe(false);
});

test('are refused where the file is cut off, is none, or is not there', () => {
  const cut = join(folder, 'cut.tar');
  const text = join(folder, 'text.tar');
  writeFileSync(cut, readFileSync(file).subarray(0, 1_000_000));
  writeFileSync(text, 'no tar at all');
  for (const bad of [cut, text]) {
    expect(images(['--load', bad])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is no whole file of images') as string,
    });
  }
  expect(images(['--load', join(folder, 'nothing.tar')])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('there is no file') as string,
  });
});

(canHavePrivateEngine ? test : test.skip)('are loaded into an engine that has none', async () => {
  const engine = new PrivateEngine();
  try {
    await engine.start();
    expect(images(['--load', file], engine.env)).toMatchObject({ status: 0, stdout: `loaded ${REFERENCE}\n` });
    const { RepoTags } = await engine.docker.getImage(REFERENCE).inspect();
    expect(RepoTags).toEqual([REFERENCE]);
  } finally {
    await engine.dispose();
  }
});
