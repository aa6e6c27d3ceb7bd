/** What is the machine's fault and not etcd's, told from texts and exit codes. */
import { looksEndedByOthers } from '../../src/cluster/docker/ended';
import { lastWords, shortageInLog } from '../../src/cluster/log';
import { EnvironmentError, EtcdSaid, Unmet } from '../../src/errors';
import { ClockWatch } from '../../src/run/clock-watch';
import { shortageBehind, shortageIn } from '../../src/shortage';

test.each([
  ['write /data/member/snap/db: no space left on device', 'the disk is full'],
  ["ENOSPC: no space left on device, mkdtemp '/tmp/x'", 'the disk is full'],
  ['accept tcp [::]:2379: accept4: too many open files; retrying in 5ms', 'there are too many open files'],
  ['runtime: failed to create new OS thread (have 5 already; errno=11)', 'there are too many processes or threads'],
  ['fatal error: runtime: cannot allocate memory', 'there is no memory left'],
])('%s: %s', (text, what) => {
  expect(shortageIn(text)?.what).toBe(what);
});

test.each([
  ['etcdserver: mvcc: database space exceeded'],
  ['listen tcp 10.0.0.9:2380: bind: cannot assign requested address'],
  ['cannot lock file: resource temporarily unavailable'],
])('%s is etcd’s own matter', (text) => {
  expect(shortageIn(text)).toBeUndefined();
});

test('a member’s log tells of a full disk in its errors, not in what it is asked', () => {
  const fatal = '{"level":"fatal","msg":"failed to commit tx","error":"write /d/db: no space left on device"}';
  expect(shortageInLog(fatal)).toMatchObject({ said: 'write /d/db: no space left on device' });
  const slow =
    '{"level":"warn","msg":"apply request took too long","request":"put:<key:\\"no space left on device\\" >"}';
  expect(shortageInLog(slow)).toBeUndefined();
  expect(shortageInLog('2026-12-01 00:00:00.0 C | etcdserver: write wal: no space left on device')).toBeDefined();
  expect(shortageInLog('{"level":"info","msg":"no space left on device"}')).toBeUndefined();
});

test('an error of the machine is the environment’s, and data that quotes one is not', () => {
  expect(shortageBehind(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toBeInstanceOf(EnvironmentError);
  expect(shortageBehind(new EtcdSaid('14 UNAVAILABLE: connect EMFILE 127.0.0.1:1', 'unknown', 'etcd-1'))).toBeDefined();
  expect(shortageBehind(new Unmet('it last answered: connect EMFILE 127.0.0.1:1'))).toBeDefined();
  expect(shortageBehind(new Unmet('value of foo is "no space left on device"'))).toBeUndefined();
});

const NONE: ReadonlySet<string> = new Set();
const TOLD = '{"level":"info","msg":"received signal; shutting down","signal":"terminated"}';

test.each<[string, number, ReadonlySet<string>, string[], boolean]>([
  ['SIGKILL that nobody here sent', 137, NONE, [], true],
  ['SIGKILL of this run', 137, new Set(['SIGKILL']), [], false],
  ['SIGKILL after a SIGTERM of this run', 137, new Set(['SIGTERM']), [], true],
  ['SIGTERM that etcd obeyed', 0, NONE, [TOLD], true],
  ['SIGTERM of this run', 0, new Set(['SIGTERM']), [TOLD], false],
  ['an end of its own', 0, NONE, [], false],
  ['a panic', 2, NONE, [], false],
  ['SIGSEGV', 139, NONE, [], false],
])('%s (exit code %d)', (_, exitCode, sent, lines, expected) => {
  expect(looksEndedByOthers({ exitCode, sent, lines })).toBe(expected);
});

test('a line that only tells what etcd does is never its last word', () => {
  const info = '{"level":"info","msg":"restore consistentIndex","index":5}';
  const panic = '{"level":"panic","msg":"failed to create WAL","error":"no space left on device"}';
  expect(lastWords([panic, 'panic: failed to create WAL', 'goroutine 1 [running]:', info])).toBe(
    'no space left on device',
  );
  expect(lastWords(['{"level":"warn","msg":"lost it"}', info])).toBe('lost it');
  expect(lastWords([info])).toBe('its log names no cause');
});

test('a jump of the clock is told, and its pace is not', () => {
  const watch = new ClockWatch();
  expect(watch.trouble()).toBeUndefined();
  const now = Date.now();
  jest.spyOn(Date, 'now').mockReturnValue(now + 60_000);
  expect(watch.trouble()?.message).toMatch(/jumped forward by 1 m/);
  jest.restoreAllMocks();
});
