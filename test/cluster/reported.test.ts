/**
 * Scenarios that once had a wrong verdict, each with the right one on three versions: `test/reported/`. What reading
 * alone has to find is tested first, and then all that can run does so in one run of the command line.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Case, cli, readEvents, ROOT, temporaryFolder, told, write } from './helpers';

const FOLDER = join(ROOT, 'test', 'reported');
const VERSIONS = ['3.4.23', '3.5.35', '3.6.16'];
const ETCD = ['--etcd', VERSIONS.join(',')];
const env = { ROOT_PASSWORD: 's3cret-for-tests' };
const folder = temporaryFolder();
// Several calls of the command line in one test, on a machine that has others to serve.
jest.setTimeout(60_000);

/** What `validate --format json` prints of a problem. */
interface Problem {
  severity: string;
  line: number;
  message: string;
}

/** Those that are only read: the image of a version may not be there. */
const READ_ONLY = ['flag-of-a-later-patch'];

interface Reported {
  verdict: 'passed' | 'failed';
  /** The text of the line of the step that has to fail. */
  at?: string;
  /** What the message of the failure has to say. */
  message?: RegExp;
  /** What else has to be so, on every version. */
  also?: (found: Case) => void;
}

/** The verdict of each scenario that runs, the same on every version. */
const RUN: Record<string, Reported> = {
  'expected-error-that-never-came': {
    verdict: 'failed',
    at: '- start: etcd-1',
    message: /etcd-1.* serves|succeeded/,
    also: (found) => expect(found.step('1').notes.join('\n')).not.toContain('runs on'),
  },
  'refused-start-then-wipe': {
    verdict: 'passed',
    // The process ends by itself, at once or a second later.
    also: (found) => expect(found.step('4').notes.join('\n')).not.toContain('runs on'),
  },
  'removed-then-wipe': { verdict: 'passed' },
  'restore-list-lacks-the-member': { verdict: 'passed' },
  'restored-beside-old-data': {
    verdict: 'failed',
    at: '- expect: {healthy: all, consistent: true}',
    also: (found) => expect(clusterIds(found)).toBe(2),
  },
  'runbook-after-wipe-all': { verdict: 'passed' },
  'runbook-with-auth': { verdict: 'passed' },
  'three-clusters-are-not-consistent': {
    verdict: 'failed',
    at: '- expect: {healthy: all, consistent: true}',
    also: (found) => expect(clusterIds(found)).toBe(3),
  },
};

/** How many clusters the comparisons of a failure name. */
function clusterIds({ failure }: Case): number {
  const named = told(failure.comparisons).flatMap((text) => [...text.matchAll(/in cluster ([0-9a-f]+)/g)]);
  return new Set(named.map(([, id]) => id)).size;
}

test('every scenario that was reported has an expectation', () => {
  const names = readdirSync(FOLDER).map((file) => file.replace(/\.yaml$/, ''));
  expect(names.toSorted()).toEqual([...Object.keys(RUN), ...READ_ONLY].toSorted());
});

describe('reading alone', () => {
  const problemsOf = async (path: string, cwd = FOLDER): Promise<{ exitCode: number | null; problems: Problem[] }> => {
    const { exitCode, stdout } = await cli(['validate', path, '--format', 'json', ...ETCD], { cwd, env });
    return { exitCode, problems: JSON.parse(stdout) as Problem[] };
  };
  const text = (name: string): string => readFileSync(join(FOLDER, `${name}.yaml`), 'utf8');

  /** The lines of a scenario that a problem is about, as texts. */
  const linesWith = (name: string, problems: readonly Problem[]): string[] =>
    problems.map(({ line }) => text(name).split('\n')[line - 1] ?? '').map((line) => line.trim());

  it('knows a flag that came with a patch release', async () => {
    const name = 'flag-of-a-later-patch';
    const { exitCode, problems } = await problemsOf(`${name}.yaml`);
    expect([exitCode, problems.map(({ severity }) => severity)]).toEqual([0, ['warning']]);
    expect(problems[0]?.message).toContain('next-cluster-version-compatible is in etcd 3.4.32 and later');
    expect(linesWith(name, problems)).toEqual([expect.stringContaining('version: 3.4.31')]);
    const on = async (version: string): Promise<unknown> => {
      write(join(folder, version, 'scenario.yaml'), text(name).replaceAll('3.4.31', version));
      return (await problemsOf('scenario.yaml', join(folder, version))).exitCode;
    };
    expect([await on('3.4.23'), await on('3.4.32')]).toEqual([2, 0]);
  });
});

