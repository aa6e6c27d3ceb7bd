/** Which lines of a log say why: by level and text, never one of level info, and never many. */
import { causesIn, strongestCause } from '../../src/cluster/causes';

const json = (level: string, msg: string, error?: string): string =>
  JSON.stringify({ level, ts: '2026-03-14T03:09:26.000Z', caller: 'a/b.go:1', msg, error });

const INFO = json('info', 'stopped remote peer');
const REMOVED = json('warn', 'server error', 'the member has been permanently removed from the cluster');
const STOPPING = json('fatal', 'listener failed', 'server is stopping');
const FATAL = json('fatal', 'discovery failed', 'member count is unequal');
const UNREACHED = json('warn', 'prober detected unhealthy status', 'dial tcp 10.0.0.1:2380: connection refused');
const ROUTINE = json('warn', 'simple token is not cryptographically signed');

test.each<[string, string[], string | undefined]>([
  [
    'a known text goes before the fatal line that follows from it',
    [INFO, REMOVED, INFO, STOPPING],
    'the member has been permanently removed from the cluster',
  ],
  ['the last of several', [REMOVED, FATAL], 'member count is unequal'],
  [
    'a line of 3.3',
    ['2026-03-14 03:09:26.000000 C | etcdmain: member count is unequal'],
    'etcdmain: member count is unequal',
  ],
  [
    'a panic',
    ['panic: tocommit(9) is out of range [lastIndex(3)]', 'goroutine 1 [running]:'],
    'panic: tocommit(9) is out of range [lastIndex(3)]',
  ],
  [
    'never a line of level info',
    [json('info', 'cluster ID mismatch', 'permanently removed from the cluster'), INFO],
    undefined,
  ],
  ['never a line of level I of 3.3', ['2026-03-14 03:09:26.000000 I | etcdserver: cluster ID mismatch'], undefined],
  ['never what only warns', [UNREACHED, ROUTINE], undefined],
  ['nothing of nothing', [], undefined],
])('the strongest cause: %s', (_, lines, expected) => {
  expect(strongestCause(lines)).toBe(expected);
});

test.each<[string, string[], number[]]>([
  ['those that carry an error, in the order of the log', [ROUTINE, UNREACHED, INFO, REMOVED, STOPPING], [2, 4, 5]],
  ['of lines that say the same the last', [UNREACHED, REMOVED, UNREACHED.replace('10.0.0.1', '10.0.0.2')], [2, 3]],
  [
    'at most three, the weightier first',
    [REMOVED, ...[1, 2, 3, 4].map((n) => json('warn', `m${'abcd'[n - 1]}`, 'e'))],
    [1, 4, 5],
  ],
  ['warnings of 3.3 that fail', ['2026-03-14 03:09:26.000000 W | rafthttp: health check failed: dial tcp'], [1]],
  ['no routine', [ROUTINE, INFO, 'a line without a level'], []],
])('the lines that say why: %s', (_, lines, expected) => {
  expect(causesIn(lines, 3).map(({ at }) => at)).toEqual(expected);
});

test('only strong causes where only those are asked for', () => {
  expect(causesIn([UNREACHED, REMOVED, STOPPING], 3, 'strong').map(({ at }) => at)).toEqual([2]);
});
