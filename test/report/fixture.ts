/** A run as reporters see it, written by hand: one case of each kind, and one by an enemy. */
import { CLEAN } from '../workload/clean';
import { Broadcast } from '../../src/report';
import type { WorkloadFigures } from '../../src/figures';
import type { CaseRef, EventBody, Failure, Reporter, RunEvent, StepRef } from '../../src/events';

export const START_MS = Date.UTC(2026, 2, 14, 3, 9, 26);
export const REPORTS = '/work/reports/2026-03-14T03-09-26';

function caseRef(name: string, file: string, etcd = '3.5.35', line = 1): CaseRef {
  return { id: `${file}@${etcd}`, name, file, line, etcd, tags: [], members: 3 };
}

function step(id: string, action: string, sentence: string, file: string, line: number, column = 5): StepRef {
  const phase = id.startsWith('finally') ? 'finally' : 'steps';
  return { id, phase, action, sentence, place: { file, line, column } };
}

function failure(kind: Failure['kind'], message: string, more: Partial<Failure> = {}): Failure {
  return { kind, message, comparisons: [], resolved: [], logs: [], ...more };
}

/** Everything that hurts somewhere: paths, markup, commands of CIs, escape sequences, a second line. */
export const HOSTILE =
  '::set-output name=x::y\n::error::owned ##[set-env name=A]b %0A::add-mask::e ../../etc/passwd <script>alert(1)</script> ' +
  '| `x` ``` ]]> & "quoted" \u001b[2J\u001b]0;title\u0007 \u0000\u009b1m\u202egpj.exe\ud800 [[ATTACHMENT|/etc/passwd]] @all';

const MINORITY = caseRef('Minority failure without data', 'scenarios/recovery/minority-without-data.yaml');
const RESTORE = caseRef('Restore with another token', 'scenarios/recovery/restore-token.yaml', '3.6.1');
const UPGRADE = caseRef('Upgrade one minor version', 'scenarios/upgrade/one-minor.yaml', '3.4.37');
const LEARNER = caseRef('A learner is promoted', 'scenarios/membership/learner.yaml', '3.3.27');
const QUORUM = caseRef('Two of three lose their disks', 'scenarios/recovery/majority.yaml', '3.5.35');
const KEPT = caseRef('Key survives a leader change', 'scenarios/membership/leader-change.yaml', '3.5.35');
const ENEMY = caseRef(HOSTILE, `scenarios/../${HOSTILE}.yaml`, '3.5.35');

export const CASES = [MINORITY, RESTORE, UPGRADE, LEARNER, QUORUM, KEPT, ENEMY];

const LOG_LINES = [
  '{"level":"info","ts":"2026-03-14T03:09:41.212008Z","caller":"etcdserver/raft.go:513","msg":"starting local member","local-member-id":"97ecdd3706cc2d90","cluster-id":"b2698d4259f33e40"}',
  '{"level":"warn","ts":"2026-03-14T03:09:46.512008-0700","caller":"rafthttp/stream.go:653","msg":"request sent was ignored by remote peer due to cluster ID mismatch","remote-peer-id":"a3959071884acd0c","remote-peer-cluster-id":"572a811fac16a854","local-member-id":"97ecdd3706cc2d90","local-member-cluster-id":"b2698d4259f33e40","error":"cluster ID mismatch"}',
  '{"level":"fatal","ts":"2026-03-14T03:09:48.560232Z","caller":"etcdmain/etcd.go:204","msg":"discovery failed","error":"error validating peerURLs {ClusterID:572a811fac16a854 Members:[&{ID:a3959071884acd0c RaftAttributes:{PeerURLs:[http://etcd-1:2380] IsLearner:false}}]}: member count is unequal","stacktrace":"go.etcd.io/etcd/server/v3/etcdmain.startEtcdOrProxyV2\\n\\tetcd.go:204"}',
  '2026-03-14 03:09:49.212008 I | etcdmain: a line of 3.3, which is not JSON',
];

