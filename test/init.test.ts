/** `init` writes what is not there, touches nothing that is, and leaves nothing half done. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { command } from '../src/cli/commands/init';
import { check } from '../src/library/check';
import { readConfiguration } from '../src/library/config';
import { initialize } from '../src/library/init';

const FILES = ['scenarios/first.yaml', 'etcd-scenarios.config.json', '.github/workflows/drills.yml', '.gitignore'];

const SHIPPED = 'more drills, those that ship: npx etcd-scenarios list --shipped';

const written = (all: boolean): object[] =>
  FILES.map((file) => ({ file, written: all, ...(file === '.gitignore' && { line: 'reports/' }) }));

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(os.tmpdir(), 'init-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');

test('an empty folder gets a drill that is accepted, its configuration, a workflow and a .gitignore', async () => {
  expect(initialize(folder).files).toEqual(written(true));
  expect(readConfiguration(folder)).toMatchObject({ etcd: ['3.5.35'], reports: path.join(folder, 'reports') });
  const { $schema } = JSON.parse(read('etcd-scenarios.config.json')) as { $schema: string };
  expect(JSON.parse(readFileSync($schema, 'utf8'))).toHaveProperty('properties.jobs');
  const { problems, cases, remarks } = await check({ cwd: folder });
  expect({ problems, remarks, cases: cases.length }).toEqual({ problems: [], remarks: [], cases: 1 });
  expect(read('.github/workflows/drills.yml')).toContain('npx etcd-scenarios run');
  expect(read('.gitignore')).toBe('reports/\n');
});

test('a folder that has everything stays as it is', () => {
  for (const file of FILES) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), 'mine\nreports\n');
  }
  expect(initialize(folder).files).toEqual(written(false));
  for (const file of FILES) expect(read(file)).toBe('mine\nreports\n');
});

test('a .gitignore without a last newline gets a line of its own', () => {
  writeFileSync(path.join(folder, '.gitignore'), 'dist/');
  initialize(folder);
  expect(read('.gitignore')).toBe('dist/\nreports/\n');
});

/** Everything in the folder, and the text of its files. */
function contents(): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files.map((one) => {
      const name = path.join(one.parentPath, one.name);
      return [path.relative(folder, name), one.isFile() ? readFileSync(name, 'utf8') : one.isDirectory() ? '/' : '@'];
    }),
  );
}

describe('where a file can not be written, nothing is left behind, and what was there is as it was:', () => {
  const make = (...names: string[]): void => void mkdirSync(path.join(folder, ...names), { recursive: true });

  test.each([
    ['a folder of the name of the last file', () => make('.gitignore')],
    ['a folder of the name of the workflow', () => make('.github', 'workflows', 'drills.yml')],
    ['a file of the name of a folder', () => writeFileSync(path.join(folder, '.github'), 'mine')],
    ['a link that leads into nothing on the way', () => symlinkSync('nowhere', path.join(folder, '.github'))],
  ])('%s', (_, prepare) => {
    make('scenarios');
    writeFileSync(path.join(folder, 'scenarios', 'mine.yaml'), 'mine');
    prepare();
    const before = contents();
    expect(() => initialize(folder)).toThrow(/^can't write \/.*: .*; nothing was changed$/);
    expect(contents()).toEqual(before);
  });

  test('a new folder above all goes as well', () => {
    writeFileSync(path.join(folder, 'file'), 'mine');
    expect(() => initialize(path.join(folder, 'file', 'below'))).toThrow('nothing was changed');
    expect(contents()).toEqual({ file: 'mine' });
  });

  test('a package.json that is none is told before anything is written', () => {
    writeFileSync(path.join(folder, 'package.json'), '{');
    expect(() => initialize(folder)).toThrow(/^can't read .*package\.json: .*; nothing was changed$/);
    expect(contents()).toEqual({ 'package.json': '{' });
  });
});

describe('what is next', () => {
  async function told(args: string[] = [], cwd = folder): Promise<string[]> {
    let out = '';
    const stream = { write: (text: string) => void (out += text) };
    const io = { cwd, env: {}, in: process.stdin, out: stream, err: stream, terminal: false, colour: false };
    expect(await command(args, { ...io, columns: () => 80 })).toBe(0);
    return out.trimEnd().split('\n');
  }
  const install = 'npm install --save-dev etcd-scenarios';
  const write = (file: string, value: unknown): void => writeFileSync(path.join(folder, file), JSON.stringify(value));

  test.each([
    ['the package is there', { devDependencies: { 'etcd-scenarios': '*' } }, 'npx etcd-scenarios run'],
    ['package.json lacks it', { devDependencies: { jest: '*' } }, `${install} && npx etcd-scenarios run`],
    ['package.json is empty', {}, `${install} && npx etcd-scenarios run`],
    ['it is the package itself', { name: 'etcd-scenarios' }, 'npx etcd-scenarios run'],
  ])('%s', async (_, manifest, next) => {
    write('package.json', manifest);
    expect((await told()).at(-1)).toBe(`next: ${next}`);
  });

  test('no package.json: npm begins one', async () => {
    expect(await told()).toEqual([
      'wrote  scenarios/first.yaml',
      'wrote  etcd-scenarios.config.json',
      'wrote  .github/workflows/drills.yml',
      'wrote  .gitignore: reports/',
      SHIPPED,
      `next: npm init -y && ${install} && npx etcd-scenarios run`,
    ]);
    expect(await told()).toEqual([
      'kept   scenarios/first.yaml: it is there, and stays as it is',
      'kept   etcd-scenarios.config.json: it is there, and stays as it is',
      'kept   .github/workflows/drills.yml: it is there, and stays as it is',
      'kept   .gitignore: it has reports/',
      SHIPPED,
      `next: npm init -y && ${install} && npx etcd-scenarios run`,
    ]);
  });

  test('another folder: to be gone to; the package.json above it counts, and GitHub reads workflows at the root', async () => {
    write('package.json', { dependencies: { 'etcd-scenarios': '1.0.0' } });
    mkdirSync(path.join(folder, '.git'));
    const lines = await told(['drills']);
    expect(lines[0]).toBe('wrote  drills/scenarios/first.yaml');
    expect(lines.slice(-3)).toEqual([
      `note   GitHub looks for workflows in ${folder}/.github/workflows alone: move it there`,
      SHIPPED,
      'next: cd drills && npx etcd-scenarios run',
    ]);
  });
});
