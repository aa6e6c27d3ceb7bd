/** Runs of several versions: one of each outcome, with rounds, with a matrix of the drill's own. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CaseRef, EventBody, Failure, Verdict } from '../../src/events';
import { ConsoleReporter } from '../../src/report/console';
import { stepSummaryOf } from '../../src/report/github';
import { junitXml } from '../../src/report/junit';
import { Ledger } from '../../src/report/ledger';
import { matricesOf } from '../../src/report/matrix';
import { matrixTable } from '../../src/report/matrix-table';
import { PLAIN } from '../../src/report/style';
import { SummaryReporter, type RunSummary } from '../../src/report/summary';
import { width } from '../../src/report/width';
import { HOSTILE, Sink, START_MS, play } from './fixture';
import { expectGolden, harmIn, inTemporaryFolder } from './golden';

type Outcome = Verdict | 'known';

const FAILURE: Failure = {
  kind: 'expectation',
  message: 'the cluster is not as expected',
  comparisons: [{ subject: 'members', expected: 'etcd-1', actual: 'etcd-1, etcd-4 (learner)' }],
  resolved: [],
  logs: [],
};
const KNOWN = {
  range: '<3.5.30',
  because: '"etcd-4 (learner)"',
  issue: 'etcd-io/etcd#20893',
  said: 'members: expected etcd-1; actual etcd-1, etcd-4 (learner)',
  failure: FAILURE,
};

function caseOf(name: string, etcd: string, more: { matrix?: Record<string, string>; round?: number } = {}): CaseRef {
  const { matrix, round = 1 } = more;
  const file = `scenarios/${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.yaml`;
  const values = matrix === undefined ? '' : `[${Object.values(matrix).join()}]`;
  const id = `${file}${values}@${etcd}${round === 1 ? '' : `#${round}`}`;
  const pairs = Object.entries(matrix ?? {}).map(([key, value]) => `${key}=${value}`);
  const full = pairs.length === 0 ? name : `${name} (${pairs.join(', ')})`;
  return { id, name: full, file, line: 1, etcd, ...(matrix ? { matrix } : {}), tags: [], members: 3 };
}

function bodies(outcomes: [CaseRef, Outcome][]): EventBody[] {
  const counts = { passed: 0, failed: 0, error: 0, interrupted: 0, skipped: 0, known: 0 };
  for (const [, outcome] of outcomes) {
    counts[outcome] += 1;
    if (outcome === 'known') counts.passed += 1;
  }
  const cases = outcomes.map(([ref]) => ref);
  const head = { tool: 'etcd-scenarios 0.1.0', jobs: 2, engine: 'Docker 27.3.1', bind: '127.0.0.1', reports: null };
  return [
    { type: 'run-started', cases, ...head },
    ...outcomes.flatMap(([ref, outcome]) => ending(ref, outcome)),
    { type: 'run-finished', counts, exitCode: counts.failed > 0 ? 1 : 0, durationMs: 9000, remarks: [] },
  ];
}

function ending({ id }: CaseRef, outcome: Outcome): EventBody[] {
  if (outcome === 'skipped') return [{ type: 'case-skipped', case: id, reason: 'it requires etcd >=3.5' }];
  const green = outcome === 'passed' || outcome === 'known';
  const failure: Failure | null = green
    ? null
    : { ...FAILURE, kind: outcome === 'error' ? 'environment' : 'expectation' };
  const verdict = outcome === 'known' ? 'passed' : outcome;
  const known = outcome === 'known' ? { known: KNOWN } : {};
  const rest = { durationMs: 4000, failure, further: [], versions: {}, ...known };
  return [
    { type: 'case-started', case: id },
    { type: 'case-finished', case: id, verdict, ...rest },
  ];
}

const FORCED = 'A survivor starts over, and keeps a learner that it should not keep: the list says so';
const PATHS: [string, string, Outcome][] = [
  ['3.4.23', '3.5.35', 'passed'],
  ['3.5.16', '3.6.0', 'known'],
  ['3.5.16', '3.6.16', 'failed'],
];

const SEVERAL = bodies([
  [caseOf('Static bootstrap', '3.10.0'), 'passed'],
  [caseOf('Static bootstrap', '3.4.23'), 'skipped'],
  [caseOf('Static bootstrap', '3.5.16'), 'passed'],
  [caseOf('Static bootstrap', '3.5.16', { round: 2 }), 'failed'],
  [caseOf(FORCED, '3.5.16'), 'known'],
  [caseOf(FORCED, '3.10.0'), 'error'],
  [caseOf('Only here', '3.5.16'), 'passed'],
  ...PATHS.map(([from, to, outcome]): [CaseRef, Outcome] => [
    caseOf('One hop', from, { matrix: { from, to } }),
    outcome,
  ]),
]);

function ledgerOf(all: EventBody[]): Promise<Ledger> {
  const ledger = new Ledger();
  return play([{ name: 'ledger', event: (event) => ledger.event(event) }], all).then(() => ledger);
}

async function consoleText(all: EventBody[], more: { live?: boolean; columns?: number } = {}): Promise<string> {
  const sink = new Sink();
  const { live = false, columns = 80 } = more;
  const options = { out: sink, colour: false, live, columns: () => columns, now: () => START_MS, cwd: '/work' };
  await play([new ConsoleReporter(options)], all);
  return sink.text;
}

describe('the console', () => {
  it('shows a table after the failures, and known failures as what they are', async () => {
    expectGolden('console-matrix.txt', await consoleText(SEVERAL));
  });

  it('shows none where every drill ran on one version', async () => {
    const text = await consoleText(
      bodies([
        [caseOf('A', '3.5.35'), 'passed'],
        [caseOf('B', '3.4.23'), 'passed'],
      ]),
    );
    expect(text).not.toMatch(/^etcd +3/m);
    expect(text).toContain('2 passed');
  });

  it('breaks the table into blocks where the terminal is narrow, and keeps within it', async () => {
    const many = ['3.5.0', '3.5.5', '3.5.16', '3.5.21', '3.5.33', '3.5.35', '3.6.0', '3.6.4', '3.6.16', '3.7.3'];
    const ledger = await ledgerOf(bodies(many.map((etcd) => [caseOf(FORCED, etcd), 'passed'])));
    const [matrix] = matricesOf(ledger.cases);
    if (!matrix) throw new Error('there is no matrix');
    expectGolden('matrix-narrow.txt', `${matrixTable(matrix, 60, PLAIN)}\n`);
    for (const columns of [40, 60, 80, 200]) {
      const lines = matrixTable(matrix, columns, PLAIN).split('\n');
      expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(columns);
    }
    // Narrower than a name and one version: still a table, never an error.
    expect(matrixTable(matrix, 5, PLAIN)).toContain('pass');
  });

  it('takes no harm from hostile names', async () => {
    const text = await consoleText(
      bodies([
        [caseOf(HOSTILE, '3.5.35'), 'passed'],
        [caseOf(HOSTILE, '3.4.23'), 'known'],
      ]),
    );
    expect(harmIn(text)).toEqual([]);
    expect(text).toMatch(/known +pass/);
  });
});

it('is in summary.json, with the cases behind each cell', async () => {
  await inTemporaryFolder(async (folder) => {
    await play([new SummaryReporter(folder)], SEVERAL);
    const summary = JSON.parse(readFileSync(path.join(folder, 'summary.json'), 'utf8')) as RunSummary;
    expectGolden('summary-matrix.json', `${JSON.stringify(summary.matrix, null, 2)}\n`);
    expect(summary.counts).toMatchObject({ passed: 6, known: 2, failed: 2, error: 1, skipped: 1 });
    expect(summary.cases.find(({ id }) => id.endsWith('[3.5.16,3.6.0]@3.5.16'))).toMatchObject({
      verdict: 'passed',
      known: { issue: 'etcd-io/etcd#20893', failure: { message: 'the cluster is not as expected' } },
    });
  });
});

it('is a table in the step summary', async () => {
  expectGolden('github-matrix.md', stepSummaryOf(await ledgerOf(SEVERAL)));
});

it('is one JUnit test a cell; a known failure passes, and its output says why', async () => {
  const xml = junitXml(await ledgerOf(SEVERAL), { hostname: 'ci-1' });
  expect(xml.match(/<testcase /g)).toHaveLength(10);
  expect(xml.match(/<failure /g)).toHaveLength(2);
  expect(xml).toContain('fails as it has to (etcd-io/etcd#20893): members: expected etcd-1');
});

it('has the version in its columns where a combination ran on several', async () => {
  const matrix = { size: 'big' };
  const ledger = await ledgerOf(
    bodies([
      [caseOf('A', '3.5.35', { matrix }), 'passed'],
      [caseOf('A', '3.4.23', { matrix }), 'failed'],
    ]),
  );
  expect(matricesOf(ledger.cases)).toMatchObject([
    { across: 'size', columns: ['big → etcd 3.4.23', 'big → etcd 3.5.35'] },
  ]);
});
