/** `init` writes what is not there, and touches nothing that is. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { check } from '../src/library/check';
import { readConfiguration } from '../src/library/config';
import { initialize } from '../src/library/init';

const FILES = ['scenarios/first.yaml', 'etcd-scenarios.config.json', '.github/workflows/drills.yml', '.gitignore'];

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(os.tmpdir(), 'init-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');

test('an empty folder gets a drill that is accepted, its configuration, a workflow and a .gitignore', async () => {
  expect(initialize(folder)).toEqual(FILES.map((file) => ({ file, written: true })));
  expect(readConfiguration(folder)).toMatchObject({ etcd: ['3.5.35'], reports: 'reports' });
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
  expect(initialize(folder)).toEqual(FILES.map((file) => ({ file, written: false })));
  for (const file of FILES) expect(read(file)).toBe('mine\nreports\n');
});

test('a .gitignore without a last newline gets a line of its own', () => {
  writeFileSync(path.join(folder, '.gitignore'), 'dist/');
  initialize(folder);
  expect(read('.gitignore')).toBe('dist/\nreports/\n');
});
