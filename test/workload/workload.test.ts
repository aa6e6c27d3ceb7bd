/** A workload on an etcd in memory, honest and with each kind of lie between them. */
import { CLEAN } from './clean';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EtcdClient } from '../../src/cluster/client';
import { poll } from '../../src/clock';
import { EtcdSaid } from '../../src/errors';
import type { Checked } from '../../src/workload/check';
import { check } from '../../src/workload/check';
import { readBack } from '../../src/workload/read-back';
import { Recorder, type Line } from '../../src/workload/recorder';
import type { Settings } from '../../src/workload/settings';
import type { Target } from '../../src/workload/targets';
import { Workload } from '../../src/workload/workload';
import {
  appliesFailed,
  appliesTwice,
  dropsOne,
  FakeEtcd,
  forgetsRenewed,
  keepsRevoked,
  leavesOpen,
  servesStale,
  tearsOne,
} from './fake-etcd';

const SETTINGS: Settings = {
  writers: 3,
  readers: 2,
  keys: 9,
  rate: 1000,
  valueBytes: 64,
  transactions: 0,
  leases: 0,
  timeoutMs: 1000,
};

interface Ran extends Checked {
  workload: Workload;
  lines: Line[];
}

/** Runs a workload until so many writes were acknowledged, through a client that may lie. */
async function runOn(lie: (honest: EtcdClient) => EtcdClient, settings: Partial<Settings> = {}): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'workload-test-'));
  const file = join(folder, 'deep', 'workload.ndjson');
  const etcd = new FakeEtcd();
  const target: Target = { member: 'etcd-1', incarnation: 1, client: lie(etcd.client()) };
  const { signal } = new AbortController();
  const recorder = new Recorder(file);
  const workload = new Workload({
    settings: { ...SETTINGS, ...settings },
    candidates: () => [target],
    recorder,
    signal,
  });
  workload.start();
  const enough = await poll(async () => (workload.writes.acknowledged >= 200 ? true : undefined), {
    withinMs: 30_000,
    signal,
  });
  await workload.stop();
  await recorder.close();
  expect(enough).toBe(true);
  const back = await readBack(workload, 'etcd-1', etcd.client(), signal);
  const checked = await check(workload.history, [back], (key) => workload.naming.key(key));
  const lines = linesOf(file);
  rmSync(folder, { recursive: true });
  return { ...checked, workload, lines };
}

