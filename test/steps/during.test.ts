/** What `during` makes of its arguments, and of the figures. */
import { CLEAN } from '../workload/clean';
import type { WorkloadFigures } from '../../src/figures';
import { holds } from '../../src/steps/bound';
import { unmetBy, type Expected } from '../../src/steps/during/expected';
import { settingsOf, settingsProblems } from '../../src/steps/during/settings';

test.each([
  [0, 0, true],
  [0, 1, false],
  [5, 5, true],
  ['<5', 5, false],
  ['<=5', 5, true],
  ['>0', 0, false],
  ['>0', 1, true],
  ['>= 2', 2, true],
  ['=3', 4, false],
  ['=3', 3, true],
  ['<5s', 4999, true],
  ['<5s', 5000, false],
  ['100ms', 100, true],
  ['100ms', 101, false],
  ['>1m30s', 90_001, true],
])('the bound %s holds for %d: %s', (bound, actual, expected) => {
  expect(holds(bound, actual)).toBe(expected);
});

test('a workload has sensible defaults', () => {
  expect(settingsOf()).toEqual({
    writers: 4,
    readers: 2,
    keys: 32,
    rate: 200,
    valueBytes: 128,
    transactions: 0,
    leases: 0,
    timeoutMs: 2000,
  });
  expect(settingsOf({ writers: 64, rate: 'max', valueSize: '2KiB', transactions: '25%', timeout: '500ms' })).toEqual({
    writers: 64,
    readers: 2,
    keys: 128,
    rate: undefined,
    valueBytes: 2048,
    transactions: 0.25,
    leases: 0,
    timeoutMs: 500,
  });
});

test.each([
  [{}, []],
  [{ writers: 8, keys: 8 }, []],
  [{ writers: 8, keys: 7 }, ['/workload/keys']],
  [{ writers: 8, keys: 15, transactions: '1%' }, ['/workload/keys']],
  [{ writers: 1000 }, ['/workload/writers']],
  [{ valueSize: '8B' }, ['/workload/valueSize']],
  [{ valueSize: '2MiB' }, ['/workload/valueSize']],
  [{ rate: '100000/s' }, ['/workload/rate']],
])('%j is refused at %j', (args, pointers) => {
  expect(settingsProblems(args).map(({ pointer }) => pointer)).toEqual(pointers);
});

const FIGURES: WorkloadFigures = {
  durationMs: 10_000,
  writers: 4,
  readers: 2,
  rate: 200,
  writes: { acknowledged: 1990, failed: 3, unknown: 2 },
  reads: { acknowledged: 1000, failed: 0, unknown: 0 },
  writesPerSecond: 199,
  missedRate: false,
  outage: { ms: 1500, atMs: 4000, over: true },
  errors: { refused: 3, deadline: 2 },
  errorTexts: { refused: 'connect ECONNREFUSED', deadline: 'deadline exceeded after 2s' },
  latency: { p50: 2, p90: 5, p99: 1200, max: 1600 },
  readLatency: { p50: 2, p90: 5, p99: 9, max: 12 },
  timeline: { slotMs: 250, slots: [] },
  revisionsBack: 0,
  verdicts: CLEAN,
  findings: [],
};

const subjects = (figures: Partial<WorkloadFigures>, expected: Expected): string[] =>
  unmetBy({ ...FIGURES, ...figures }, expected).map(({ subject }) => subject);

test.each<[string, Partial<WorkloadFigures>, Expected, string[]]>([
  ['nothing asked, nothing wrong', {}, {}, []],
  ['an outage within its bound', {}, { outage: '<2s' }, []],
  ['an outage above its bound', {}, { outage: '<1s' }, ['longest time without an acknowledged write']],
  ['as many errors as allowed', {}, { errors: 5 }, []],
  ['more errors than allowed', {}, { errors: '<5' }, ['errors']],
  ['errors by kind', {}, { errors: { refused: 3, deadline: 1, noSpace: 0 } }, ['errors of the kind deadline']],
  [
    'a latency',
    {},
    { latency: { p50: '<2ms', p90: '5ms', p99: '<1s' } },
    ['latency of writes, p50', 'latency of writes, p99'],
  ],
  ['no latency at all', { latency: null }, { latency: { p50: '<2ms' } }, ['latency of writes, p50']],
  ['revisions that went back, and nobody asked', { revisionsBack: 1 }, {}, []],
  ['revisions that went back', { revisionsBack: 1 }, { revisions: 'monotonic' }, ['revisions']],
])('%s', (_, figures, expected, unmet) => {
  expect(subjects(figures, expected)).toEqual(unmet);
});

test.each([
  ['lostWrites', 'lost writes'],
  ['phantomWrites', 'phantom writes'],
  ['staleReads', 'stale reads'],
] as const)('%s are looked at whether asked for or not, and the drill may allow some', (name, subject) => {
  const figures = { verdicts: { ...CLEAN, [name]: 2 } };
  expect(subjects(figures, {})).toEqual([subject]);
  expect(subjects(figures, { [name]: 1 })).toEqual([subject]);
  expect(subjects(figures, { [name]: 2 })).toEqual([]);
  expect(subjects(figures, { [name]: '>0' })).toEqual([]);
  expect(subjects({}, { [name]: '>0' })).toEqual([subject]);
});

test('what was found is told with its key, revision, member and time', () => {
  const lost = {
    kind: 'lost',
    operation: 7,
    key: '/k/1',
    revision: '12',
    member: 'etcd-2',
    atMs: 1500,
    told: 'why',
  } as const;
  const verdicts = {
    lostWrites: 2,
    phantomWrites: 0,
    staleReads: 0,
    tornTransactions: 0,
    movedWrites: 0,
    wrongLeases: 0,
    unproven: 0,
  };
  expect(unmetBy({ ...FIGURES, verdicts, findings: [lost] }, {})[0]?.actual).toBe(
    '2\noperation 7, /k/1, revision 12, etcd-2, 1.5 s after the beginning: why\n… and 1 more',
  );
});
