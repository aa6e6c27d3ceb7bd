/** The reports folder of a run that does not come to run anything: no engine is needed. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tryHold } from '../../src/cluster/docker/images/lock';
import { LABEL, ownerLabels } from '../../src/cluster/docker/labels';
import { openReports } from '../../src/library/reports-folder';
import { parseXml, schemaErrors, type Node } from '../report/xml-check';

const MAIN = path.resolve(__dirname, '../../dist/cli/main.js');
const LOCK = '.etcd-scenarios.lock';

jest.setTimeout(60_000);

let folder: string;
let reports: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'es-reports-'));
  reports = path.join(folder, 'reports');
  mkdirSync(path.join(folder, 'scenarios'));
  writeFileSync(path.join(folder, 'scenarios/a.yaml'), 'name: A\nmembers: 1\nsteps:\n  - start: all\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function etcdScenarios(args: string[], options: { uid?: number } = {}): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 30_000,
    env: { ...process.env, DOCKER_HOST: `unix://${folder}/nothing.sock`, CI: '', GITHUB_ACTIONS: '' },
    ...options,
  });
  return { status, stderr };
}

/** What a green run left. */
function leaveGreen(): void {
  mkdirSync(path.join(reports, 'logs/a-0123abcd'), { recursive: true });
  const testsuites = '<testsuites name="etcd-scenarios" tests="1" failures="0" errors="0" time="1.000">';
  writeFileSync(
    path.join(reports, 'junit.xml'),
    `<?xml version="1.0" encoding="UTF-8"?>\n${testsuites}</testsuites>\n`,
  );
  const summary = { v: 1, run: 'es-old', tool: 'etcd-scenarios 0.1.0', exitCode: 0, cases: [] };
  writeFileSync(path.join(reports, 'summary.json'), JSON.stringify(summary, null, 2));
  writeFileSync(path.join(reports, 'events.ndjson'), '{"v":1,"run":"es-old","seq":1,"type":"run-started"}\n');
  writeFileSync(path.join(reports, 'logs/a-0123abcd/etcd-1-1.log'), 'old');
}

const read = (name: string): string => readFileSync(path.join(reports, name), 'utf8');
const summary = (): { exitCode: number | null; noVerdict?: string; cases: unknown[] } =>
  JSON.parse(read('summary.json')) as ReturnType<typeof summary>;

/** The error of the only test case. */
function junitError(): Node['attributes'] {
  const root = parseXml(read('junit.xml'));
  expect(schemaErrors(root)).toEqual([]);
  expect(root.attributes).toMatchObject({ tests: '1', failures: '0', errors: '1' });
  const error = root.children[0]?.children[0]?.children[0];
  expect(error?.name).toBe('error');
  return error?.attributes ?? {};
}

describe('a run that ends before any case runs replaces green reports', () => {
  it.each([
    ['a wrong option', ['run', '--jobs', 'x'], 2, 'usage', /^nothing was run: --jobs takes a whole number/],
    ['an unknown reporter', ['run', '--reporter', 'x'], 2, 'usage', /^nothing was run: there is no reporter "x"/],
    [
      'a path that is not there',
      ['run', 'no.yaml'],
      2,
      'usage',
      /^nothing was run: there is no file or folder no\.yaml/,
    ],
    ['a file with a problem', ['run', 'scenarios/bad.yaml'], 2, 'usage', /^nothing was run: scenarios\/bad\.yaml:1:1/],
    ['no engine', ['run', '--pull', 'never'], 3, 'environment', /^nothing was run: .*no Docker engine answers/],
  ])('%s', (_, args, exitCode, type, message) => {
    writeFileSync(path.join(folder, 'scenarios/bad.yaml'), 'name: x\n');
    if (exitCode === 3) rmSync(path.join(folder, 'scenarios/bad.yaml'));
    leaveGreen();
    expect(etcdScenarios(args).status).toBe(exitCode);
    expect(junitError()).toEqual({ type, message: expect.stringMatching(message) as unknown });
    expect(summary()).toMatchObject({ exitCode, noVerdict: expect.stringMatching(message) as unknown, cases: [] });
    expect(readdirSync(reports).sort()).toEqual(['junit.xml', 'summary.json']);
  });

  it('a configuration with a mistake, in the folder that the command line names', () => {
    leaveGreen();
    writeFileSync(path.join(folder, 'etcd-scenarios.config.json'), '{"jobs": 0}');
    expect(etcdScenarios(['run', '--reports=reports']).status).toBe(2);
    expect(junitError().message).toMatch(/^nothing was run: etcd-scenarios\.config\.json:1:/);
  });

  it('a wrong command line makes no folder where there is none', () => {
    expect(etcdScenarios(['run', '--jobs', 'x']).status).toBe(2);
    expect(existsSync(reports)).toBe(false);
  });

  it('with the console alone no file is written, and none of the earlier run stays', () => {
    leaveGreen();
    expect(etcdScenarios(['run', '--reporter', 'console', '--pull', 'never']).status).toBe(3);
    expect(readdirSync(reports)).toEqual([]);
  });
});

