import { Errors, errorKind, Histogram, Outage, Timeline } from '../../src/workload/meter';
import { Pace } from '../../src/workload/pace';
import { Naming, STRANGER } from '../../src/workload/naming';
import { Targets } from '../../src/workload/targets';
import type { EtcdClient } from '../../src/cluster/client';

test('percentiles are exact to 2 %, the slowest one is exact', () => {
  const histogram = new Histogram();
  expect(histogram.latency()).toBeNull();
  for (let ms = 1; ms <= 1000; ms++) histogram.add(ms);
  const { p50, p90, p99, max } = histogram.latency() ?? { p50: 0, p90: 0, p99: 0, max: 0 };
  expect(max).toBe(1000);
  for (const [actual, right] of [
    [p50, 500],
    [p90, 900],
    [p99, 990],
  ] as const) {
    expect(actual).toBeGreaterThanOrEqual(right);
    expect(actual).toBeLessThanOrEqual(right * 1.03);
  }
});

describe('the longest outage', () => {
  const longest = (acknowledged: number[], endMs: number): unknown => {
    const outage = new Outage();
    for (const atMs of acknowledged) outage.acknowledged(atMs);
    return outage.until(endMs);
  };

  test.each([
    ['in the middle', [10, 20, 520, 530], 540, { ms: 500, atMs: 20, over: true }],
    ['before the first write', [300, 310], 320, { ms: 300, atMs: 0, over: true }],
    ['up to the end, and not over', [10, 20], 900, { ms: 880, atMs: 20, over: false }],
    ['all the time', [], 900, { ms: 900, atMs: 0, over: false }],
    ['with answers that came out of order', [10, 30, 25, 100], 110, { ms: 70, atMs: 30, over: true }],
  ])('%s', (_, acknowledged, endMs, expected) => {
    expect(longest(acknowledged, endMs)).toEqual(expected);
  });
});

test('a timeline has no more slots after hours than after a minute, and loses nothing', () => {
  const timeline = new Timeline();
  for (let second = 0; second < 7200; second++) timeline.acknowledged(second * 1000, second === 5000 ? 900 : 3);
  timeline.error(7_199_000);
  const { slots, slotMs } = timeline.until(7_200_000);
  expect(slots.length).toBeLessThanOrEqual(240);
  expect(slots.reduce((sum, slot) => sum + slot.acknowledged, 0)).toBe(7200);
  expect(slots.reduce((sum, slot) => sum + slot.errors, 0)).toBe(1);
  expect(slots[Math.floor(5_000_000 / slotMs)]?.slowestMs).toBe(900);
});

test.each([
  ['deadline exceeded after 2s', 'deadline'],
  ['etcdserver: request timed out, possibly due to previous leader failure', 'timedOut'],
  ['etcdserver: no leader', 'noLeader'],
  ['etcdserver: leader changed', 'leaderChanged'],
  ['raft proposal dropped', 'leaderChanged'],
  ['raft: stopped', 'disconnected'],
  ['No connection established. Last error: connect ECONNREFUSED 127.0.0.1:32790 (2026-11-24T22:00:00Z)', 'refused'],
  ['read ECONNRESET', 'disconnected'],
  ['Connection dropped', 'disconnected'],
  ['etcdserver: mvcc: database space exceeded', 'noSpace'],
  ['etcdserver: rpc not supported for learner', 'notAllowed'],
  ['something that nobody has ever read', 'other'],
])('%s is of the kind %s', (said, kind) => {
  expect(errorKind(said)).toBe(kind);
});

test('errors keep the first text of each kind', () => {
  const errors = new Errors();
  errors.add('read ECONNRESET');
  errors.add('Connection dropped');
  expect([errors.counts, errors.texts]).toEqual([{ disconnected: 2 }, { disconnected: 'read ECONNRESET' }]);
});

test('a pace goes on from the moments that were meant, not from those that were', () => {
  const pace = new Pace(10, 1000);
  expect([0, 0, 5000].map((now) => pace.next(now))).toEqual([1000, 1100, 1200]);
  expect(new Pace(undefined, 1000).next(4321)).toBe(4321);
});

test('members are asked in turn, and one that failed is left alone for a second', () => {
  const all = ['a', 'b', 'c'].map((member) => ({ member, incarnation: 1, client: {} as EtcdClient }));
  const targets = new Targets(1, () => all);
  const next = (nowMs: number): string | undefined => targets.next(nowMs)?.member;
  expect([next(0), next(0), next(0)]).toEqual(['b', 'c', 'a']);
  const [a] = all;
  if (a) targets.failed(a, 0);
  expect([next(10), next(10), next(10)]).not.toContain('a');
  expect([next(1000), next(1000), next(1000)]).toContain('a');
  for (const one of all) targets.failed(one, 2000);
  expect(next(2001)).toBeDefined();
  expect(new Targets(0, () => []).next(0)).toBeUndefined();
});

test('a value says who wrote it, and a stranger is told apart', () => {
  const naming = new Naming(10, 100);
  expect(naming.value(123)).toHaveLength(100);
  expect(naming.operationOf(naming.value(123))).toBe(123);
  expect(naming.operationOf(new Naming(10, 100).value(123))).toBe(STRANGER);
  expect(naming.operationOf(Buffer.from('bar'))).toBe(STRANGER);
  expect(naming.operationOf(naming.value(123).subarray(1))).toBe(STRANGER);
});

test('keys are read back in answers that gRPC takes', () => {
  const naming = new Naming(5, 1024 * 1024);
  expect(naming.groups()).toHaveLength(5);
  expect([0, 1, 2, 3, 4].map((key) => naming.indexOf(naming.key(key)))).toEqual([0, 1, 2, 3, 4]);
  expect(naming.indexOf(`${naming.prefix}0/4`)).toBeUndefined();
  expect(new Naming(100, 64).groups()).toHaveLength(1);
});
