import { headlineOf, renderFailure, renderFailures } from '../../src/report/failure';
import { formatLogLine } from '../../src/report/log-line';
import { renderComparison } from '../../src/report/comparison';
import { createStyle } from '../../src/report/style';
import { withoutCommands } from '../../src/report/text';
import type { Failure } from '../../src/events';
import { OWNED, REPORTS, RICH } from './fixture';
import { expectGolden, harmIn } from './golden';

const BARE: Failure = { kind: 'expectation', message: 'no', comparisons: [], resolved: [], logs: [] };

test('everything that is known, in sections', () => {
  expectGolden('failure.txt', `${renderFailure(RICH, { reports: REPORTS })}\n`);
});

test('nothing but a message is one line', () => {
  expect(renderFailure(BARE)).toBe('no');
  expect(renderFailures(null, [])).toBe('');
});

test('colour changes nothing but colour', () => {
  const coloured = renderFailure(RICH, { style: createStyle(true) });
  // eslint-disable-next-line no-control-regex -- taking the colours out again
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(renderFailure(RICH));
});

test('what failed afterwards stands below, and is shown where nothing failed before', () => {
  expect(renderFailures(BARE, [BARE])).toBe('no\n\nafterwards also:\n  no');
  expect(renderFailures(null, [BARE])).toBe('afterwards:\n  no');
});

test.each<[Failure['kind'], string, string]>([
  ['expectation', 'x is y', 'x is y'],
  ['environment', 'no engine', 'the environment broke, which says nothing about etcd: no engine'],
  ['interrupted', 'SIGINT', 'interrupted: SIGINT'],
  ['interrupted', 'interrupted by SIGINT', 'interrupted by SIGINT'],
])('headline of %s', (kind, message, expected) => {
  expect(headlineOf({ ...BARE, kind, message })).toBe(expected);
});

test.each<[Partial<Failure>, string]>([
  [{ waitedFor: 'a leader', durationMs: 30_000, attempts: 2 }, 'waited 30 s for a leader (2 attempts)'],
  [{ waitedFor: 'a leader' }, 'waited for a leader'],
  [{ durationMs: 3000, attempts: 5 }, 'gave up after 3 s (5 attempts)'],
  [{ durationMs: 3000, attempts: 1 }, 'this step failed after 3 s'],
  [{ durationMs: 3000, kind: 'interrupted', message: 'interrupted' }, 'this step had run for 3 s'],
  [{ resolved: [{ selector: 'followers', members: [] }] }, 'followers -> nobody'],
])('circumstances %j', (more, expected) => {
  expect(renderFailure({ ...BARE, ...more }).split('\n\n')[1]).toBe(expected);
});

test('a long log is cut to its end', () => {
  const lines = Array.from({ length: 100 }, (_, i) => `line ${i}`);
  const text = renderFailure({ ...BARE, logs: [{ member: 'a', incarnation: 1, state: 'running', lines }] });
  expect(text).toContain('its last 20 lines');
  expect(text).toContain('| line 99');
  expect(text).not.toContain('| line 79');
});

test.each([
  [[], 'a (incarnation 1, running): nothing but routine in its last 12 lines'],
  [['W'], 'a (incarnation 1, running), of its last 13 lines those that warn:\n  | W'],
])('what was left out of a log as routine is said: %j', (lines, expected) => {
  const log = { member: 'a', incarnation: 1, state: 'running', lines, routine: 12 };
  expect(renderFailure({ ...BARE, logs: [log] })).toContain(expected);
});

test('earlier lines that may say why stand above the last ones, with what is left out between them', () => {
  const log = {
    ...{ member: 'a', incarnation: 1, state: 'exited with code 1' },
    earlier: [
      { at: 3, line: 'cause' },
      { at: 4, line: 'effect' },
    ],
    lines: ['last'],
    from: 9,
  };
  const heading = 'a (incarnation 1, exited with code 1), earlier lines that may say why, and its last line:';
  expect(renderFailure({ ...BARE, logs: [log] })).toContain(
    [heading, '  | …', '  | cause', '  | effect', '  | …', '  | last'].join('\n'),
  );
  const adjacent = renderFailure({ ...BARE, logs: [{ ...log, from: 5 }] });
  expect(adjacent).toContain(['  | …', '  | cause', '  | effect', '  | last'].join('\n'));
  const routine = renderFailure({ ...BARE, logs: [{ ...log, lines: [], routine: 12 }] });
  expect(routine).toContain(
    ', earlier lines that may say why; nothing but routine in its last 12 lines:\n  | …\n  | cause',
  );
});

