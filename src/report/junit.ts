/** `junit.xml`: one test suite a scenario file, one test case a scenario and etcd version, as Jenkins, GitLab and others read it. */
import os from 'node:os';
import path from 'node:path';
import { formatDuration } from '../clock';
import type { Reporter, RunEvent } from '../events';
import { headlineOf, renderFailures } from './failure';
import { writeWhole } from './files';
import { knownReason, Ledger, reasonOf, titleOf, type CaseRecord } from './ledger';
import { clean, indent, oneLine } from './text';
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

  finish(): void {
    writeWhole(path.join(this.options.folder, 'junit.xml'), junitXml(this.ledger, this.options));
  }
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
    const line = `${status.padEnd(11)} ${oneLine(step.id)}: ${oneLine(step.sentence)}  ${formatDuration(durationMs)}${noted}`;
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