export const RICH: Failure = failure(
  'expectation',
  'all did not become healthy within 30 s: etcd-2 exited with code 1',
  {
    cure: 'Wipe etcd-2 before it joins the restored cluster, or restore it from the same snapshot.',
    step: step('7', 'expect', 'expect healthy: all, members: [etcd-1, etcd-2, etcd-3]', RESTORE.file, 21),
    frame: [
      '  20 |   - start: [etcd-1, etcd-2, etcd-3]',
      '> 21 |   - expect: {healthy: all, members: [etcd-1, etcd-2, etcd-3]}',
      '     |     ^^^^^^',
      '  22 |     within: 30s',
    ].join('\n'),
    comparisons: [
      { subject: 'healthy', expected: 'etcd-1, etcd-2, etcd-3', actual: 'etcd-1, etcd-3' },
      { subject: 'cluster ID of etcd-2', expected: '1052f362c31a5266', actual: '1052f362c31b5266' },
      { subject: 'members', expected: 'etcd-1\netcd-2\netcd-3', actual: 'etcd-1\netcd-3\netcd-4' },
      { subject: 'value of "foo"', expected: 'bar', actual: 'bar ' },
      { subject: 'value of "empty"', expected: 'x', actual: '' },
    ],
    waitedFor: 'all to be healthy',
    durationMs: 30_000,
    attempts: 117,
    resolved: [
      { selector: 'all', members: ['etcd-1', 'etcd-2', 'etcd-3'] },
      { selector: 'leader', members: ['etcd-3'] },
      { selector: 'etcd-1', members: ['etcd-1'] },
    ],
    logs: [
      {
        member: 'etcd-2',
        incarnation: 1,
        state: 'exited with code 1',
        lines: LOG_LINES,
        file: 'logs/restore/etcd-2-1.log',
      },
      { member: 'etcd-3', incarnation: 2, state: 'running', lines: [], file: 'logs/restore/etcd-3-2.log' },
    ],
  },
);

const IN_FINALLY = failure('expectation', 'etcd-1 said: context deadline exceeded', {
  step: step('finally.1', 'delete', 'delete foo', RESTORE.file, 30),
  frame: '> 30 |   - delete: foo\n     |     ^^^^^^',
  durationMs: 3000,
});

const ENGINE = failure('environment', 'the image of etcd 3.4.37 is not here and no registry answered', {
  cure: 'Build it with `etcd-scenarios images build 3.4.37`, or set images.mirror in the configuration.',
});

const CTRL_C = failure('interrupted', 'interrupted by SIGINT', {
  step: step('3', 'start', 'start etcd-2, etcd-3', QUORUM.file, 12),
  durationMs: 1200,
});

const LOST = failure('expectation', 'the value of "foo" is another', {
  step: step('4', 'get', 'get foo from etcd-2', KEPT.file, 14),
  frame: '  13 |   - kill: leader\n> 14 |   - get: {key: foo, value: bar, from: etcd-2}\n     |     ^^^',
  comparisons: [{ subject: 'value of "foo"', expected: 'bar', actual: 'baz' }],
  durationMs: 12,
});

export const OWNED = failure('expectation', HOSTILE, {
  cure: HOSTILE,
  step: step('1', 'put', HOSTILE, ENEMY.file, 3),
  frame: `> 3 | ${HOSTILE.replace('\n', ' ')}\n    | ^`,
  comparisons: [
    { subject: HOSTILE, expected: HOSTILE, actual: `${HOSTILE}\n::set-output name=z::z` },
    { subject: HOSTILE, expected: '::stop-commands::x', actual: '::debug::x' },
  ],
  waitedFor: HOSTILE,
  resolved: [{ selector: HOSTILE, members: [HOSTILE] }],
  logs: [
    { member: HOSTILE, incarnation: 1, state: HOSTILE, lines: ['::error::log', HOSTILE], file: `logs/${HOSTILE}` },
  ],
});

