/** What people expect of any command line, tested on the built one; no engine is needed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { usage as run } from '../../src/cli/commands/run.usage';
import { helpOf } from '../../src/cli/help';
import { hasColor } from '../../src/cli/io';
import { variableOf } from '../../src/cli/usage';

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

(existsSync(MAIN) ? describe : describe.skip)('the configuration', () => {
  const CONFIG = 'etcd-scenarios.config.json';

  /** The cases that a run would have, from a folder below the first. */
  function planned(cwd: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): string[] {
    write(path.join(cwd, 'scenarios/a.yaml'), GOOD);
    const told = answer(['plan', '--json', ...args], env, path.join(folder, cwd));
    if (told.status !== 0) throw new Error(told.stderr);
    return (JSON.parse(told.stdout) as { id: string }[]).map(({ id }) => id.replace(/^.*@/, ''));
  }

  it('is found above the current folder, up to the root of the repository', () => {
    write(CONFIG, '{"etcd": "3.3.25"}');
    mkdirSync(path.join(folder, 'repo/.git'), { recursive: true });
    expect(planned('repo/deep/er')).toEqual(['3.5.35']);
    write(`repo/${CONFIG}`, '{"etcd": "3.4.23"}');
    expect(planned('repo/deep/er')).toEqual(['3.4.23']);
    expect(planned('repo')).toEqual(['3.4.23']);
    write(`repo/deep/${CONFIG}`, '{"etcd": "3.6.16"}');
    expect(planned('repo/deep/er')).toEqual(['3.6.16']);
    expect(planned('repo')).toEqual(['3.4.23']);
  });

  it('counts in a worktree, where .git is a file', () => {
    write('repo/.git', 'gitdir: elsewhere\n');
    write(`repo/${CONFIG}`, '{"etcd": "3.4.23"}');
    expect(planned('repo/deep')).toEqual(['3.4.23']);
  });

  it('above the current folder does not count outside of a repository', () => {
    write(CONFIG, '{"etcd": "3.4.23"}');
    expect(planned('deep')).toEqual(['3.5.35']);
    expect(planned('.')).toEqual(['3.4.23']);
  });

  it('is the file that --config names, or ETCD_SCENARIOS_CONFIG', () => {
    write(CONFIG, '{"etcd": "3.3.25"}');
    write('ci/nightly.json', '{"etcd": ["3.4.23", "3.6.16"]}');
    expect(planned('.', ['--config', 'ci/nightly.json'])).toEqual(['3.4.23', '3.6.16']);
    expect(planned('.', [], { ETCD_SCENARIOS_CONFIG: 'ci/nightly.json' })).toEqual(['3.4.23', '3.6.16']);
    const { status, stderr } = answer(['run', '--config', 'ci/none.json']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/cannot read the configuration ci\/none\.json: .*no such file/i);
  });

  it('has paths relative to itself, and mistakes with its own path', () => {
    mkdirSync(path.join(folder, 'repo/.git'), { recursive: true });
    write(`repo/${CONFIG}`, '{"reports": "out"}');
    write(
      'repo/out/summary.json',
      '{"cases": [{"id": "scenarios/a.yaml@3.5.35", "verdict": "passed", "durationMs": 61000}]}',
    );
    write('repo/deep/scenarios/a.yaml', GOOD);
    expect(answer(['plan'], {}, path.join(folder, 'repo/deep')).stdout).toContain('last time (passed)');
    write(`repo/${CONFIG}`, '{"report": "out"}');
    const { status, stderr } = answer(['run'], {}, path.join(folder, 'repo/deep'));
    expect(status).toBe(2);
    expect(stderr).toContain(`../${CONFIG}:1:2:`);
  });

  it('is overridden by the environment, and that by the command line', () => {
    write(CONFIG, '{"etcd": "3.4.23"}');
    expect(planned('.')).toEqual(['3.4.23']);
    expect(planned('.', [], { ETCD_SCENARIOS_ETCD: '' })).toEqual(['3.4.23']);
    expect(planned('.', [], { ETCD_SCENARIOS_ETCD: '3.5.16,3.6.16' })).toEqual(['3.5.16', '3.6.16']);
    expect(planned('.', ['--etcd', '3.7.3'], { ETCD_SCENARIOS_ETCD: '3.5.16' })).toEqual(['3.7.3']);
  });

  it('publishes its schema, which init names', () => {
    expect(JSON.parse(answer(['schema', '--configuration']).stdout)).toMatchObject({
      properties: { etcd: {}, reports: { description: expect.stringContaining('relative to this file') as unknown } },
      additionalProperties: false,
    });
    mkdirSync(path.join(folder, 'node_modules/etcd-scenarios/schema'), { recursive: true });
    write('node_modules/etcd-scenarios/schema/config.schema.json', '{}');
    answer(['init']);
    expect(answer(['schema', '--configuration', '--x']).status).toBe(2);
    const { $schema } = JSON.parse(readFileSync(path.join(folder, CONFIG), 'utf8')) as { $schema: string };
    expect($schema).toBe('./node_modules/etcd-scenarios/schema/config.schema.json');
  });
});