it('leaves files of other people alone', () => {
  leaveGreen();
  const others = ['notes.txt', 'logs/app.log', 'logs/deploy/x.log', 'coverage/index.html'];
  for (const name of others) {
    mkdirSync(path.dirname(path.join(reports, name)), { recursive: true });
    writeFileSync(path.join(reports, name), 'mine');
  }
  writeFileSync(path.join(reports, 'junit.xml'), '<?xml version="1.0"?>\n<testsuites name="jest tests"/>\n');
  expect(etcdScenarios(['run', '--reporter', 'console,summary', '--pull', 'never']).status).toBe(3);
  for (const name of others) expect(read(name)).toBe('mine');
  expect(read('junit.xml')).toContain('jest tests');
  expect(existsSync(path.join(reports, 'logs/a-0123abcd'))).toBe(false);
});

describe('a place that can not hold reports is refused', () => {
  const hint = 'hint: choose a folder that this user can write to: --reports FOLDER';

  it.each([
    ['/proc/etcd-scenarios/x', 'no folder can be made there (ENOENT)'],
    ['/dev/null', 'a file of this name exists (EEXIST)'],
    ['/dev/null/x', 'a part of the path is not a folder (ENOTDIR)'],
    ['scenarios/a.yaml', 'a file of this name exists (EEXIST)'],
    ['scenarios/a.yaml/x/y', 'a part of the path is not a folder (ENOTDIR)'],
  ])('%s', (place, why) => {
    const { status, stderr } = etcdScenarios(['run', '--reports', place]);
    expect(stderr).toBe(`etcd-scenarios: can't write reports to ${path.resolve(folder, place)}: ${why}\n  ${hint}\n`);
    expect(status).toBe(2);
  });

  it.each([
    ['a folder of somebody else', 'reports', 0o555],
    ['below a folder of somebody else', 'reports/new', 0o555],
    ['below a folder that can not be searched', 'reports/new', 0o000],
  ])('%s', (_, place, mode) => {
    mkdirSync(reports);
    chmodSync(folder, 0o755);
    chmodSync(reports, mode);
    const isRoot = process.getuid?.() === 0;
    const { status, stderr } = etcdScenarios(['run', '--reports', place], isRoot ? { uid: 65534 } : {});
    chmodSync(reports, 0o755);
    expect(stderr).toContain(`can't write reports to ${path.resolve(folder, place)}: permission denied (EACCES)\n`);
    expect(stderr).toContain(hint);
    expect(status).toBe(2);
  });

  it('a folder in the place of a report', () => {
    mkdirSync(path.join(reports, 'junit.xml'), { recursive: true });
    const { status, stderr } = etcdScenarios(['run']);
    expect(stderr).toContain(`can't write reports to ${reports}: `);
    expect(status).toBe(2);
  });

  it('a FIFO in the place of the events', () => {
    mkdirSync(reports);
    spawnSync('mkfifo', [path.join(reports, 'events.ndjson')]);
    const { status, stderr } = etcdScenarios(['run']);
    expect(stderr).toContain('events.ndjson: it is a FIFO (named pipe), not a plain file');
    expect(status).toBe(2);
  });
});