/** Clients that wrote for nine seconds; two of them without an answer. */
export const WORKLOAD: WorkloadFigures = {
  durationMs: 9000,
  writers: 4,
  readers: 2,
  rate: 200,
  writes: { acknowledged: 1402, failed: 12, unknown: 4 },
  reads: { acknowledged: 640, failed: 2, unknown: 0 },
  writesPerSecond: 155.8,
  missedRate: true,
  outage: { ms: 2150, atMs: 3010, over: true },
  errors: { deadline: 4, refused: 14 },
  errorTexts: { deadline: 'deadline exceeded after 2s', refused: 'connect ECONNREFUSED 127.0.0.1:49154' },
  latency: { p50: 2.4, p90: 8.1, p99: 2020, max: 2160 },
  readLatency: { p50: 2.1, p90: 4, p99: 35, max: 60 },
  timeline: {
    slotMs: 1000,
    slots: [3, 4, 6, 0, 0, 2160, 900, 8, 4].map((slowestMs) => ({
      acknowledged: slowestMs === 0 ? 0 : 200,
      errors: slowestMs === 0 ? 9 : 0,
      slowestMs,
    })),
  },
  revisionsBack: 0,
  verdicts: CLEAN,
  findings: [],
  file: 'logs/minority/step-4-workload.ndjson',
};

function steps(ref: CaseRef): EventBody[] {
  const first = step('1', 'start', 'start all', ref.file, 7);
  const second = step('2', 'downgrade', 'downgrade all to 3.4', ref.file, 8);
  const third = step('3', 'put', 'put foo', ref.file, 9);
  const base = { type: 'step-finished' as const, case: ref.id, attempts: 1, resolved: [], notes: [] };
  return [
    { type: 'step-started', case: ref.id, step: first },
    { type: 'step-waiting', case: ref.id, step: '1', waitingFor: 'etcd-1 to serve' },
    { ...base, step: first, status: 'passed', durationMs: 2300, remarks: ['a restore makes a new cluster'] },
    { type: 'step-started', case: ref.id, step: second },
    { ...base, step: second, status: 'skipped', durationMs: 0, notes: ['needs etcd >=3.6'] },
    { type: 'step-started', case: ref.id, step: third },
    {
      ...base,
      step: third,
      status: 'passed',
      durationMs: 12,
      attempts: 2,
      notes: ['acknowledged at attempt 2; attempt 1 may have been applied as well'],
    },
  ];
}

function finished(
  ref: CaseRef,
  durationMs: number,
  more: Partial<Extract<EventBody, { type: 'case-finished' }>>,
): EventBody {
  const versions = { 'etcd-1': ref.etcd, 'etcd-2': ref.etcd, 'etcd-3': ref.etcd };
  return {
    type: 'case-finished',
    case: ref.id,
    verdict: 'failed',
    durationMs,
    failure: null,
    further: [],
    versions,
    ...more,
  };
}

