/** What people expect of any command line, tested on the built one; no engine is needed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hasColor } from '../../src/cli/io';

const MAIN = path.resolve(__dirname, '../../dist/cli/main.js');
const GOOD = 'name: good\nmembers: 1\nsteps:\n  - start: all\n  - expect: {healthy: all}\n';
const BAD = 'name: bad\nmembers: 1\nsteps:\n  - strat: all\n';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(os.tmpdir(), 'habits-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
}

interface Told {
  status: number | null;
  stdout: string;
  stderr: string;
}

function answer(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = folder): Told {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd,
    encoding: 'utf8',
    env: {
      ...process.env,
      FORCE_COLOR: undefined,
      NO_COLOR: undefined,
      DOCKER_HOST: `unix://${folder}/no.sock`,
      ...env,
    },
  });
  return { status, stdout, stderr };
}

(existsSync(MAIN) ? describe : describe.skip)('without a PATH and without scenarios/', () => {
  it.each(['run', 'plan', 'validate', 'list'])('%s names the files of the folder, and starts nothing', (command) => {
    write('drills/one.yaml', GOOD);
    write('drills/deep/two.yml', GOOD);
    write('compose.yaml', 'services: {}\n');
    write('node_modules/x/three.yaml', GOOD);
    const { status, stdout, stderr } = answer([command]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('found 2 scenario files:\n    drills/deep/two.yml\n    drills/one.yaml\n');
    expect(stderr).toContain(`\`etcd-scenarios ${command} .\``);
    expect(stderr).toContain(`\`etcd-scenarios ${command} --shipped\``);
  });

  it('run names YAML files that have no steps, and how to begin', () => {
    write('a.yaml', 'name: a\nstep: []\n');
    const { status, stderr } = answer(['run']);
    expect(status).toBe(2);
    expect(stderr).toContain('found 1 YAML file without `steps`:\n    a.yaml\n');
    expect(stderr).toContain('etcd-scenarios init');
  });

  it('run says so where the folder is empty, or scenarios/ has no YAML file', () => {
    expect(answer(['run']).stderr).toMatch(/there is no scenarios\/ folder in .*\n {2}found: no YAML files\n/);
    mkdirSync(path.join(folder, 'scenarios'));
    expect(answer(['run']).stderr).toContain('scenarios/ has no YAML files');
  });

  it('run names ten of many files, and how many more there are', () => {
    for (let i = 10; i < 25; i++) write(`${i}.yaml`, GOOD);
    const { stderr } = answer(['run']);
    expect(stderr).toContain('found 15 scenario files:');
    expect(stderr).toContain('    19.yaml\n    … and 5 more\n');
    expect(stderr).not.toContain('20.yaml');
  });

  it('run --tag and --grep do not fall back to the shipped scenarios', () => {
    expect(answer(['run', '--grep', 'first member']).status).toBe(2);
  });
});

(existsSync(MAIN) ? describe : describe.skip)('validate', () => {
  it('prints its findings on standard output in every format, and nothing on standard error', () => {
    write('scenarios/bad.yaml', BAD);
    for (const format of ['text', 'json', 'github']) {
      const { status, stdout, stderr } = answer(['validate', '--format', format]);
      expect(stdout).toContain('there is no action `strat`');
      expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
    }
  });

  it('has color where FORCE_COLOR asks for it, in a pipe too, in text only', () => {
    write('scenarios/bad.yaml', BAD);
    expect(answer(['validate'], { FORCE_COLOR: '1' }).stdout).toContain('\u001b[36mscenarios/bad.yaml:4:5\u001b[39m');
    expect(answer(['validate'], { FORCE_COLOR: '0' }).stdout).not.toContain('\u001b');
    expect(answer(['validate', '--format', 'json'], { FORCE_COLOR: '1' }).stdout).not.toContain('\u001b');
  });

  it('takes the shipped scenarios where --shipped asks for them', () => {
    expect(answer(['validate', '--shipped']).stdout).toMatch(/^\d\d files, no problems\n$/);
  });
});

describe('color', () => {
  it.each<[NodeJS.ProcessEnv, { terminal: boolean; pipe: boolean }]>([
    [{}, { terminal: true, pipe: false }],
    [{ TERM: 'dumb' }, { terminal: false, pipe: false }],
    [{ NO_COLOR: '1' }, { terminal: false, pipe: false }],
    [{ NO_COLOR: '' }, { terminal: true, pipe: false }],
    [{ FORCE_COLOR: '0' }, { terminal: false, pipe: false }],
    [{ FORCE_COLOR: 'false' }, { terminal: false, pipe: false }],
    [{ FORCE_COLOR: '1' }, { terminal: true, pipe: true }],
    [{ FORCE_COLOR: '' }, { terminal: true, pipe: true }],
    [
      { FORCE_COLOR: '3', TERM: 'dumb' },
      { terminal: true, pipe: true },
    ],
    [
      { FORCE_COLOR: '1', NO_COLOR: '1' },
      { terminal: true, pipe: true },
    ],
    [
      { FORCE_COLOR: '0', NO_COLOR: '' },
      { terminal: false, pipe: false },
    ],
  ])('with %j', (env, expected) => {
    expect({ terminal: hasColor(env, true), pipe: hasColor(env, false) }).toEqual(expected);
  });
});
