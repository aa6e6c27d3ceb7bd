/** A secret variable reaches etcd, and no file or output of the run has it in any form. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cli, filesUnder, temporaryFolder, write, yamlOf } from './helpers';

jest.setTimeout(180_000);
const folder = temporaryFolder();
const SECRET = `hunter2-of "dulcinea" & <more> ü`;

/** What no output may hold: parts of the secret, and of what it is in JSON, base64 and hex. */
const PARTS = [
  'hunter2',
  'dulcinea',
  ...['', 'a', 'ab'].map((before) =>
    Buffer.from(before + SECRET)
      .toString('base64')
      .slice(4, 20),
  ),
  Buffer.from(SECRET).toString('hex').slice(0, 16),
];

const steps = `
  - start: all
  - put: {key: foo, value: "\${vars.token}"}
  - get: {key: foo, value: "\${vars.token}"}
    as: read
  - etcdctl: [get, foo]
  - etcdctl: [get, foo, -w, json]
  - etcdctl: [get, foo, -w, fields]
  - put: {key: "\${vars.token}", value: "\${results.read.value}"}`;

it('is redacted in a run that passes and in one that fails, at debug level too', async () => {
  const top = 'vars: {token: {secret: true, env: TOKEN}}\nflags: {log-level: debug}';
  write(join(folder, 'scenarios', 'passes.yaml'), yamlOf('Passes', { top, steps }));
  const failing = `${steps}\n  - get: {key: foo, value: "not \${vars.token}"}`;
  write(join(folder, 'scenarios', 'fails.yaml'), yamlOf('Fails', { top, steps: failing }));
  const { exitCode, stdout, stderr } = await cli(['run', '--pull', 'never', '--jobs', '2'], {
    cwd: folder,
    env: { TOKEN: SECRET },
  });
  expect(stdout).toContain('1 passed, 1 failed');
  expect(exitCode).toBe(1);
  const files = filesUnder(join(folder, 'reports'));
  expect(files.filter((file) => file.endsWith('.log')).length).toBeGreaterThanOrEqual(2);
  const texts = [['output', stdout + stderr], ...files.map((file) => [file, readFileSync(file, 'utf8')])];
  const leaks = texts.flatMap(([name, text = '']) =>
    PARTS.filter((part) => text.includes(part)).map((part) => `${name}: ${part}`),
  );
  expect(leaks).toEqual([]);
  expect(stdout).toContain('(secret TOKEN)');
});

it('is exit 2 where the environment does not have it', async () => {
  const { exitCode, stderr } = await cli(['run', '--pull', 'never'], { cwd: folder });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('the environment variable TOKEN is not set');
});