/** The run without its hostile case. */
export const BODIES: EventBody[] = [
  {
    type: 'run-started',
    tool: 'etcd-scenarios 0.1.0',
    cases: CASES.slice(0, 6),
    jobs: 2,
    engine: 'Docker 27.3.1',
    bind: '127.0.0.1',
    reports: REPORTS,
  },
  { type: 'progress', message: 'building the image of etcd 3.6.1 from its release archive' },
  { type: 'image', version: '3.6.1', reference: 'etcd-scenarios/etcd:3.6.1', from: 'built here' },
  { type: 'case-skipped', case: LEARNER.id, reason: 'requires etcd >=3.4, and this would run 3.3.27' },
  { type: 'case-started', case: MINORITY.id },
  { type: 'case-started', case: RESTORE.id },
  {
    type: 'member-started',
    case: MINORITY.id,
    member: 'etcd-1',
    incarnation: 1,
    version: '3.5.35',
    address: '172.20.0.2',
    command: ['etcd', '--name=etcd-1'],
  },
  {
    type: 'problem',
    problem: {
      rule: 'history-not-rehearsed',
      severity: 'warning',
      place: { file: UPGRADE.file, line: 9, column: 5 },
      message: 'the member list of the cluster that backup.db is from is not rehearsed',
      hint: 'run every member on 3.5.20 or later first',
    },
  },
  ...steps(MINORITY),
  { type: 'workload-finished', case: MINORITY.id, step: '4', figures: WORKLOAD },
  finished(MINORITY, 4230, { verdict: 'passed' }),
  { type: 'case-started', case: UPGRADE.id },
  finished(UPGRADE, 80, { verdict: 'error', failure: ENGINE, versions: {} }),
  finished(RESTORE, 38_400, { failure: RICH, further: [IN_FINALLY] }),
  { type: 'case-started', case: KEPT.id },
  finished(KEPT, 6120, {
    failure: LOST,
    kept: ['etcdctl --endpoints=http://127.0.0.1:49154,http://127.0.0.1:49155', 'etcd-scenarios clean --run r-7f3a'],
  }),
  { type: 'case-started', case: QUORUM.id },
  finished(QUORUM, 1300, { verdict: 'interrupted', failure: CTRL_C }),
  {
    type: 'run-finished',
    counts: { passed: 1, failed: 2, error: 1, interrupted: 1, skipped: 1 },
    exitCode: 130,
    durationMs: 51_230,
    remarks: ['1 scenario was skipped for its version'],
  },
];

/** A run of nothing but hostility. */
export const HOSTILE_BODIES: EventBody[] = [
  {
    type: 'run-started',
    tool: HOSTILE,
    cases: [ENEMY, LEARNER],
    jobs: 1,
    engine: HOSTILE,
    bind: HOSTILE,
    reports: `/work/${HOSTILE}`,
  },
  { type: 'progress', message: HOSTILE },
  { type: 'progress', message: '  ::set-output name=p::q' },
  { type: 'image', version: HOSTILE, reference: HOSTILE, from: HOSTILE },
  {
    type: 'problem',
    problem: {
      rule: HOSTILE,
      severity: 'error',
      place: { file: HOSTILE, line: 1, column: 1 },
      message: HOSTILE,
      hint: HOSTILE,
      frame: HOSTILE,
    },
  },
  { type: 'case-skipped', case: LEARNER.id, reason: HOSTILE },
  { type: 'case-started', case: ENEMY.id },
  { type: 'step-started', case: ENEMY.id, step: OWNED.step as StepRef },
  { type: 'step-waiting', case: ENEMY.id, step: '1', waitingFor: HOSTILE },
  {
    type: 'step-finished',
    case: ENEMY.id,
    step: OWNED.step as StepRef,
    status: 'skipped',
    durationMs: 1,
    attempts: 1,
    resolved: [],
    notes: [HOSTILE],
    remarks: [HOSTILE],
  },
  {
    type: 'workload-finished',
    case: ENEMY.id,
    step: HOSTILE,
    figures: { ...WORKLOAD, errorTexts: { other: HOSTILE }, file: HOSTILE, verdicts: null },
  },
  finished(ENEMY, 10, { failure: OWNED, further: [OWNED], versions: { [HOSTILE]: HOSTILE }, kept: [HOSTILE] }),
  {
    type: 'run-finished',
    counts: { passed: 0, failed: 1, error: 0, interrupted: 0, skipped: 1 },
    exitCode: 1,
    durationMs: 10,
    remarks: [HOSTILE],
  },
];

/** Sends bodies through reporters as a run does, a second apart; answers the events. */
export async function play(reporters: Reporter[], bodies: EventBody[] = BODIES): Promise<RunEvent[]> {
  let seconds = 0;
  const broadcast = new Broadcast('r-7f3a', reporters, () => START_MS + seconds++ * 1000);
  const events = bodies.map((body) => broadcast.emit(body));
  await broadcast.finish();
  const [problem] = broadcast.problems();
  if (problem) throw problem.error;
  return events;
}

/** A stream that keeps what is written. */
export class Sink {
  text = '';
  readonly writes: string[] = [];

  write(text: string): void {
    this.text += text;
    this.writes.push(text);
  }
}