describe('a runbook', () => {
  const runbook = async (name: string, ...options: string[]): Promise<string> => {
    const { exitCode, stdout } = await cli(['runbook', `${name}.yaml`, ...options], { cwd: FOLDER, env });
    expect(exitCode).toBe(0);
    return stdout;
  };
  /** The lists of `--initial-cluster`, in the order in which members are started with them. */
  const lists = (page: string): string[] =>
    [...page.matchAll(/--initial-cluster[= ](\S+=http\S+)/g)].map(([, list = '']) =>
      list.replace(/=http:\/\/[^,\s]+/g, ''),
    );

  const alone = ['etcd-1', 'etcd-1,etcd-2', 'etcd-1,etcd-2,etcd-3'];

  it.each(VERSIONS)('starts members of a new cluster on %s with the list that etcd answers', async (version) => {
    const page = await runbook('runbook-after-wipe-all', '--etcd', version);
    expect(lists(page).slice(3)).toEqual(alone);
    const step = /### 6\.[^]*?(?=### 7\.)/.exec(page)?.[0];
    expect(step).toContain('etcd --name=etcd-2');
    expect(step).not.toContain('of 3 members');
  });

  it('is the same as a plan', async () => {
    const { stdout } = await cli(['plan', 'runbook-after-wipe-all.yaml', '--etcd', '3.5.35'], { cwd: FOLDER });
    expect(lists(stdout).slice(3)).toEqual(alone);
  });

  it('names the user as soon as authentication is enabled, and not before', async () => {
    const page = await runbook('runbook-with-auth', '--etcd', '3.5.35');
    const enabled = page.lastIndexOf('auth enable\n');
    const [before, after] = [page.slice(0, enabled), page.slice(enabled)];
    const etcdctl = (part: string): string[] =>
      part.split('\n').flatMap((line) => line.match(/etcdctl --endpoints[^`|)]*/g) ?? []);
    expect(etcdctl(before).filter((line) => line.includes('--user'))).toEqual([]);
    expect(etcdctl(after).length).toBeGreaterThan(5);
    expect(etcdctl(after).filter((line) => !line.includes('--user'))).toEqual([]);
  });
});

describe('a run', () => {
  const reports = join(folder, 'reports');
  let exitCode: number | null;

  beforeAll(async () => {
    const files = Object.keys(RUN).map((name) => `${name}.yaml`);
    const args = ['run', '--pull', 'never', '--jobs', '4', '--reports', reports, ...ETCD, ...files];
    ({ exitCode } = await cli(args, { cwd: FOLDER, env }));
  }, 600_000);
  afterAll(() => rmSync(reports, { recursive: true, force: true }));

  const caseOf = (name: string, version: string): Case => {
    const id = `${name}.yaml@${version}`;
    const events = readEvents(reports).filter((event) => 'case' in event && event.case === id);
    return new Case(id, readFileSync(join(FOLDER, `${name}.yaml`), 'utf8'), events);
  };

  it('has failures of expectations, and no others', () => {
    expect(exitCode).toBe(1);
  });

  const cases = Object.entries(RUN).flatMap(([name, reported]) =>
    VERSIONS.map((version) => [name, version, reported] as const),
  );
  it.each(cases)('of %s on %s has the right verdict', (name, version, { verdict, at, message, also }) => {
    const found = caseOf(name, version);
    expect({ verdict: found.verdict, failure: verdict === 'passed' ? found.finished.failure : null }).toEqual({
      verdict,
      failure: null,
    });
    if (at !== undefined) expect(found.failure.step?.place.line).toBe(found.lineOf(at));
    if (message) expect(found.failure.message).toMatch(message);
    also?.(found);
  });
});