function linesOf(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

test('an honest etcd is found honest, and every operation is written down', async () => {
  const { verdicts, findings, workload, lines } = await runOn((honest) => honest, { transactions: 0.3 });
  expect({ verdicts, findings }).toEqual({ verdicts: CLEAN, findings: [] });
  expect(lines).toHaveLength(workload.history.length);
  expect(lines.map(({ operation }) => operation).sort((a, b) => a - b)).toEqual(lines.map((_, i) => i));
  const acknowledged = lines.filter(({ what, outcome }) => what !== 'read' && outcome === 'ok');
  expect(acknowledged).toHaveLength(workload.writes.acknowledged);
  expect(lines.filter(({ what }) => what === 'txn').length).toBeGreaterThan(20);
  expect(lines.every(({ keys }) => keys.every((key) => key.startsWith('/etcd-scenarios/workload/')))).toBe(true);
  expect(workload.figures()).toMatchObject({ errors: {}, revisionsBack: 0, reads: { failed: 0, unknown: 0 } });
});

test('an acknowledged write that was dropped is found and named', async () => {
  const { verdicts, findings, lines } = await runOn((honest) => dropsOne(honest, 50));
  expect(verdicts).toEqual({ ...CLEAN, lostWrites: 1 });
  const [lost] = findings;
  const line = lines.find(({ operation }) => operation === lost?.operation);
  expect(lost).toMatchObject({ kind: 'lost', key: line?.keys[0], revision: line?.revision, member: 'etcd-1' });
  expect(lost?.atMs).toBeGreaterThan(0);
});

test('a failed write that was applied is found', async () => {
  const { verdicts, findings, workload } = await runOn((honest) => appliesFailed(honest, 50));
  expect(verdicts).toEqual({ ...CLEAN, phantomWrites: 1 });
  expect(workload.history.outcome(findings[0]?.operation ?? 0)).toBe('failed');
});

test('a write that was applied twice is found', async () => {
  expect((await runOn((honest) => appliesTwice(honest, 50))).verdicts).toEqual({ ...CLEAN, phantomWrites: 1 });
});

test('a stale read is found', async () => {
  const { verdicts, findings, workload } = await runOn((honest) => servesStale(honest));
  expect(verdicts).toEqual({ ...CLEAN, staleReads: 1 });
  expect(workload.history.kind(findings[0]?.operation ?? 0)).toBe('read');
});

test('half a transaction is found', async () => {
  const { verdicts } = await runOn((honest) => tearsOne(honest, 5), { transactions: 0.3 });
  expect(verdicts).toEqual({ ...CLEAN, tornTransactions: 1 });
});

test.each([true, false])('a write of unknown outcome is nothing wrong (applied: %s)', async (applies) => {
  const { verdicts, workload } = await runOn((honest) => leavesOpen(honest, 50, applies));
  expect(verdicts).toEqual(CLEAN);
  expect(workload.writes).toMatchObject({ failed: 0, unknown: 1 });
  expect(workload.figures().errors).toEqual({ timedOut: 1 });
});

describe('a key that hangs on a lease', () => {
  const lived = async (
    lie: (honest: EtcdClient, etcd: FakeEtcd) => EtcdClient,
  ): Promise<{ workload: Workload; lines: Line[] }> => {
    const folder = mkdtempSync(join(tmpdir(), 'workload-test-'));
    const file = join(folder, 'workload.ndjson');
    const etcd = new FakeEtcd();
    const target: Target = { member: 'etcd-1', incarnation: 1, client: lie(etcd.client(), etcd) };
    const { signal } = new AbortController();
    const settings = { ...SETTINGS, rate: 50, leases: 1 };
    const recorder = new Recorder(file);
    const workload = new Workload({ settings, candidates: () => [target], recorder, signal });
    workload.start();
    const held = async (): Promise<true | undefined> => (workload.leasesHeld > 0 ? true : undefined);
    expect(await poll(held, { withinMs: 30_000, signal })).toBe(true);
    await workload.stop();
    await recorder.close();
    const lines = linesOf(file);
    rmSync(folder, { recursive: true });
    return { workload, lines };
  };

  test('is there while the lease is kept alive, and gone when it is revoked', async () => {
    const { workload, lines } = await lived((honest) => honest);
    expect(workload.wrongLeases).toEqual([]);
    expect(lines).toHaveLength(workload.history.length);
    const life = lines.filter(({ client }) => client === 'lease holder 1').slice(0, 11);
    const round = ['lease-read', 'lease-keepalive'];
    expect(life.map(({ what }) => what)).toEqual(
      ['lease-grant', 'lease-put', round, round, round, 'lease-read', 'lease-revoke', 'lease-read'].flat(),
    );
    for (const line of life) {
      expect(line).toMatchObject({ outcome: 'ok', member: 'etcd-1', keys: [workload.naming.leaseKey(0)] });
      expect(Number(line.revision)).toBeGreaterThan(0);
    }
  });

  test('that outlives it is found', async () => {
    const { workload, lines } = await lived(keepsRevoked);
    const [wrong] = workload.wrongLeases;
    expect(wrong).toMatchObject({ kind: 'lease', member: 'etcd-1' });
    expect(wrong?.told).toContain('was revoked');
    expect(lines.find(({ operation }) => operation === wrong?.operation)).toMatchObject({ what: 'lease-read' });
  });

  test('that vanishes before its time is found', async () => {
    const { wrongLeases } = (await lived(forgetsRenewed)).workload;
    expect(wrongLeases[0]?.told).toMatch(/^it is gone, although its lease had \d+ ms to live/);
  });
});

test('clients go on to another member, and come back to one that works again', async () => {
  const etcd = new FakeEtcd();
  let broken = true;
  const refusing = new Proxy(etcd.client(), {
    get: (target, name) =>
      broken
        ? () => Promise.reject(new EtcdSaid('14 UNAVAILABLE: connect ECONNREFUSED', 'failed', 'etcd-1'))
        : (Reflect.get(target, name) as unknown),
  });
  const targets: Target[] = [
    { member: 'etcd-1', incarnation: 1, client: refusing },
    { member: 'etcd-2', incarnation: 1, client: etcd.client() },
  ];
  const { signal } = new AbortController();
  const recorder = new Recorder(undefined);
  const workload = new Workload({ settings: SETTINGS, candidates: () => targets, recorder, signal });
  const acknowledgedBy = (member: string): number =>
    Array.from({ length: workload.history.length }, (_, row) => row).filter(
      (row) => workload.history.member(row) === member && workload.history.outcome(row) === 'ok',
    ).length;
  const until = (wanted: () => boolean): Promise<unknown> =>
    poll(async () => (wanted() ? true : undefined), { withinMs: 30_000, signal });
  workload.start();
  expect(await until(() => acknowledgedBy('etcd-2') > 50)).toBe(true);
  broken = false;
  expect(await until(() => acknowledgedBy('etcd-1') > 50)).toBe(true);
  await workload.stop();
  expect(workload.figures().errors).toEqual({ refused: workload.writes.failed + workload.reads.failed });
});

test('an interruption ends everything at once, whatever hangs', async () => {
  const interruption = new AbortController();
  const hanging = { put: (_: unknown, call: { signal: AbortSignal }) => hang(call.signal) };
  const target: Target = { member: 'etcd-1', incarnation: 1, client: hanging as unknown as EtcdClient };
  const workload = new Workload({
    settings: { ...SETTINGS, readers: 0, timeoutMs: 600_000 },
    candidates: () => [target],
    recorder: new Recorder(undefined),
    signal: interruption.signal,
  });
  workload.start();
  await poll(async () => (workload.history.length >= 3 ? true : undefined), {
    withinMs: 30_000,
    signal: new AbortController().signal,
  });
  interruption.abort(new Error('told to end'));
  await workload.stop();
  expect(workload.writes).toEqual({ acknowledged: 0, failed: 0, unknown: 3 });
});

function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
}