test('a step inside of repeat names its round', () => {
  const step = {
    id: '2.1',
    phase: 'steps',
    action: 'put',
    sentence: 'put a = 1',
    place: { file: 'a.yaml', line: 1, column: 1 },
  } as const;
  expect(renderFailure({ ...BARE, step: { ...step, rounds: [7] } })).toContain('step 2.1 in round 7: put a');
  expect(renderFailure({ ...BARE, step: { ...step, rounds: [2, 7] } })).toContain('step 2.1 in round 2.7: put a');
});

test('hostile text does no harm, but for a leading command that the console breaks', () => {
  const text = renderFailures(OWNED, [OWNED], { reports: REPORTS });
  expect(harmIn(withoutCommands(text))).toEqual([]);
});

describe('log lines', () => {
  test.each([
    [
      '{"level":"info","ts":"2026-01-02T03:04:05.678901Z","caller":"a/b.go:1","msg":"m"}',
      'info   03:04:05.678  a/b.go:1  m',
    ],
    ['{"level":"warn","ts":1609556645.678,"msg":"m","took":"1s"}', 'warn   03:04:05.678  m  took=1s'],
    ['{"level":"error","msg":"m","a":{"b":1},"error":"e f"}', 'error  m  error="e f" a="{\\"b\\":1}"'],
    ['{"msg":"no level"}', '{"msg":"no level"}'],
    ['{broken', '{broken'],
    ['null', 'null'],
    ['raw\u001b[2J', 'raw␛[2J'],
    ['{"level":"info","msg":"a\\nb\\u001b[2J","k\\u0000":"v"}', 'info  a␊b␛[2J  k␀=v'],
  ])('%s', (line, expected) => {
    expect(formatLogLine(line)).toBe(expected);
  });

  test('an error keeps its end, a line stays near 200 characters', () => {
    const line = formatLogLine(
      JSON.stringify({ level: 'fatal', msg: 'm', error: `${'x'.repeat(500)}: the cause`, more: 'y'.repeat(500) }),
    );
    expect(line).toContain(': the cause"');
    expect(line.length).toBeLessThanOrEqual(200);
    expect(formatLogLine('z'.repeat(1000)).length).toBe(200);
  });
});

describe('comparisons', () => {
  test.each<[string, string, string[]]>([
    ['bar', 'baz', ['  expected  bar', '  actual    baz']],
    ['', ' x', ['  expected  (empty)', '  actual    " x"']],
    [
      '1052f362c31a5266',
      '1052f362c31b5266',
      ['  expected  1052f362c31a5266', '  actual    1052f362c31b5266', '                       ^'],
    ],
    ['a, b', 'b, c', ['  expected  a, b', '  actual    b, c', '            missing: a; unexpected: c']],
    ['a, b', 'b, a', ['  expected  a, b', '  actual    b, a', '            the same, in another order or number']],
    ['a\nb', 'a\nc', ['  - expected  + actual', '    a', '  - b', '  + c']],
    ['a\u001b', 'a␛', ['  expected  "a\\u001b"', '  actual    "a\\u241b"']],
  ])('%j against %j', (expected, actual, rows) => {
    expect(renderComparison({ subject: 's', expected, actual })).toBe(['s', ...rows].join('\n'));
  });

  test('of a long value the part that differs is shown', () => {
    const text = renderComparison({
      subject: 's',
      expected: `${'a'.repeat(5000)}X${'b'.repeat(500)}`,
      actual: `${'a'.repeat(5000)}Y${'b'.repeat(500)}`,
    });
    expect(text).toMatch(/actual {4}…a{40}Yb+… \(5501 characters\)/);
    expect(text.split('\n').at(-1)?.indexOf('^')).toBe(text.split('\n')[2]?.indexOf('Y'));
  });

  test('many lines are cut', () => {
    const lines = Array.from({ length: 100 }, (_, i) => String(i)).join('\n');
    expect(renderComparison({ subject: 's', expected: lines, actual: 'x' }).split('\n')).toHaveLength(44);
  });
});
