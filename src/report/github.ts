/** GitHub Actions: an annotation at the line that failed, and a table in the job's step summary. */
import { appendFileSync } from 'node:fs';
import { formatDuration } from '../clock';
import type { Failure, Reporter, RunEvent } from '../events';
import { annotation, LONGEST_DETAIL, problemAnnotation } from './annotation';
import { headlineOf, renderCollected, renderFailure, renderFailures } from './failure';
import { dispatch, type Handlers } from './handlers';
import {
  countsByMark,
  knownReason,
  Ledger,
  markOf,
  reasonOf,
  remarksOf,
  titleOf,
  type CaseRecord,
  type Mark,
} from './ledger';
import type { Out } from './live';
import { matricesOf, type Matrix, type MatrixCell } from './matrix';
import { cellWord } from './matrix-table';
import { codeBlock, escapeMarkdown, table } from './markdown';
import { cutEnd, oneLine } from './text';
import { chart } from './workload';

export interface GithubOptions {
  out: Out;
  /** The file that `GITHUB_STEP_SUMMARY` names; absent: no step summary. */
  stepSummary?: string;
}

/** GitHub takes no more than 1 MiB a step: whole failures are left out before that. */
const MOST_DETAILS = 50;
const LONGEST_CELL = 300;

const MARKS: Record<Mark, string> = {
  passed: '✅ passed',
  known: '☑️ known to fail',
  failed: '❌ failed',
  error: '💥 environment',
  interrupted: '✋ interrupted',
  skipped: '⏭️ skipped',
};

export class GithubReporter implements Reporter {
  readonly name = 'github';
  private readonly ledger = new Ledger();

  constructor(private readonly options: GithubOptions) {}

  event(event: RunEvent): void {
    this.ledger.event(event);
    dispatch(this.handlers, event);
  }

  finish(): void {
    const { stepSummary } = this.options;
    if (stepSummary) appendFileSync(stepSummary, `${stepSummaryOf(this.ledger)}\n`);
  }

  private readonly handlers: Handlers = {
    'case-finished': (event) => {
      const record = this.ledger.record(event.case);
      const failures = [...(event.failure ? [event.failure] : []), ...event.further];
      for (const failure of failures)
        this.options.out.write(annotationOf(record, failure, this.ledger.started?.reports));
    },
    problem: ({ problem }) => this.options.out.write(problemAnnotation(problem)),
  };
}

function annotationOf(record: CaseRecord, failure: Failure, reports: string | null | undefined): string {
  const { ref } = record;
  const { file, line, column } = failure.step?.place ?? { file: ref.file, line: ref.line, column: 1 };
  return annotation({ file, line, col: column, title: titleOf(ref) }, renderFailure(failure, { reports }));
}

/** The step summary as Markdown: counts, a table of all cases, each failure folded up below. */
export function stepSummaryOf(ledger: Ledger): string {
  const words: Partial<Record<Mark, string>> = { known: 'failed as known', error: 'broken by the environment' };
  const head = countsByMark(ledger.counts).map(([mark, count]) => `${count} ${words[mark] ?? mark}`);
  const lines = [
    `### etcd-scenarios: ${head.join(', ') || 'nothing was run'} in ${formatDuration(ledger.durationMs)}`,
    ...matricesOf(ledger.cases).map(matrixOfWords),
    table(['Verdict', 'Scenario', 'etcd', 'Duration', 'Where', 'What'], ledger.cases.map(rowOf)),
    ...(ledger.finished?.remarks ?? []).map((remark) => `Note: ${escapeMarkdown(remark)}`),
    ...stepRemarksOf(ledger),
    ...workloadsOf(ledger),
    ...detailsOf(ledger),
  ];
  return `${lines.join('\n\n')}\n`;
}

/** Drills down, versions across. */
function matrixOfWords({ across, columns, rows }: Matrix): string {
  const head = [across, ...columns].map(escapeMarkdown);
  const cell = (one: MatrixCell | null): string => (one === null ? '' : `${SIGNS[one.verdict]} ${cellWord(one)}`);
  return table(
    head,
    rows.map(({ name, cells }) => [escapeMarkdown(cutEnd(name, LONGEST_CELL)), ...cells.map(cell)]),
  );
}

const SIGNS = Object.fromEntries(Object.entries(MARKS).map(([mark, text]) => [mark, text.split(' ')[0]])) as Record<
  Mark,
  string
>;

function rowOf(record: CaseRecord): string[] {
  const { ref, verdict, durationMs, known } = record;
  const place = record.failure?.step?.place ?? ref;
  const duration = verdict === 'skipped' ? '' : formatDuration(durationMs);
  const what = known ? knownReason(known) : (reasonOf(record) ?? '');
  const texts = [ref.name, ref.etcd, duration, `${place.file}:${place.line}`, what];
  return [MARKS[markOf(record)], ...texts.map((text) => escapeMarkdown(cutEnd(text, LONGEST_CELL)))];
}

/** What steps have to say beside the verdict: one list for all cases. */
function stepRemarksOf(ledger: Ledger): string[] {
  const lines = ledger.cases.flatMap((record) =>
    remarksOf(record).map(({ step, text }) => {
      const head = cutEnd(`${titleOf(record.ref)}, step ${step}`, LONGEST_CELL);
      return `- ${escapeMarkdown(`${head}: ${cutEnd(oneLine(text), LONGEST_CELL)}`)}`;
    }),
  );
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function workloadsOf(ledger: Ledger): string[] {
  const rows = ledger.cases.flatMap(({ ref, workloads }) =>
    workloads.map(({ step, figures: { writes, writesPerSecond, outage, latency, verdicts, timeline } }) => [
      escapeMarkdown(cutEnd(`${titleOf(ref)}, step ${step}`, LONGEST_CELL)),
      `${writes.acknowledged} (${writesPerSecond}/s)`,
      String(verdicts?.lostWrites ?? '?'),
      formatDuration(outage.ms),
      latency ? `${formatDuration(latency.p50)} / ${formatDuration(latency.p99)}` : '',
      chart(timeline.slots),
    ]),
  );
  const head = [
    'Workload',
    'Acknowledged',
    'Lost (RPO)',
    'Longest outage (RTO)',
    'p50 / p99',
    'Slowest write over time',
  ];
  return rows.length === 0 ? [] : [table(head, rows)];
}

function detailsOf(ledger: Ledger): string[] {
  const bad = ledger.cases.filter(({ failure, further }) => failure !== null || further.length > 0);
  const blocks = bad.slice(0, MOST_DETAILS).map((record) => {
    const first = record.failure ?? record.further[0];
    const summary = `${titleOf(record.ref)}: ${first ? headlineOf(first) : ''}`;
    const failures = renderFailures(record.failure, record.further, { reports: ledger.started?.reports });
    const text = [failures, renderCollected(record.steps)].filter((part) => part !== '').join('\n\n');
    const block = codeBlock(text, LONGEST_DETAIL);
    return `<details><summary>${escapeMarkdown(cutEnd(summary, LONGEST_CELL))}</summary>\n\n${block}\n\n</details>`;
  });
  return bad.length > blocks.length ? [...blocks, `… and ${bad.length - blocks.length} more in the reports.`] : blocks;
}
