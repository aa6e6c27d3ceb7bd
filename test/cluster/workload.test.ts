/** `during` on real members: what clients lose, and what they wait for. */
import type { EtcdClient } from '../../src/cluster/client';
import { connectEtcd } from '../../src/cluster/etcd/client';
import { PLAIN } from '../../src/cluster/security';
import type { RunEvent } from '../../src/events';
import type { WorkloadFigures } from '../../src/figures';
import { settingsOf } from '../../src/steps/during/settings';
import { check } from '../../src/workload/check';
import { readBack } from '../../src/workload/read-back';
import { Recorder } from '../../src/workload/recorder';
import { Workload } from '../../src/workload/workload';
import { appliesFailed, appliesTwice, dropsOne, servesStale, tearsOne } from '../workload/fake-etcd';
import { ETCD, runDrill, runDrills, told, until, yamlOf, type Case } from './helpers';

jest.setTimeout(300_000);

function figuresOf(one: Case): WorkloadFigures {
  const event = one.events('workload-finished').at(-1);
  if (!event) throw new Error(`${one.id} told of no workload: ${one.finished.failure?.message}`);
  return event.figures;
}

const NOTHING_WRONG = {
  lostWrites: 0,
  phantomWrites: 0,
  staleReads: 0,
  tornTransactions: 0,
  movedWrites: 0,
  wrongLeases: 0,
};

const DRILLS = {
  'rolling restart': {
    members: 3,
    top: `etcd: [3.3.25, ${ETCD}, 3.7.3]`,
    steps: `
      - start: all
      - during:
          workload: {writers: 6, rate: 100/s, transactions: 20%, leases: 2}
          steps:
            - restart: all
          expect: {outage: "<20s", revisions: monotonic}
        as: load
      - put: {key: said, value: "\${results.load.lostWrites} of \${results.load.acknowledged}"}
      - expect: {healthy: all, consistent: true}`,
  },
  'leader killed': {
    members: 3,
    top: `etcd: ${ETCD}`,
    steps: `
      - start: all
      - during:
          workload: {rate: 100/s}
          steps:
            - kill: leader
              as: victim
            - expect: {leader: any}
              within: 60s
            - start: "\${results.victim.members}"`,
  },
  'majority lost': {
    members: 3,
    top: `etcd: ${ETCD}`,
    steps: `
      - start: all
      - during:
          workload: {rate: max}
          steps: [{expect: {consistent: true}, for: 1s}]
      - during:
          workload: {rate: 50/s, transactions: 30%}
          steps:
            - stop: [etcd-2, etcd-3]
            - sleep: 4s
            - start: [etcd-2, etcd-3]
          expect: {outage: ">=4s"}`,
  },
} as const;

test('workloads stand in and around other blocks, each with its own keys and its own file', async () => {
  const one = await runDrill(
    yamlOf('blocks', {
      members: 3,
      top: `etcd: ${ETCD}`,
      steps: `
        - start: all
        - parallel:
            - during:
                workload: {rate: 50/s}
                steps: [{restart: etcd-2}]
            - during:
                workload: {rate: 20/s, leases: 1}
                steps: [{sleep: 300ms}]
        - repeat:
            times: 2
            steps:
              - during:
                  workload: {rate: 50/s}
                  steps: [{put: {key: "k\${repeat.index}", value: v}}]
        - during:
            workload: {rate: 50/s}
            steps:
              - parallel: [{put: {key: a, value: b, to: etcd-2}, within: 20s}, {restart: etcd-1}]
              - during:
                  workload: {rate: 20/s, writers: 1}
                  steps: [{restart: etcd-3}]
                  expect: {revisions: monotonic}
            expect: {revisions: monotonic}
        - get: {key: k, prefix: true, count: 2}`,
    }),
  );
  expect(one.finished.failure).toBeNull();
  const told = one.events('workload-finished');
  expect(told.map(({ step }) => step).toSorted()).toEqual(['2.1', '2.2', '3.1', '3.1', '4', '4.2']);
  for (const { figures } of told) {
    expect(figures.verdicts).toMatchObject(NOTHING_WRONG);
    expect(figures.writes.acknowledged).toBeGreaterThan(0);
  }
  expect(new Set(told.map(({ figures }) => figures.file)).size).toBe(told.length);
});

describe('nothing is lost', () => {
  test('by a rolling restart, a leader killed, a majority that comes back', async () => {
    const { 'rolling restart': rolling, 'leader killed': killed, 'majority lost': majority } = DRILLS;
    const run = await runDrills(
      {
        'rolling restart': yamlOf('rolling restart', rolling),
        'leader killed': yamlOf('leader killed', killed),
        'majority lost': yamlOf('majority lost', majority),
      },
      { jobs: 2 },
    );
    for (const [name, version] of [
      ['rolling restart', '3.3.25'],
      ['rolling restart', ETCD],
      ['rolling restart', '3.7.3'],
      ['leader killed', ETCD],
      ['majority lost', ETCD],
    ] as const) {
      const one = run.case(name, version);
      expect({ name, version, verdict: one.verdict, failure: one.finished.failure }).toMatchObject({
        verdict: 'passed',
      });
      const figures = figuresOf(one);
      expect(figures.verdicts).toMatchObject(NOTHING_WRONG);
      expect(figures.writes.acknowledged).toBeGreaterThan(0);
      expect(figures.reads.acknowledged).toBeGreaterThan(0);
    }
    const { outage } = figuresOf(run.case('majority lost'));
    expect(outage.ms).toBeGreaterThanOrEqual(4000);
    expect(outage.over).toBe(true);
  });
});

