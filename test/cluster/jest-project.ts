/** Somebody's project whose jest suite has drills. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, temporaryFolder, write, yamlOf } from './helpers';

export const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
export const GOOD = yamlOf('Good', { steps: '- start: all\n- put: {key: foo, value: bar}' });
/** A drill that never ends. */
export const LONG = yamlOf('Long', { steps: '- start: all\n- sleep: 10m' });

export const folder = temporaryFolder();

/** To be called in `beforeAll`: the package is there as if it were installed. */
export function installPackage(): void {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules', 'etcd-scenarios'));
  write(join(folder, 'package.json'), JSON.stringify({ name: 'somebody', private: true }));
}

export interface Project {
  /** By name. */
  drills: Readonly<Record<string, string>>;
  /** What each test file calls, by name. */
  tests: Readonly<Record<string, string>>;
  /** What its package.json says of jest. */
  jest?: object;
}

/** A project of its own. Answers its folder. */
export function project(name: string, { drills, tests, jest }: Project): string {
  const root = join(folder, name);
  write(join(root, 'package.json'), JSON.stringify({ name, private: true, jest }));
  for (const [file, yaml] of Object.entries(drills)) write(join(root, 'drills', `${file}.yaml`), yaml);
  for (const [file, call] of Object.entries(tests)) {
    const text = `const { drills } = require('etcd-scenarios/jest');\n${call}\ntest('another test', () => {});\n`;
    write(join(root, 'test', `${file}.test.js`), text);
  }
  return root;
}

interface JestReport {
  testResults: { assertionResults: { title: string; status: string; failureMessages: string[] }[] }[];
}

/** Runs jest to its end, and answers what it tells of each test. */
export function runJest(root: string, ...args: string[]): Record<string, string> {
  const report = join(root, 'report.json');
  const all = [JEST, '--rootDir', root, '--json', '--outputFile', report, ...args];
  try {
    execFileSync(process.execPath, all, { cwd: root, stdio: 'pipe', env: { ...process.env, CI: '' } });
  } catch (thrown) {
    if ((thrown as { status: number | null }).status !== 1) throw thrown;
  }
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  return Object.fromEntries(
    tests.map(({ title, status, failureMessages }) => [title, [status, ...failureMessages].join('\n')]),
  );
}
