/** The help of every command is what its arguments are read by, and its examples are command lines that are accepted. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from '../../src/cli/args';
import { usage as run } from '../../src/cli/commands/run.usage';
import { COMMANDS } from '../../src/cli/commands';
import { helpOf, overview } from '../../src/cli/help';
import type { Io } from '../../src/cli/io';
import { ETCD } from '../../src/cli/options';
import { SYNOPSES } from '../../src/cli/synopses';
import type { Usage } from '../../src/cli/usage';
import { UsageError } from '../../src/errors';
import { DEFAULT_ETCD } from '../../src/library/plan';
import { REPORTER_NAMES } from '../../src/report';
import { allUsages, shellWords } from './usages';

const ROOT = path.resolve(__dirname, '../..');
const MAIN = path.join(ROOT, 'dist/cli/main.js');
const NAMES = Object.keys(COMMANDS);

let usages: Map<string, Usage>;
beforeAll(async () => void (usages = new Map(await allUsages())));

const usageOf = (name: string): Usage => usages.get(name) as Usage;

describe('the overview', () => {
  it('has a line for every command, and fits a terminal', () => {
    expect(Object.keys(SYNOPSES)).toEqual(NAMES);
    for (const name of NAMES) expect(overview()).toMatch(new RegExp(`^  ${name} `, 'm'));
    for (const line of overview().split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});

it('what a text names is what there is', () => {
  expect(ETCD.etcd.otherwise).toContain(DEFAULT_ETCD);
  for (const name of REPORTER_NAMES) expect(run.options.reporter.text).toContain(name);
});

describe.each(NAMES)('%s', (name) => {
  it('has a help with a sentence and an example, which fits a terminal', () => {
    const usage = usageOf(name);
    const help = helpOf(usage);
    expect(usage.name).toBe(name);
    expect(help).toMatch(new RegExp(`^etcd-scenarios ${name}\\b`));
    expect(usage.about).toMatch(/\.$/);
    for (const { line, says } of usage.examples) {
      expect(line).toMatch(new RegExp(`^etcd-scenarios ${name}\\b`));
      expect(says).not.toBe('');
    }
    for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(line.startsWith('  ') ? 90 : 80);
  });

  it('describes every option that it takes', () => {
    const usage = usageOf(name);
    const described = [...helpOf(usage).matchAll(/^ {2}--(\S+)/gm)].map(([, option]) => option);
    expect(described).toEqual(Object.keys(usage.options));
    for (const option of Object.values(usage.options)) expect(option.text).toMatch(/\S{3}/);
  });

  it('takes its examples', () => {
    for (const { line } of usageOf(name).examples) {
      const [, , ...argv] = shellWords(line);
      expect(() => parse(argv, usageOf(name))).not.toThrow();
    }
  });

  it('refuses an option that its help does not have, and names the help', async () => {
    const { command } = await COMMANDS[name as keyof typeof COMMANDS].load();
    const io = { cwd: ROOT, env: {} } as Io;
    const thrown: unknown = await Promise.resolve()
      .then(() => command(['--no-such-option'], io))
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(UsageError);
    expect((thrown as UsageError).message).toBe(
      `${name}: there is no option --no-such-option\n  etcd-scenarios help ${name} tells what there is`,
    );
  });
});

/** Those that reach no engine. Files that an example takes from elsewhere are laid out first. */
const WITHOUT_ENGINE = NAMES.filter((name) => !['run', 'bisect', 'doctor', 'images', 'clean'].includes(name));
const MANIFEST = '/etc/kubernetes/manifests/etcd.yaml';

(existsSync(MAIN) ? describe : describe.skip)('etcd-scenarios', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'help-'));
    expect(answer('init').status).toBe(0);
    writeFileSync(path.join(folder, 'etcd.txt'), 'etcd --name=a --quota-backend-bytes=8589934592');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function answer(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, encoding: 'utf8' });
  }

  it.each(WITHOUT_ENGINE)('%s: its examples do what they say', (name) => {
    for (const { line } of usageOf(name).examples) {
      const [, ...argv] = shellWords(line.replace(MANIFEST, 'etcd.txt'));
      expect(answer(...argv)).toMatchObject({ status: 0 });
    }
  });

  it.each([[['help', 'plan']], [['plan', '--help']], [['plan', 'x.yaml', '-h']], [['--help', 'plan']]])(
    '%j is the help of plan',
    (argv) => {
      expect(answer(...argv)).toEqual(expect.objectContaining({ status: 0, stdout: helpOf(usageOf('plan')) }));
    },
  );

  it.each([[['help']], [['--help']], [['-h']], [['help', '--help']]])('%j is the overview', (argv) => {
    expect(answer(...argv)).toEqual(expect.objectContaining({ status: 0, stdout: overview() }));
  });

  it('without a command it is the overview, and nothing that went well', () => {
    expect(answer()).toEqual(expect.objectContaining({ status: 2, stdout: overview() }));
  });

  it.each([
    [['rnu'], 'there is no command "rnu"; did you mean run?'],
    [['rnu', '--help'], 'there is no command "rnu"; did you mean run?'],
    [['help', 'valdate'], 'there is no command "valdate"; did you mean validate?'],
    [['toString'], `there is no command "toString"; there are ${NAMES.join(', ')}`],
    [['help', 'run', 'plan'], 'help takes one COMMAND: "plan" is too much'],
    [['--etcd', '3.5.35'], 'there is no option --etcd without a command'],
    [['list', '--jsn'], 'list: there is no option --jsn; did you mean --json?'],
  ])('%j is refused', (argv, message) => {
    const { status, stdout, stderr } = answer(...argv);
    expect(stderr).toContain(`etcd-scenarios: ${message}`);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});