test('a forced new cluster after a hard kill loses acknowledged writes, and they are found and named', async () => {
  const one = await runDrill(
    yamlOf('forced', {
      members: 3,
      top: 'etcd: 3.4.23',
      steps: `
        - start: all
        - during:
            workload: {writers: 1, readers: 1, rate: 1/s}
            steps:
              - sleep: 2100ms
              - kill: all
              - start: {member: etcd-1, forceNewCluster: true}
              - wipe: etcd-2
              - member-add: etcd-2
              - start: etcd-2
            expect: {lostWrites: ">0"}
          as: load`,
    }),
  );
  expect(told(one.finished.failure?.comparisons ?? [])).toEqual([]);
  expect(one.verdict).toBe('passed');
  const { verdicts, findings } = figuresOf(one);
  expect(verdicts?.lostWrites).toBeGreaterThan(0);
  expect(verdicts).toMatchObject({ phantomWrites: 0, staleReads: 0, tornTransactions: 0, unproven: 0 });
  // The members' histories have parted: what was written later stands at another revision on each.
  expect(verdicts?.movedWrites).toBeGreaterThan(0);
  expect(findings[0]?.key).toMatch(/^\/etcd-scenarios\/workload\//);
});

/** The bookkeeping against a real member, with a liar in between. */
describe('on a real member', () => {
  let endpoint = '';
  let ended: Promise<unknown> = Promise.resolve();
  const ending = new AbortController();

  beforeAll(async () => {
    const yaml = yamlOf('one', { top: `etcd: ${ETCD}`, steps: '- start: all\n- sleep: 10m' });
    endpoint = await new Promise((resolve, reject) => {
      const onEvent = (event: RunEvent): void => void (event.type === 'member-serving' && resolve(event.endpoint));
      ended = runDrill(yaml, { onEvent, signal: ending.signal, timeoutMs: 600_000 });
      ended.then(() => reject(new Error('the member did not serve')), reject);
    });
  });

  afterAll(async () => {
    ending.abort();
    await ended;
  });

  test.each<[string, (honest: EtcdClient) => EtcdClient, Partial<Record<string, number>>]>([
    ['honest', (honest) => honest, {}],
    ['one that drops an acknowledged write', (honest) => dropsOne(honest, 50), { lostWrites: 1 }],
    ['one that applies a failed write', (honest) => appliesFailed(honest, 50), { phantomWrites: 1 }],
    ['one that applies a write twice', (honest) => appliesTwice(honest, 50), { phantomWrites: 1 }],
    ['one that serves a stale read', (honest) => servesStale(honest), { staleReads: 1 }],
    ['one that applies half a transaction', (honest) => tearsOne(honest, 5), { tornTransactions: 1 }],
  ])('%s is found out', async (_, lie, expected) => {
    const client = connectEtcd('etcd-1', endpoint, PLAIN);
    const { signal } = new AbortController();
    const target = { member: 'etcd-1', incarnation: 1, client: lie(client) };
    const settings = { ...settingsOf({ writers: 3, keys: 9, rate: '200/s' }), transactions: 0.2 };
    const workload = new Workload({ settings, candidates: () => [target], recorder: new Recorder(undefined), signal });
    workload.start();
    await until('200 acknowledged writes', () => workload.writes.acknowledged >= 200 || undefined);
    await workload.stop();
    const back = await readBack(workload, 'etcd-1', client, signal);
    client.close();
    const { verdicts, findings } = await check(workload.history, [back], (key) => workload.naming.key(key));
    expect(verdicts).toEqual({ ...NOTHING_WRONG, movedWrites: 0, unproven: 0, ...expected });
    expect(findings).toHaveLength(Object.keys(expected).length);
    for (const finding of findings) {
      expect(finding).toMatchObject({
        member: 'etcd-1',
        key: expect.stringContaining(workload.naming.prefix) as string,
      });
    }
  });
});

test('a workload that can do nothing fails, and so does one whose steps fail: with its figures', async () => {
  const run = await runDrills({
    nobody: yamlOf('nobody', {
      top: `etcd: ${ETCD}`,
      steps: `
        - start: all
        - stop: all
        - during: {steps: [{sleep: 100ms}]}`,
    }),
    failing: yamlOf('failing', {
      top: `etcd: ${ETCD}`,
      steps: `
        - start: all
        - during:
            steps:
              - sleep: 300ms
              - get: {key: nobody wrote it, count: 1}`,
    }),
  });
  expect(run.case('nobody').failure.message).toMatch(/^no write at all was acknowledged, so nothing was shown/);
  const failing = run.case('failing');
  expect(failing.failure.step?.action).toBe('get');
  expect(figuresOf(failing)).toMatchObject({ verdicts: null });
  expect(figuresOf(failing).writes.acknowledged).toBeGreaterThan(0);
});
