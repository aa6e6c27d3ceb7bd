/** Commands that need no engine load none of what reaches one: it costs 0.4 s. Looks at what was built in dist/. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '..');
const MAIN = path.join(ROOT, 'dist/cli/main.js');

const HOOK = `
  const Module = require('node:module');
  const loaded = new Set();
  const load = Module._load;
  Module._load = function (name, ...rest) {
    loaded.add(name);
    return load.call(this, name, ...rest);
  };
  process.on('exit', () => require('node:fs').writeFileSync(process.env.LOADED, JSON.stringify([...loaded])));
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'loading-'));
  writeFileSync(path.join(folder, 'hook.js'), HOOK);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The packages that a command has loaded, and the files of ours. */
function packagesLoadedBy(args: string[]): { out: string; packages: string[]; own: string[] } {
  const report = path.join(folder, 'loaded.json');
  const out = execFileSync(process.execPath, ['--require', path.join(folder, 'hook.js'), MAIN, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, LOADED: report },
  });
  const loaded = JSON.parse(readFileSync(report, 'utf8')) as string[];
  return {
    out,
    packages: loaded.filter((name) => !/^(\.|\/|node:)/.test(name)),
    own: loaded.filter((name) => name.startsWith('.')),
  };
}

const REACHING = ['testcontainers', 'etcd3', 'dockerode', '@grpc/grpc-js', 'tar-stream', 'cockatiel'];
const READING = ['ajv', 'js-yaml'];

(existsSync(MAIN) ? describe : describe.skip)('dist/cli/main.js', () => {
  it.each([['--help'], ['--version'], ['run', '--help'], ['help']])('%s %s loads no package at all', (...args) => {
    const { out, packages } = packagesLoadedBy(args.filter((one) => typeof one === 'string'));
    expect(out).not.toBe('');
    expect(packages.filter((name) => [...REACHING, ...READING].includes(name))).toEqual([]);
  });

  it('the overview loads no usage, and the help of a command its own alone', () => {
    const commandsLoaded = (...args: string[]): string[] =>
      packagesLoadedBy(args).own.filter((name) => name.includes('commands/'));
    expect(commandsLoaded('--help')).toEqual([]);
    expect(commandsLoaded('help', 'bisect')).toEqual(['./commands/bisect.usage']);
  });

  it.each([
    ['validate'],
    ['list'],
    ['list', '--json'],
    ['schema'],
    ['rules'],
    ['steps'],
    ['steps', 'start'],
    ['runbook', 'scenarios/recovery/minority-without-data.yaml'],
    ['plan'],
  ])('%s %s loads nothing that reaches an engine', (...args) => {
    const { out, packages } = packagesLoadedBy(args.filter((one) => typeof one === 'string'));
    expect(out).not.toBe('');
    expect(packages.filter((name) => REACHING.includes(name))).toEqual([]);
  });

  it('new loads nothing that reaches an engine', () => {
    const { out, packages } = packagesLoadedBy(['new', path.join(folder, 'first.yaml')]);
    expect(out).toContain('wrote');
    expect(packages.filter((name) => REACHING.includes(name))).toEqual([]);
  });

  it('the hook sees what is loaded', () => {
    expect(packagesLoadedBy(['validate']).packages).toContain('js-yaml');
  });

  it('validate compiles no schema: the build has', () => {
    expect(packagesLoadedBy(['validate']).packages).not.toContain('ajv');
  });
});
