/** What `npm install etcd-scenarios` brings: the packed tarball in an empty folder, used as a stranger would. */
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ETCD, execute, filesUnder, labelled, readEvents, ROOT, temporaryFolder, write, type Answer } from './helpers';

const folder = temporaryFolder();
const source = join(folder, 'source');
const home = join(folder, 'home');
const installed = join(home, 'node_modules', 'etcd-scenarios');

jest.setTimeout(120_000);

/** What package.json says that the package has. */
const { files: SHIPPED } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };

/** Fails with all that was said. */
function expectSuccess(answer: Answer): void {
  if (answer.exitCode !== 0) throw new Error(`exit ${answer.exitCode}\n${answer.stdout}\n${answer.stderr}`);
}

beforeAll(async () => {
  // A copy is packed: packing builds, and other tests use what is built here.
  const parts = [
    'src',
    ...SHIPPED.filter((part) => part !== 'dist'),
    'scripts/compile-schemas.mjs',
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
  ];
  for (const part of [...parts, 'LICENSE', 'README.md', '.npmrc']) {
    if (existsSync(join(ROOT, part))) cpSync(join(ROOT, part), join(source, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'));
  const packed = await execute('npm', ['pack', '--pack-destination', folder], { cwd: source });
  expectSuccess(packed);
  const tarball = packed.stdout.trim().split('\n').at(-1) ?? '';
  write(join(home, 'package.json'), JSON.stringify({ name: 'stranger', private: true }));
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  expectSuccess(await execute('npm', ['install', ...flags, join(folder, tarball)], { cwd: home }));
}, 300_000);

test('the tarball holds what is needed, and nothing else', () => {
  const files = filesUnder(installed).map((file) => file.slice(installed.length + 1));
  const roots = new Set(files.map((file) => file.split('/')[0]));
  expect([...roots].sort()).toEqual([...SHIPPED, 'LICENSE', 'README.md', 'package.json'].sort());
  expect(files.filter((file) => /\.test\.|\.tsbuildinfo|node_modules/.test(file))).toEqual([]);
  expect(files).toContain('scenarios/bootstrap/first-member.yaml');
  // Messages name it.
  expect(files).toContain('docs/upgrades.md');
  expect(files).toContain('schema/scenario.schema.json');
  expect(files).toContain('templates/bootstrap.yaml');
});

test('nothing of it runs when it is installed', () => {
  const { scripts } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const atInstall = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];
  expect(Object.keys(scripts).filter((name) => atInstall.includes(name))).toEqual([]);
});

test('`run` without a PATH and without scenarios/ starts nothing, and names both ways on', async () => {
  write(join(home, 'drills', 'one.yaml'), 'name: one\nmembers: 1\nsteps:\n  - start: all\n');
  const answer = await execute('npx', ['--no-install', 'etcd-scenarios', 'run', '--pull', 'never'], { cwd: home });
  expect(answer.exitCode).toBe(2);
  expect(answer.stderr).toContain('drills/one.yaml');
  expect(answer.stderr).toContain('etcd-scenarios run .');
  expect(answer.stderr).toContain('etcd-scenarios run --shipped');
  expect(existsSync(join(home, 'reports', 'events.ndjson'))).toBe(false);
});

test('`npx etcd-scenarios run --shipped` runs the scenarios that ship', async () => {
  const args = ['etcd-scenarios', 'run', '--shipped', '--grep', 'first member', '--etcd', ETCD, '--pull', 'never'];
  const answer = await execute('npx', ['--no-install', ...args], { cwd: home });
  expectSuccess(answer);
  expect(answer.stdout).toContain('PASS');
  expect(answer.stdout).toContain('1 passed');
  const [started] = readEvents(join(home, 'reports'));
  expect(started).toMatchObject({
    type: 'run-started',
    cases: [{ id: `scenarios/bootstrap/first-member.yaml@${ETCD}` }],
  });
  expect(await labelled(`etcd-scenarios.run=${started?.run}`)).toEqual([]);
});

test('after `init` the drills that ship are there all the same, and one of them is a script', async () => {
  const own = join(home, 'begun');
  const npx = (...args: string[]): Promise<Answer> =>
    execute('npx', ['--no-install', 'etcd-scenarios', ...args], { cwd: own });
  expectSuccess(await execute('npx', ['--no-install', 'etcd-scenarios', 'init', 'begun'], { cwd: home }));
  const { $schema } = JSON.parse(readFileSync(join(own, 'etcd-scenarios.config.json'), 'utf8')) as { $schema: string };
  expect($schema).toBe('../node_modules/etcd-scenarios/schema/config.schema.json');
  expect(existsSync(join(own, $schema))).toBe(true);
  expect((await npx('list')).stdout).not.toContain('rehearsal.yaml');
  expect((await npx('list', '--shipped')).stdout).toContain(
    'node_modules/etcd-scenarios/scenarios/upgrade/rehearsal.yaml:',
  );
  expectSuccess(await npx('runbook', 'scenarios/bootstrap/static.yaml', '--format', 'sh', '--out', 'static.sh'));
  expect(readFileSync(join(own, 'static.sh'), 'utf8')).toContain('run_member etcd-1');
});

test.each([
  ['require', 'runs.cjs', "const { run } = require('etcd-scenarios');"],
  ['import', 'runs.mjs', "import { run } from 'etcd-scenarios';"],
  ['import as a whole', 'whole.mjs', "import tool from 'etcd-scenarios';\nconst { run } = tool;"],
])('`%s` gives a `run` that works, and leaves the process alone', async (_, file, first) => {
  write(
    join(home, 'own', 'own.yaml'),
    'name: own\nmembers: 1\nsteps:\n  - start: all\n  - put: {key: foo, value: bar}\n',
  );
  const call = `run({ paths: ['own'], cwd: process.cwd(), images: { pull: 'never' } })`;
  write(join(home, file), `${first}\n${call}.then((result) => console.log(JSON.stringify(result)));\n`);
  const answer = await execute(process.execPath, [file], { cwd: home });
  expectSuccess(answer);
  expect(answer.stderr).toBe('');
  const result = JSON.parse(answer.stdout) as { exitCode: number; run: string };
  expect(result).toMatchObject({ exitCode: 0, counts: { passed: 1 }, cases: [{ verdict: 'passed' }] });
  expect(await labelled(`etcd-scenarios.run=${result.run}`)).toEqual([]);
});

test.each(['node10', 'node16', 'bundler'])('its types resolve, with moduleResolution %s', async (resolution) => {
  const file = write(
    join(home, `types-${resolution}.ts`),
    "import { run, type RunResult } from 'etcd-scenarios';\n" +
      "export const result: Promise<RunResult> = run({ cwd: '.', paths: ['own'] });\n" +
      'export const passed: Promise<number> = result.then(({ counts }) => counts.passed);\n',
  );
  const module = { node10: 'commonjs', node16: 'node16', bundler: 'esnext' }[resolution] ?? '';
  const flags = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', module];
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  expectSuccess(
    await execute(process.execPath, [tsc, ...flags, '--moduleResolution', resolution, file], { cwd: home }),
  );
});

test('its types are checked: a misspelt option is an error', async () => {
  const file = write(
    join(home, 'wrong.ts'),
    "import { run } from 'etcd-scenarios';\nvoid run({ cwd: '.', pahts: [] });\n",
  );
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const flags = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'commonjs'];
  const answer = await execute(process.execPath, [tsc, ...flags, '--moduleResolution', 'node10', file], { cwd: home });
  expect(answer.exitCode).not.toBe(0);
  expect(answer.stdout).toContain('pahts');
});

test('`drills` of `etcd-scenarios/jest` makes jest tests, from TypeScript, which `-t` selects', async () => {
  write(join(home, 'red', 'red.yaml'), 'name: Red\nmembers: 1\nsteps:\n  - start: all\n  - get: {key: a, value: b}\n');
  write(join(home, 'red', 'green.yaml'), 'name: Green\nmembers: 1\nsteps:\n  - start: all\n');
  write(
    join(home, 'jest', 'drills.test.ts'),
    "import { drills } from 'etcd-scenarios/jest';\n" +
      `const versions: string[] = ['${ETCD}'];\ndrills('red/**/*.yaml', { etcd: versions, pull: 'never' });\n`,
  );
  const config = { rootDir: home, roots: ['<rootDir>/jest'], transform: { '\\.ts$': require.resolve('@swc/jest') } };
  const runner = [join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), '--config', JSON.stringify(config), '--ci'];
  const all = await execute(process.execPath, runner, { cwd: home });
  expect(all.exitCode).toBe(1);
  expect(all.stderr).toContain(`✓ Green [etcd ${ETCD}] (red/green.yaml)`);
  expect(all.stderr).toContain(`✕ Red [etcd ${ETCD}] (red/red.yaml)`);
  expect(all.stderr).toMatch(/^ +in red\/red\.yaml:5:5$/m);
  expect(all.stderr).toMatch(/^ +expected +"b"$/m);
  expect(all.stderr).not.toMatch(/node_modules/);
  const green = await execute(process.execPath, [...runner, '-t', 'Green'], { cwd: home });
  expectSuccess(green);
  expect(green.stderr).toContain('1 skipped, 1 passed');
});

test.each(['node10', 'node16', 'bundler'])('the types of its jest entry resolve, with %s', async (resolution) => {
  const file = write(
    join(home, `jest-types-${resolution}.ts`),
    "import { drills, type DrillsOptions } from 'etcd-scenarios/jest';\n" +
      "export const options: DrillsOptions = { etcd: ['3.5.35'], pull: 'never' };\ndrills(['own'], options);\n" +
      "// @ts-expect-error it is a list\ndrills('own', { etcd: 3.5 });\n",
  );
  const module = { node10: 'commonjs', node16: 'node16', bundler: 'esnext' }[resolution] ?? '';
  const flags = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', module];
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  expectSuccess(
    await execute(process.execPath, [tsc, ...flags, '--moduleResolution', resolution, file], { cwd: home }),
  );
});
