/** What a run of the command line, as it is built, says of itself: the drills that ship, on one version. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { EventOf, EventType, RunEvent } from '../../src/events';
import { logFile } from '../../src/report';
import type { RunSummary } from '../../src/report';
import { parseXml, schemaErrors } from '../report/xml-check';
import {
  cli,
  ETCD,
  filesUnder,
  inconsistencies,
  labelled,
  readEvents,
  ROOT,
  temporaryFolder,
  told,
  type Answer,
} from './helpers';

const reports = join(temporaryFolder(), 'reports');
/** Those that run on any version: the upgrade suite has versions of its own. */
const FOLDERS = ['scenarios/bootstrap', 'scenarios/membership', 'scenarios/recovery'];
const shipped = FOLDERS.flatMap((folder) => filesUnder(join(ROOT, folder))).map((file) => relative(ROOT, file));

let answer: Answer;
let events: RunEvent[];

beforeAll(async () => {
  const args = ['run', ...FOLDERS, '--etcd', ETCD, '--pull', 'never', '--reports', reports];
  answer = await cli(args, { cwd: ROOT });
  events = readEvents(reports);
}, 600_000);

function all<T extends EventType>(type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

function only<T extends EventType>(type: T): EventOf<T> {
  const [event, ...more] = all(type);
  if (!event || more.length > 0) throw new Error(`there is not exactly one ${type}`);
  return event;
}

test('every drill passes', () => {
  const red = all('case-finished').flatMap(({ case: id, failure, further }) =>
    [failure, ...further].flatMap((one) =>
      one ? [`${id}, step ${one.step?.id}: ${[one.message, ...told(one.comparisons)].join('; ')}`] : [],
    ),
  );
  expect(red).toEqual([]);
  expect(
    all('case-finished')
      .map(({ case: id }) => id)
      .sort(),
  ).toEqual(shipped.map((file) => `${file}@${ETCD}`).sort());
  expect(answer.exitCode).toBe(0);
  expect(answer.stdout).toContain(`${shipped.length} passed`);
  expect(answer.stderr).toBe('');
});

test('nothing of the run is left in Docker', async () => {
  expect(await labelled(`etcd-scenarios.run=${only('run-started').run}`)).toEqual([]);
});

test('what is reported as a member’s version is what the member says of itself', () => {
  const asked = new Map(only('run-started').cases.map(({ id, etcd }) => [id, etcd]));
  for (const { case: id, versions } of all('case-finished')) {
    expect(Object.keys(versions).length).toBeGreaterThan(0);
    expect(new Set(Object.values(versions))).toEqual(new Set([asked.get(id)]));
  }
  for (const { case: id, version } of all('member-serving')) expect(version).toBe(asked.get(id));
});

test('the events fit together', () => {
  expect(inconsistencies(events)).toEqual([]);
  expect(all('problem')).toEqual([]);
  expect(only('run-finished')).toMatchObject({
    exitCode: 0,
    remarks: [],
    counts: { passed: shipped.length, failed: 0, error: 0, interrupted: 0, skipped: 0 },
  });
});

test('who served had been started, once for each incarnation, and who ended did so with a code that is known', () => {
  const key = ({ case: id, member, incarnation }: { case: string; member: string; incarnation: number }): string =>
    `${id} ${member} ${incarnation}`;
  const started = all('member-started').map(key);
  expect(new Set(started).size).toBe(started.length);
  expect([...all('member-serving'), ...all('member-exited')].map(key).filter((one) => !started.includes(one))).toEqual(
    [],
  );
  for (const { exitCode } of all('member-exited')) expect([0, 1, 2, 137]).toContain(exitCode);
});

test('there is one log for each process, and no file beside them', () => {
  const expected = all('member-started').map(({ case: id, member, incarnation }) => logFile(id, member, incarnation));
  const found = filesUnder(join(reports, 'logs')).map((file) => relative(reports, file));
  expect(found).toEqual([...expected].sort());
  for (const file of found) expect(statSync(join(reports, file)).size).toBeGreaterThan(0);
});

test('junit.xml is well-formed, and has each case once', () => {
  const root = parseXml(readFileSync(join(reports, 'junit.xml'), 'utf8'));
  expect(schemaErrors(root)).toEqual([]);
  const suites = root.children;
  const cases = suites.flatMap(({ children }) => children.filter(({ name }) => name === 'testcase'));
  expect(cases).toHaveLength(shipped.length);
  expect(cases.flatMap(({ children }) => children.filter(({ name }) => name !== 'system-out'))).toEqual([]);
  const sum = suites.reduce((count, { attributes }) => count + Number(attributes['tests']), 0);
  expect(sum).toBe(cases.length);
});

test('summary.json says what the events say', () => {
  const summary = JSON.parse(readFileSync(join(reports, 'summary.json'), 'utf8')) as RunSummary;
  const { run, cases } = only('run-started');
  const { counts, exitCode, durationMs } = only('run-finished');
  expect(summary).toMatchObject({ run, counts, exitCode, durationMs, remarks: [], bind: '127.0.0.1' });
  expect(summary.cases.map(({ id }) => id)).toEqual(cases.map(({ id }) => id));
  for (const { id, verdict, durationMs: took, versions, logs } of summary.cases) {
    const finished = all('case-finished').find((event) => event.case === id);
    expect({ verdict, took, versions }).toEqual({
      verdict: finished?.verdict,
      took: finished?.durationMs,
      versions: finished?.versions,
    });
    expect(existsSync(join(reports, logs ?? 'none'))).toBe(true);
  }
});
