/** What `doctor` makes of its findings, and the command without an engine. The one with an engine: test/cluster. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FoundRun } from '../src/cluster/docker/lease';
import { diagnose, verdictOf, type EngineFindings, type Findings, type Line } from '../src/library/diagnosis';

const ROOT = resolve(__dirname, '..');
const MAIN = join(ROOT, 'dist/cli/main.js');
const GOLDEN = join(__dirname, 'pure/golden/doctor.txt');
const GIB = 2 ** 30;

const engine: EngineFindings = {
  description: 'Docker 20.10.24 (Debian GNU/Linux 12)',
  at: '/var/run/docker.sock',
  local: true,
  rootless: false,
  cpus: 4,
  memoryBytes: 8 * GIB,
  clockAheadMs: 3,
  clockUncertaintyMs: 5,
  disk: { path: '/var/lib/docker', freeBytes: 40 * GIB },
  networks: { used: 4, most: 31 },
  runs: [],
  folders: [],
};
const leftRun = (run: string, state: FoundRun['state']): FoundRun => ({
  ...{ run, state, host: 'ci-7', silentMs: 190_000 },
  resources: ['a', 'b'].map((name) => ({ kind: 'volume', id: name, name, labels: {} })),
});
const tools = { bash: true, go: true, 'apt-get': true, 'apt-cache': true, 'dpkg-deb': true };
const noTools = { bash: true, go: false, 'apt-get': false, 'apt-cache': false, 'dpkg-deb': false };
const images: Findings['images'] = {
  pull: 'missing',
  present: ['3.5.35', '3.6.16'],
  wanted: ['3.5.35'],
  others: { cache: 0, pull: 0, build: 0 },
  remarks: [],
};
const good: Findings = { node: '20.11.1', engine, images, tools };
const none: Findings['images'] = { ...images, present: [] };
const template = { image: 'registry.example/etcd:{version}', by: '--image' };
const engineWith = (changes: Partial<EngineFindings>): Findings => ({ ...good, engine: { ...engine, ...changes } });

const CASES: Record<string, Findings> = {
  'all is well': good,
  'no engine': { ...good, engine: { trouble: 'no Docker engine answers', cure: 'start Docker' }, images: none },
  'no engine, and nothing to build with': {
    ...good,
    engine: { trouble: 'no Docker engine answers' },
    images: none,
    tools: noTools,
  },
  'no engine, and a mirror': {
    ...good,
    engine: { trouble: 'no Docker engine answers' },
    images: { ...none, template },
  },
  'no engine, and versions elsewhere': {
    ...good,
    engine: { trouble: 'no Docker engine answers' },
    images: { ...none, others: { cache: 2, pull: 0, build: 20 } },
  },
  'an old Node.js': { ...good, node: '18.20.0' },
  'a rootless engine': engineWith({ rootless: true }),
  'an engine on another machine': engineWith({
    local: false,
    at: 'build.example:2376',
    disk: { path: '/var/lib/docker' },
  }),
  'little memory': engineWith({ memoryBytes: GIB }),
  'little room': engineWith({ disk: { path: '/var/lib/docker', freeBytes: 2 * GIB } }),
  'a full disk': engineWith({ disk: { path: '/var/lib/docker', freeBytes: 0.1 * GIB } }),
  'a clock behind': engineWith({ clockAheadMs: -90_000 }),
  'a clock ahead': engineWith({ clockAheadMs: 5_000 }),
  'a clock that a slow answer makes uncertain': engineWith({ clockAheadMs: 5_000, clockUncertaintyMs: 4_000 }),
  'many networks': engineWith({ networks: { used: 28, most: 31 } }),
  leftovers: engineWith({
    runs: [leftRun('es-1', 'left'), leftRun('es-2', 'left'), leftRun('es-3', 'unseen'), leftRun('es-4', 'kept')],
    folders: ['/tmp/etcd-scenarios-aaaaaa'],
  }),
  'no image, but some to be had': { ...good, images: { ...none, others: { cache: 1, pull: 0, build: 30 } } },
  'no image and nothing to build with': {
    ...good,
    images: { ...none, others: { cache: 0, pull: 0, build: 2 }, remarks: ['registries: no answer'] },
    tools: noTools,
  },
  'images, and nothing to build with': { ...good, tools: noTools },
  'images, and not the one that the configuration names': {
    ...good,
    images: { ...images, wanted: ['3.5.35', '3.6.15', '3.7.3'] },
  },
  'one image for all': {
    ...good,
    images: { ...images, template: { image: 'mine:1', by: '--image' }, present: ['mine:1'] },
  },
  'a mirror without the image': { ...good, images: { ...none, template } },
  'a mirror without the image, and no pulling': { ...good, images: { ...none, template, pull: 'never' } },
  'a mirror with images': { ...good, images: { ...images, template } },
};

const line = ({ state, what, finding, cure = '' }: Line): string => `  ${state}  ${what}: ${finding}  [${cure}]\n`;

it('judges as the golden file has it (UPDATE_GOLDEN=1 writes it)', () => {
  const actual = Object.entries(CASES)
    .map(([name, findings]) => {
      const lines = diagnose(findings);
      const shown =
        findings === good ? lines : lines.filter((one) => !diagnose(good).some((same) => line(same) === line(one)));
      return `${name}: ${verdictOf(lines)}\n${shown.map(line).join('')}`;
    })
    .join('\n');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, actual);
  expect(existsSync(GOLDEN) ? readFileSync(GOLDEN, 'utf8') : `${GOLDEN} is missing: UPDATE_GOLDEN=1`).toBe(actual);
});

it.each(Object.entries(CASES))('%s: what is not ok has a cure, what is ok has none', (_, findings) => {
  for (const { state, cure } of diagnose(findings)) expect(cure === undefined).toBe(state === 'ok');
});

(existsSync(MAIN) ? describe : describe.skip)('etcd-scenarios doctor without an engine', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function doctor(
    args: string[],
    env: NodeJS.ProcessEnv = {},
  ): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(process.execPath, [MAIN, 'doctor', '--pull', 'never', ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: folder,
        DOCKER_HOST: `unix://${join(folder, 'no.sock')}`,
        ETCD_SCENARIOS_CACHE: join(folder, 'cache'),
        ETCD_SCENARIOS_IMAGE: '',
        ...env,
      },
    });
  }

  it('says so, and tells all the rest', () => {
    const { status, stdout } = doctor([]);
    expect(stdout).toMatch(/^fail {2}engine: .*no Docker engine answers/m);
    expect(stdout).toMatch(/^ok {4}node: \d+\./m);
    expect(stdout).toMatch(/^warn {2}images: what the engine has can't be told without it$/m);
    expect(stdout).toContain('impossible here (no bash, go, apt-get, apt-cache, dpkg-deb)');
    expect(stdout).toMatch(/^no drill can run here: engine$/m);
    expect(status).toBe(3);
  });

  it('--json: the same as an array of lines', () => {
    const { status, stdout } = doctor(['--json']);
    const lines = JSON.parse(stdout) as Line[];
    expect(lines.map(({ what, state }) => `${what} ${state}`)).toEqual([
      'node ok',
      'engine fail',
      'images warn',
      'building ok',
    ]);
    expect(status).toBe(3);
  });

  it.each(['tcp://127.0.0.1:1', 'nonsense'])('DOCKER_HOST %s: is named, and so is what to do', (host) => {
    expect(doctor([], { DOCKER_HOST: host }).stdout).toContain(
      `fail  engine: DOCKER_HOST is ${host}, and no Docker engine answers there\n      start that engine, or unset DOCKER_HOST`,
    );
  });

  it('refuses what it does not know', () => {
    expect(doctor(['here']).status).toBe(2);
  });
});
