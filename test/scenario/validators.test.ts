/** The validators that the build makes say the same as those that are compiled when they are met. Looks at dist/. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { check } from '../../src/library/check';
import { allSchemas } from '../../src/scenario/schemas';
import { BUILT, schemaName } from '../../src/scenario/validator';
import { PROBLEM_FORMATS } from '../../src/cli/problem-formats';

const ROOT = path.resolve(__dirname, '../..');
const MAIN = path.join(ROOT, 'dist/cli/main.js');
const FOLDER = path.join(ROOT, 'dist/scenario', BUILT);

(existsSync(FOLDER) ? describe : describe.skip)('the validators in dist/', () => {
  it('are there for every schema of the language', () => {
    const missing = allSchemas().filter((schema) => !existsSync(path.join(FOLDER, `${schemaName(schema)}.js`)));
    expect(missing).toEqual([]);
  });

  it('find in bad files what ajv finds', async () => {
    const paths = ['test/scenario/bad'];
    const args = ['validate', '--format', 'json', '--etcd', '3.5.35', ...paths];
    const { stdout } = spawnSync(process.execPath, [MAIN, ...args], { cwd: ROOT, encoding: 'utf8' });
    const { problems, files } = await check({ paths, cwd: ROOT, slow: true, etcd: ['3.5.35'] });
    expect(problems.length).toBeGreaterThan(100);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(PROBLEM_FORMATS.json(problems, files)));
  });
});
