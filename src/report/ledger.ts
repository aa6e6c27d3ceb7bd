/** The run so far, case by case: what the reporters that write at the end look things up in. */
import type { Problem } from '../errors';
import {
  isKnownFailure,
  type CaseRef,
  type Counts,
  type EventOf,
  type Failure,
  type KnownFailure,
  type RunEvent,
  type Verdict,
} from '../events';
import { dispatch, type Handlers } from './handlers';

export interface CaseRecord {
  ref: CaseRef;
  state: 'waiting' | 'running' | 'over';
  verdict: Verdict;
  startedAt?: string;
  durationMs: number;
  /** Why it was skipped. */
  reason?: string;
  failure: Failure | null;
  /** The failure that had to come, where the case passed by it. */
  known?: KnownFailure;
  further: Failure[];
  versions: Record<string, string>;
  kept: string[];
  steps: EventOf<'step-finished'>[];
  workloads: EventOf<'workload-finished'>[];
}

export class Ledger {
  started: EventOf<'run-started'> | undefined;
  finished: EventOf<'run-finished'> | undefined;
  /** The warnings about the files. */
  readonly warnings: Problem[] = [];
  private readonly records = new Map<string, CaseRecord>();
  private run = '';
  private firstTime = '';
  private lastTime = '';

  event(event: RunEvent): void {
    this.run ||= event.run;
    this.firstTime ||= event.time;
    this.lastTime = event.time;
    dispatch(this.handlers, event);
  }

  private readonly handlers: Handlers = {
    'run-started': (event) => {
      this.started = event;
      for (const ref of event.cases) this.records.set(ref.id, newRecord(ref));
    },
    problem: ({ problem }) => {
      if (problem.severity === 'warning') this.warnings.push(problem);
    },
    'case-started': (event) => {
      Object.assign(this.record(event.case), { state: 'running', startedAt: event.time });
    },
    'case-skipped': (event) => {
      Object.assign(this.record(event.case), { state: 'over', verdict: 'skipped', reason: event.reason });
    },
    'case-finished': (event) => {
      const { verdict, durationMs, failure, further, versions, kept = [] } = event;
      const known = isKnownFailure(event) ? event.known : undefined;
      const told = { verdict, durationMs, failure, known, further, versions, kept };
      Object.assign(this.record(event.case), { state: 'over', ...told });
    },
    'step-finished': (event) => {
      this.record(event.case).steps.push(event);
    },
    'workload-finished': (event) => {
      this.record(event.case).workloads.push(event);
    },
    'run-finished': (event) => {
      this.finished = event;
    },
  };

  /** Whether a case was started or skipped: the run has cases to tell of. */
  get hasBegun(): boolean {
    return this.cases.some(({ state }) => state !== 'waiting');
  }

  get runId(): string {
    return this.run;
  }

  get startedAt(): string {
    return this.started?.time ?? this.firstTime;
  }

  /** The run's own word, or, where it was cut off, the time between the first and the last event. */
  get durationMs(): number {
    return this.finished?.durationMs ?? Math.max(0, Date.parse(this.lastTime) - Date.parse(this.startedAt) || 0);
  }

  /** One case. A case that nobody announced gets a record all the same: nothing of a broken stream is dropped. */
  record(id: string): CaseRecord {
    let record = this.records.get(id);
    if (!record) {
      record = newRecord({ id, name: id, file: id.replace(/@[^@]*$/, ''), line: 1, etcd: '', tags: [], members: 0 });
      this.records.set(id, record);
    }
    return record;
  }

  /** In the order of the plan. */
  get cases(): CaseRecord[] {
    return [...this.records.values()];
  }

  /** By verdict. What never came to its end counts as interrupted. */
  get counts(): Counts {
    const counts: Counts = { passed: 0, failed: 0, error: 0, interrupted: 0, skipped: 0 };
    for (const { verdict, known } of this.records.values()) {
      counts[verdict]++;
      if (known) counts.known = (counts.known ?? 0) + 1;
    }
    return this.finished?.counts ?? counts;
  }
}

function newRecord(ref: CaseRef): CaseRecord {
  const empty = { durationMs: 0, failure: null, further: [], versions: {}, kept: [], steps: [], workloads: [] };
  return { ref, state: 'waiting', verdict: 'interrupted', ...empty };
}

/** A case's mark in reports: its verdict, or that it failed as it is known to. */
export type Mark = Verdict | 'known';

export function markOf({ verdict, known }: CaseRecord): Mark {
  return known ? 'known' : verdict;
}

/** The counts by mark, in the order that they are told; those that are zero left out. */
export function countsByMark(counts: Counts): [mark: Mark, count: number][] {
  const known = counts.known ?? 0;
  const all: [Mark, number][] = [
    ['passed', counts.passed - known],
    ['known', known],
    ['failed', counts.failed],
    ['error', counts.error],
    ['interrupted', counts.interrupted],
    ['skipped', counts.skipped],
  ];
  return all.filter(([, count]) => count > 0);
}

/** `fails as it has to (etcd-io/etcd#20009): members: expected etcd-1; actual etcd-1, etcd-2`. */
export function knownReason({ issue, said }: KnownFailure): string {
  return `fails as it has to${issue === undefined ? '' : ` (${issue})`}: ${said}`;
}

/** Why a case did not pass, on one line; undefined where it passed. */
export function reasonOf(record: CaseRecord): string | undefined {
  if (record.verdict === 'passed') return undefined;
  if (record.verdict === 'skipped') return record.reason ?? 'skipped';
  const failure = record.failure ?? record.further[0];
  if (failure) return failure.message;
  if (record.state === 'over') return record.verdict;
  return record.state === 'running' ? 'the run ended while this was running' : 'the run ended before this was started';
}

/** What its steps have to say beside the verdict, in their order. */
export function remarksOf({ steps }: CaseRecord): { step: string; text: string }[] {
  return steps.flatMap(({ step, remarks = [] }) => remarks.map((text) => ({ step: step.id, text })));
}

/** `NAME [etcd VERSION]`: how every report names a case. */
export function titleOf(ref: CaseRef): string {
  return ref.etcd === '' ? ref.name : `${ref.name} [etcd ${ref.etcd}]`;
}
