/** `during` on real members: what clients lose, and what they wait for. */
import type { WorkloadFigures } from '../../src/figures';
import { ETCD, runDrill, runDrills, yamlOf, told, type Case } from './helpers';

jest.setTimeout(300_000);

function figuresOf(one: Case): WorkloadFigures {
  const [event] = one.events('workload-finished');
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
          workload: {writers: 6, rate: 100/s, transactions: 20%}
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
          workload: {rate: 50/s, transactions: 30%}
          steps:
            - stop: [etcd-2, etcd-3]
            - sleep: 4s
            - start: [etcd-2, etcd-3]
          expect: {outage: ">=4s"}`,
  },
} as const;

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
      expect(figures.writes.acknowledged).toBeGreaterThan(10);
      expect(figures.reads.acknowledged).toBeGreaterThan(10);
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
  expect(verdicts).toMatchObject({ phantomWrites: 0, staleReads: 0, tornTransactions: 0, movedWrites: 0, unproven: 0 });
  expect(findings[0]?.key).toMatch(/^\/etcd-scenarios\/workload\//);
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
