/** Snapshots from outside on real members: restored, never changed, and their values never shown. */
import { copyFileSync, readFileSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { cli, filesUnder, runDrill, temporaryFolder, write, yamlOf, type Answer } from './helpers';

const SECRET = 'hunter2-of-production';
const KEY = '/registry/secrets/shop/database';
jest.setTimeout(240_000);
const folder = temporaryFolder();

/** A snapshot of a member that these steps have filled, as a file of the test's own. */
export async function takeSnapshot(path: string, steps: string, etcd = '3.5.35'): Promise<string> {
  const yaml = yamlOf('Somebody’s cluster', {
    top: `etcd: ${etcd}`,
    steps: `
      - start: all
${steps}
      - snapshot: {save: backup}
        as: taken
      - note: "\${results.taken.path}"`,
  });
  const found = await runDrill(yaml, {
    onEvent: (event) => {
      if (event.type === 'step-started' && event.step.action === 'note') copyFileSync(event.step.sentence, path);
    },
  });
  expect(found.verdict).toBe('passed');
  return path;
}

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

let backup = '';
beforeAll(async () => {
  backup = await takeSnapshot(join(folder, 'backup.db'), `      - put: {key: ${KEY}, value: ${SECRET}}`);
});

const restored = (steps: string): string => `
      - restore: {member: all, snapshot: {file: ./backup.db}}
      - start: all
${steps}`;

it('is restored to every member with the tool of its version, and left as it was', async () => {
  const before = { hash: hashOf(backup), ...statSync(backup) };
  const drill = yamlOf('Restored', {
    members: 3,
    steps: restored(`
      - get: {key: ${KEY}, value: ${SECRET}, from: all}
      - expect: {healthy: all, consistent: true}`),
  });
  write(join(folder, 'restored.yaml'), drill);
  const args = ['run', 'restored.yaml', '--pull', 'never', '--reports', 'reports', '--etcd', '3.5.35,3.6.16'];
  const { exitCode, stdout } = await cli(args, { cwd: folder });
  expect(stdout).toContain('2 passed');
  expect(stdout).toContain('step 1: the keys are those of the snapshot, the member list and the log are new');
  expect(exitCode).toBe(0);
  const { mtimeMs, ino } = statSync(backup);
  expect({ hash: hashOf(backup), mtimeMs, ino }).toEqual({
    hash: before.hash,
    mtimeMs: before.mtimeMs,
    ino: before.ino,
  });
});

/** Steps that fail, each in another way, with the secret at hand. */
const WAYS: Record<string, string> = {
  'a value that is another one': `- get: {key: ${KEY}, value: another}`,
  'a key that had to be absent': `- get: {key: ${KEY}, absent: true}`,
  'a previous value': `- put: {key: ${KEY}, value: new, prevValue: another}`,
  'what etcdctl prints': `- etcdctl: {args: [get, ${KEY}], output: another}`,
  'what etcdctl prints as JSON': `- etcdctl: {args: [get, ${KEY}, -w, fields], output: another}`,
  'an expected error that is another one': `
      - etcdctl: [get, ${KEY}, --bogus]
        expectError: "\${vars.never}"`,
  'a result in a sentence': `
      - get: ${KEY}
        as: secret
      - put: {key: copy, value: "\${results.secret.value}"}
      - note: "it is \${results.secret.value}"
      - get: {key: copy, value: another}`,
  'a result that is expected': `
      - get: ${KEY}
        as: secret
      - put: {key: copy, value: another}
      - get: {key: copy, value: "\${results.secret.value}"}`,
  'a result that is looked for': `
      - get: ${KEY}
        as: secret
      - expect: {log: {member: etcd-1, contains: "\${results.secret.value}"}}
        within: 0s`,
  'a result that does not fit': `
      - get: ${KEY}
        as: secret
      - get: {key: a, revision: "\${results.secret.value}"}`,
  'a result in a transaction': `
      - get: ${KEY}
        as: secret
      - txn: {if: [{key: ${KEY}, value: "\${results.secret.value}"}], then: [put: {key: copy, value: "\${results.secret.value}"}], succeeded: false}`,
  'what etcdctl printed, in a sentence': `
      - etcdctl: [get, ${KEY}, --print-value-only]
        as: printed
      - delete: {key: "\${results.printed.stdout}", count: 7}`,
};

async function failEveryWay(...more: string[]): Promise<{ answer: Answer; leaks: string[] }> {
  const names = Object.entries(WAYS).map(([name, steps], i) => {
    const top = 'etcd: 3.5.35\nvars: {never: no such error}\nflags: {log-level: debug}';
    write(
      join(folder, 'ways', `${i}.yaml`),
      yamlOf(name, { top, steps: restored(`      ${steps.trim()}`) }).replace('./backup.db', '../backup.db'),
    );
    return name;
  });
  const args = ['run', 'ways', '--pull', 'never', '--jobs', '3', '--reports', 'all-reports', ...more];
  const answer = await cli(args, { cwd: folder });
  expect(answer.stdout).toContain(`${names.length} failed`);
  const texts = [
    ['stdout', answer.stdout],
    ['stderr', answer.stderr],
    ...filesUnder(join(folder, 'all-reports')).map((path) => [path, readFileSync(path, 'latin1')]),
  ];
  expect(texts.length).toBeGreaterThan(names.length);
  return { answer, leaks: texts.flatMap(([name = '', text = '']) => (text.includes(SECRET) ? [name] : [])) };
}

it('shows none of its values, whatever fails', async () => {
  const { answer, leaks } = await failEveryWay();
  expect(leaks).toEqual([]);
  const digest = createHash('sha256').update(SECRET).digest('hex').slice(0, 12);
  expect(answer.stdout).toContain(`${SECRET.length} bytes, sha256 ${digest}…`);
  expect(answer.stdout).toContain(KEY);
});

it('shows them with --show-values', async () => {
  const { leaks } = await failEveryWay('--show-values');
  expect(leaks).toContain('stdout');
  expect(leaks.filter((path) => path.endsWith('.ndjson'))).toHaveLength(1);
});