describe('a reports folder that another run uses', () => {
  it('is refused with the cure, and nothing in it is touched; {run} gives a folder of its own', async () => {
    leaveGreen();
    const release = await holdFolder('es-first');
    const before = read('junit.xml');
    for (const args of [['run'], ['run', '--jobs', 'x'], ['run', 'no.yaml']]) {
      const { status, stderr } = etcdScenarios(args);
      expect(status).toBe(2);
      if (args[1] === '--jobs') continue; // What is wrong with the command line is told first.
      expect(stderr).toContain(`${reports} is in use by the run es-first (process ${process.pid} on `);
      expect(stderr).toContain(
        "hint: wait for it to end, or give each run a folder of its own: --reports 'reports/{run}'",
      );
    }
    expect(read('junit.xml')).toBe(before);
    expect(read('logs/a-0123abcd/etcd-1-1.log')).toBe('old');
    expect(etcdScenarios(['run', '--reports', 'reports/{run}', '--pull', 'never']).status).toBe(3);
    const [own = ''] = readdirSync(reports).filter((name) => name.startsWith('es-'));
    expect(own).toMatch(/^es-\d{8}t\d{6}-[0-9a-f]{6}$/);
    expect(read(`${own}/summary.json`)).toContain(`"run": "${own}"`);
    await release();
    expect(etcdScenarios(['run', '--pull', 'never']).status).toBe(3);
  });

  /** As a run does, without the removal of what is in the folder. */
  async function holdFolder(run: string): Promise<() => Promise<void>> {
    const held = await tryHold(path.join(reports, LOCK), ownerLabels(run, ''));
    return 'release' in held ? held.release : Promise.reject(new Error('it is held'));
  }

  it('is shared by runs that write logs only, and by no other', async () => {
    const [one, two] = [
      await openReports(reports, 'es-1', { alone: false }),
      await openReports(reports, 'es-2', { alone: false }),
    ];
    await expect(openReports(reports, 'es-3', { alone: true })).rejects.toThrow(/in use by the run es-[12] /);
    await one();
    await two();
    const alone = await openReports(reports, 'es-3', { alone: true });
    await expect(openReports(reports, 'es-4', { alone: false })).rejects.toThrow('in use by the run es-3 ');
    await alone();
    expect(readdirSync(reports)).toEqual([]);
  });

  it.each([
    ['dead', { [LABEL.started]: '1' }, 0, true],
    ['in another PID namespace, and silent for long', { [LABEL.pidNamespace]: 'pid:[1]' }, 120_000, true],
    ['in another PID namespace, and heard a moment ago', { [LABEL.pidNamespace]: 'pid:[1]' }, 0, false],
    ['on another host, and silent for long', { [LABEL.boot]: 'x', [LABEL.host]: 'h' }, 120_000, true],
    ['alive, and silent for long', {}, 120_000, false],
  ])('whose owner is %s', async (_, labels, silentMs, isTakenOver) => {
    for (const name of [LOCK, '.etcd-scenarios-es-old.lock']) {
      mkdirSync(reports, { recursive: true });
      const file = path.join(reports, name);
      writeFileSync(file, JSON.stringify({ ...ownerLabels('es-old', ''), ...labels }));
      const then = new Date(Date.now() - silentMs);
      utimesSync(file, then, then);
      const opened = openReports(reports, 'es-new', { alone: true });
      if (isTakenOver) {
        await (
          await opened
        )();
        expect(readdirSync(reports)).toEqual([]);
      } else {
        await expect(opened).rejects.toThrow('in use by the run es-old ');
        expect(readdirSync(reports)).toEqual([name]);
      }
      rmSync(file, { force: true });
    }
  });
});