(existsSync(MAIN) ? describe : describe.skip)('an environment variable', () => {
  it('exists for every option of run, and the help names it', () => {
    const help = helpOf(run);
    for (const name of Object.keys(run.options)) expect(help).toContain(`[env: ${variableOf(name)}]`);
    expect(variableOf('fail-fast')).toBe('ETCD_SCENARIOS_FAIL_FAST');
  });

  it('switches a flag on and off, and --no-FLAG overrides it', () => {
    write('scenarios/a.yaml', GOOD);
    const listed = (args: string[], value: string): number =>
      (JSON.parse(answer(['list', '--json', ...args], { ETCD_SCENARIOS_SHIPPED: value }).stdout) as []).length;
    expect(listed([], 'true')).toBeGreaterThan(10);
    expect([listed([], '0'), listed([], ''), listed(['--no-shipped'], '1')]).toEqual([1, 1, 1]);
  });

  it('holds several values of an option that may stand several times, one on each line', () => {
    write('scenarios/a.yaml', `vars: {a: x, b: y}\n${GOOD.replace('good', '"${vars.a} ${vars.b}"')}`);
    const { stdout } = answer(['list'], { ETCD_SCENARIOS_VAR: 'a=1,2\nb=3 4\n' });
    expect(stdout).toMatch(/^1,2 3 4\n/);
  });

  it.each([
    ['ETCD_SCENARIOS_JOBS', 'many', 'ETCD_SCENARIOS_JOBS takes a whole number from 1 on, not "many"'],
    ['ETCD_SCENARIOS_KEEP', 'maybe', 'ETCD_SCENARIOS_KEEP takes 1, true, yes, on, 0, false, no or off, not "maybe"'],
    ['ETCD_SCENARIOS_TIMEOUT', '5', 'ETCD_SCENARIOS_TIMEOUT takes a duration'],
    ['ETCD_SCENARIOS_ETCD', '3.x', 'ETCD_SCENARIOS_ETCD: "3.x" is not'],
    ['ETCD_SCENARIOS_PULL', 'nver', 'ETCD_SCENARIOS_PULL takes missing or never, not "nver"; did you mean never?'],
  ])('%s=%s is refused by its own name', (name, value, message) => {
    write('scenarios/a.yaml', GOOD);
    const { status, stderr } = answer(['run'], { [name]: value });
    expect(stderr).toContain(`etcd-scenarios: ${message}`);
    expect(status).toBe(2);
  });

  it('of one command does not reach another', () => {
    expect(answer(['clean', '--older-than', 'x'], { ETCD_SCENARIOS_RUN: 'y' }).stderr).toContain('--older-than takes');
  });
});
