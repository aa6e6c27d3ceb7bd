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

/** Those that are only read: one is refused, and of the other the version's image may not be there. */
const READ_ONLY = ['flag-of-a-later-patch', 'vacuous'];

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
  'quota-until-alarm': { verdict: 'passed' },
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
  'waits-for-a-dead-process': {
    verdict: 'failed',
    at: '- expect: {log:',
    also(found) {
      // Its `within` is 30 s.
      expect(found.step('7').durationMs).toBeLessThan(10_000);
      expect(JSON.stringify([found.failure.message, told(found.failure.comparisons)])).toMatch(/exited|ended/);
      const excerpt = found.failure.logs
        .flatMap(({ earlier = [], lines }) => [...earlier.map(({ line }) => line), ...lines])
        .join('\n');
      expect(excerpt).toContain('the member has been permanently removed from the cluster');
    },
  },
};

/** How many clusters the comparisons of a failure name. */
function clusterIds({ failure }: Case): number {
  const named = told(failure.comparisons).flatMap((text) => [...text.matchAll(/in cluster ([0-9a-f]+)/g)]);
  return new Set(named.map(([, id]) => id)).size;
}

/** Depends on when an unknown write is applied: both verdicts are right, and a red one has to say why. */
const LATE_WRITE = 'unknown-write-comes-later';

test('every scenario that was reported has an expectation', () => {
  const names = readdirSync(FOLDER).map((file) => file.replace(/\.yaml$/, ''));
  expect(names.toSorted()).toEqual([...Object.keys(RUN), LATE_WRITE, ...READ_ONLY].toSorted());
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

  it('refuses assertions that can’t fail, and names each of them', async () => {
    const { exitCode, problems } = await problemsOf('vacuous.yaml');
    expect(exitCode).toBe(2);
    const lines = linesWith('vacuous', problems).join('\n');
    expect(lines).toContain('absent: panic');
    expect(lines).toContain('when: {etcd: ">=9"}');
    expect(lines).toContain('output: ""');
    expect(lines).toContain('matches: "x?"');
    const { exitCode: ofRun, stderr } = await cli(['run', 'vacuous.yaml', '--pull', 'never', ...ETCD], {
      cwd: FOLDER,
      env,
    });
    expect(ofRun).toBe(2);
    expect(stderr).toContain('nothing was started');
  });

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

  it('refuses a restore with a list in which the member is not, unless its error is expected', async () => {
    const name = 'restore-list-lacks-the-member';
    expect(await problemsOf(`${name}.yaml`)).toEqual({ exitCode: 0, problems: [] });
    const without = text(name).replace(/^ +expectError:.*\n/m, '');
    write(join(folder, 'restore', 'scenario.yaml'), without);
    const { exitCode, problems } = await problemsOf('scenario.yaml', join(folder, 'restore'));
    expect(exitCode).toBe(2);
    expect(linesWith(name, problems)).toContainEqual(expect.stringContaining('- restore: {member: m2'));
    expect(problems.map(({ message }) => message).join('\n')).toContain('m2');
  });

  it('warns where a read depends on a write whose outcome is unknown', async () => {
    const { exitCode, problems } = await problemsOf(`${LATE_WRITE}.yaml`);
    expect(exitCode).toBe(0);
    expect(problems.map(({ severity }) => severity)).toContain('warning');
    expect(linesWith(LATE_WRITE, problems)).toContainEqual(expect.stringContaining('- get: {key: foo, value: before'));
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
    const files = [...Object.keys(RUN), LATE_WRITE].map((name) => `${name}.yaml`);
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

  it.each(VERSIONS)('of a write that may come later on %s passes, or names the step that wrote', (version) => {
    const { verdict, finished } = caseOf(LATE_WRITE, version);
    expect(verdict).toMatch(/^(passed|failed)$/);
    if (verdict === 'failed') expect(JSON.stringify(finished.failure)).toMatch(/step 4\b/);
  });
});
