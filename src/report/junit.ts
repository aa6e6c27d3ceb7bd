/** `junit.xml`: one test suite a scenario file, one test case a scenario and etcd version, as Jenkins, GitLab and others read it. */
import os from 'node:os';
import path from 'node:path';
import { formatDuration } from '../clock';
import type { NothingRan, Reporter, RunEvent } from '../events';
import { headlineOf, renderFailures, roundWords } from './failure';
import { writeWhole } from './files';
import { knownReason, Ledger, reasonOf, titleOf, type CaseRecord } from './ledger';
import { clean, indent, oneLine } from './text';
import { DID_NOT_FINISH, nothingRanText } from './unfinished';
import { workloadLines } from './workload';
import { document, element, type Element } from './xml';

export interface JunitOptions {
  /** The run's reports folder. */
  folder: string;
  hostname?: string;
  /** `file` and `line` at each test case: many readers use them, the strict junit-10 schema does not know them. */
  places?: boolean;
}

export class JunitReporter implements Reporter {
  readonly name = 'junit';
  private readonly ledger = new Ledger();

  constructor(private readonly options: JunitOptions) {}

  event(event: RunEvent): void {
    this.ledger.event(event);
  }

  begin(run: string): void {
    this.write(runXml(run, { type: 'unfinished', ...DID_NOT_FINISH }, this.options.hostname));
  }

  nothingRan({ run, kind, message }: NothingRan): void {
    if (this.ledger.hasBegun) return;
    this.write(runXml(run, { type: kind, ...nothingRanText(message) }, this.options.hostname));
  }

  finish(): void {
    this.write(junitXml(this.ledger, this.options));
  }

  private write(text: string): void {
    writeWhole(path.join(this.options.folder, 'junit.xml'), text);
  }
}

/** The document for a run without a verdict: one test case, the run itself, with an error. */
function runXml(run: string, why: { type: string; message: string; text: string }, hostname = os.hostname()): string {
  const name = 'etcd-scenarios';
  const counts = { tests: 1, failures: 0, errors: 1 };
  const error = element('error', { type: why.type, message: oneLine(why.message) }, [harmless(clean(why.text))]);
  const testcase = element('testcase', { name: `run ${run}`, classname: name, time: seconds(0) }, [error]);
  const timestamp = new Date().toISOString().slice(0, 19);
  const attributes = { name, ...counts, skipped: 0, time: seconds(0), timestamp, hostname };
  const suite = element('testsuite', attributes, [testcase]);
  return document(element('testsuites', { name, ...counts, time: seconds(0) }, [suite]));
}

/** The document for a run that is over. */
export function junitXml(ledger: Ledger, options: Omit<JunitOptions, 'folder'> = {}): string {
  const byFile = new Map<string, CaseRecord[]>();
  for (const record of ledger.cases) byFile.set(record.ref.file, [...(byFile.get(record.ref.file) ?? []), record]);
  const { tests, failures, errors } = tally(ledger.cases);
  const attributes = { name: 'etcd-scenarios', tests, failures, errors, time: seconds(ledger.durationMs) };
  const suites = [...byFile].map(([file, records]) => suite(file, records, ledger, options));
  return document(element('testsuites', attributes, suites));
}

function suite(file: string, records: CaseRecord[], ledger: Ledger, options: Omit<JunitOptions, 'folder'>): Element {
  const starts = records.flatMap((record) => record.startedAt ?? []).sort();
  const attributes = {
    name: file,
    ...tally(records),
    time: seconds(records.reduce((sum, record) => sum + record.durationMs, 0)),
    timestamp: (starts[0] ?? ledger.startedAt).slice(0, 19),
    hostname: options.hostname ?? os.hostname(),
    file,
  };
  const cases = records.map((record) => testcase(record, ledger.started?.reports, options.places ?? true));
  return element('testsuite', attributes, cases);
}

function testcase(record: CaseRecord, reports: string | null | undefined, places: boolean): Element {
  const { ref } = record;
  const attributes = {
    name: oneLine(titleOf(ref)),
    classname: ref.file.replace(/\.ya?ml$/i, '').replace(/[\\/]+/g, '.'),
    file: places ? ref.file : undefined,
    line: places ? ref.line : undefined,
    time: seconds(record.durationMs),
  };
  const log = trail(record);
  const output = log === '' ? [] : [element('system-out', {}, [harmless(log)])];
  return element('testcase', attributes, [...outcome(record, reports), ...output]);
}

function outcome(record: CaseRecord, reports: string | null | undefined): Element[] {
  const message = reasonOf(record);
  if (message === undefined) return [];
  if (record.verdict === 'skipped') return [element('skipped', { message: oneLine(message) })];
  const first = record.failure ?? record.further[0];
  const attributes = { type: typeOf(record), message: oneLine(first ? headlineOf(first) : message) };
  const text = renderFailures(record.failure, record.further, { reports });
  return [element(record.verdict === 'failed' ? 'failure' : 'error', attributes, [harmless(text || message)])];
}

function typeOf(record: CaseRecord): string {
  if (record.verdict === 'failed') return 'expectation';
  return record.verdict === 'error' ? 'environment' : 'interrupted';
}

/** Why a failure counts as a pass, what was done, step by step, and what a kept cluster is reached by. */
function trail(record: CaseRecord): string {
  const steps = record.steps.map(({ step, status, durationMs, notes, remarks = [], output, collected }) => {
    const said = [...notes, ...remarks];
    const noted = said.length > 0 ? `  (${said.map(oneLine).join('; ')})` : '';
    const line = `${status.padEnd(11)} ${oneLine(step.id)}${roundWords(step)}: ${oneLine(step.sentence)}  ${formatDuration(durationMs)}${noted}`;
    const below = collected ?? output;
    return below === undefined ? line : `${line}\n${indent(clean(below), '            ')}`;
  });
  const known = record.known ? [knownReason(record.known)] : [];
  const loads = record.workloads.flatMap(({ step, figures }) => [
    `workload of step ${oneLine(step)}:`,
    ...workloadLines(figures).map((line) => `  ${line}`),
  ]);
  return [...known, ...steps, ...loads, ...record.kept].join('\n');
}

/** GitLab and Jenkins attach files that the output names this way: no text of a scenario may ask for that. */
function harmless(text: string): string {
  return text.replace(/\[\[(?=\s*ATTACHMENT)/gi, '[ [');
}

function tally(records: CaseRecord[]): { tests: number; failures: number; errors: number; skipped: number } {
  const count = (...verdicts: string[]): number => records.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const [failures, errors, skipped] = [count('failed'), count('error', 'interrupted'), count('skipped')];
  return { tests: records.length, failures, errors, skipped };
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3);
}
