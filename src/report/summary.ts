/** `summary.json`: the run in one object, for scripts that do not want to read the whole stream. */
import path from 'node:path';
import {
  EVENT_VERSION,
  type Counts,
  type Failure,
  type NothingRan,
  type Reporter,
  type RunEvent,
  type Verdict,
} from '../events';
import type { Comparison, Problem } from '../errors';
import type { WorkloadFigures } from '../figures';
import { toSafeJson, writeWhole } from './files';
import { caseLogs } from './folder';
import { matricesOf, type Matrix } from './matrix';
import { Ledger, reasonOf, remarksOf, type CaseRecord } from './ledger';
import { DID_NOT_FINISH, nothingRanText } from './unfinished';

export interface FailureSummary {
  kind: Failure['kind'];
  message: string;
  cure?: string;
  step?: { id: string; action: string; sentence: string; file: string; line: number; column: number };
  comparisons: Comparison[];
}

export interface CaseSummary {
  id: string;
  name: string;
  file: string;
  line: number;
  etcd: string;
  /** The values of the matrix; absent where the scenario has none. */
  matrix?: Record<string, string>;
  /** What the members said of themselves. */
  versions: Record<string, string>;
  verdict: Verdict;
  durationMs: number;
  /** The failure that had to come: the case passed by it. */
  known?: { range: string; because: string; issue?: string; said: string; failure: FailureSummary };
  /** Why it did not pass, in one sentence. */
  reason?: string;
  failure?: FailureSummary;
  /** What failed afterwards, in `finally` or on removal. */
  further?: FailureSummary[];
  kept?: string[];
  /** What steps have to say beside the verdict, by the step's id. */
  remarks?: { step: string; text: string }[];
  /** What clients did while steps ran, by the step's id. */
  workloads?: { step: string; figures: WorkloadFigures }[];
  /** The folder of the members' logs, relative to this file; absent where nothing ran. */
  logs?: string;
}

export interface WarningSummary {
  rule: string;
  message: string;
  hint?: string;
  file: string;
  line: number;
  column: number;
}

export interface RunSummary {
  v: typeof EVENT_VERSION;
  run: string;
  tool: string;
  started: string;
  durationMs: number;
  /** Null if the run did not finish. */
  exitCode: number | null;
  /** Why the run has no verdict: it did not finish, or nothing was run. Absent if it ended in order. */
  noVerdict?: string;
  counts: Counts;
  remarks: string[];
  /** What is likely wrong with the files, or not shown by them; absent where nothing is. */
  warnings?: WarningSummary[];
  bind: string;
  engine: string;
  cases: CaseSummary[];
  /** What came of drills that ran on several versions, or with several values: a table for each kind. */
  matrix?: Matrix[];
}

export class SummaryReporter implements Reporter {
  readonly name = 'summary';
  private readonly ledger = new Ledger();

  constructor(private readonly folder: string) {}

  event(event: RunEvent): void {
    this.ledger.event(event);
  }

  begin(run: string): void {
    this.write(withoutVerdict(run, null, DID_NOT_FINISH.message));
  }

  nothingRan({ run, exitCode, message }: NothingRan): void {
    if (this.ledger.hasBegun) return;
    this.write(withoutVerdict(run, exitCode, nothingRanText(message).message));
  }

  finish(): void {
    this.write(summarize(this.ledger));
  }

  private write(summary: RunSummary): void {
    writeWhole(path.join(this.folder, 'summary.json'), `${toSafeJson(summary, 2)}\n`);
  }
}

function withoutVerdict(run: string, exitCode: number | null, noVerdict: string): RunSummary {
  return {
    v: EVENT_VERSION,
    run,
    tool: 'etcd-scenarios',
    started: new Date().toISOString(),
    durationMs: 0,
    exitCode,
    noVerdict,
    counts: { passed: 0, failed: 0, error: 0, interrupted: 0, skipped: 0 },
    remarks: [],
    bind: '',
    engine: '',
    cases: [],
  };
}

/** The summary of a run that is over, or was cut off. */
export function summarize(ledger: Ledger): RunSummary {
  const { started, finished } = ledger;
  const matrices = matricesOf(ledger.cases);
  return {
    v: EVENT_VERSION,
    run: ledger.runId,
    tool: started?.tool ?? '',
    started: ledger.startedAt,
    durationMs: ledger.durationMs,
    exitCode: finished?.exitCode ?? null,
    ...(finished ? {} : { noVerdict: DID_NOT_FINISH.message }),
    counts: ledger.counts,
    remarks: finished?.remarks ?? [],
    warnings: ledger.warnings.length > 0 ? ledger.warnings.map(summarizeWarning) : undefined,
    bind: started?.bind ?? '',
    engine: started?.engine ?? '',
    cases: ledger.cases.map(summarizeCase),
    matrix: matrices.length > 0 ? matrices : undefined,
  };
}

function summarizeCase(record: CaseRecord): CaseSummary {
  const { id, name, file, line, etcd, matrix } = record.ref;
  const { versions, verdict, durationMs, failure, known, further, kept, workloads } = record;
  const remarks = remarksOf(record);
  return {
    ...{ id, name, file, line, etcd, versions, verdict, durationMs },
    ...(matrix ? { matrix } : {}),
    known: known ? { ...known, failure: summarizeFailure(known.failure) } : undefined,
    reason: reasonOf(record),
    failure: failure ? summarizeFailure(failure) : undefined,
    further: further.length > 0 ? further.map(summarizeFailure) : undefined,
    kept: kept.length > 0 ? kept : undefined,
    remarks: remarks.length > 0 ? remarks : undefined,
    workloads: workloads.length > 0 ? workloads.map(({ step, figures }) => ({ step, figures })) : undefined,
    logs: record.startedAt === undefined ? undefined : caseLogs(id),
  };
}

function summarizeWarning({ rule, message, hint, place: { file, line, column } }: Problem): WarningSummary {
  return { rule, message, hint, file, line, column };
}

function summarizeFailure({ kind, message, cure, step, comparisons }: Failure): FailureSummary {
  if (!step) return { kind, message, cure, comparisons };
  const { id, action, sentence, place } = step;
  const { file, line, column } = place;
  return { kind, message, cure, step: { id, action, sentence, file, line, column }, comparisons };
}
