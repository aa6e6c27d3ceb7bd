/** The lines of the console: a finished case, the run's head and its end. */
import path from 'node:path';
import { formatDuration } from '../clock';
import type { CaseRef, Counts, EventOf, StepRef } from '../events';
import { renderCollected, renderFailures } from './failure';
import { matricesOf } from './matrix';
import { matrixTable } from './matrix-table';
import {
  countsByMark,
  knownReason,
  markOf,
  reasonOf,
  remarksOf,
  type CaseRecord,
  type Ledger,
  type Mark,
} from './ledger';
import type { Style } from './style';
import { workloadLines } from './workload';
import { plural } from '../plural';
import { clean, indent, oneLine } from './text';
import { padToWidth, width } from './width';

const LABELS: Record<Mark, [label: string, colour: keyof Style]> = {
  passed: ['PASS', 'green'],
  known: ['KNOWN', 'green'],
  failed: ['FAIL', 'red'],
  error: ['ERROR', 'magenta'],
  interrupted: ['STOP', 'yellow'],
  skipped: ['SKIP', 'yellow'],
};

const EXITS: Record<number, string> = {
  0: 'everything that was run passed',
  1: 'an expectation failed',
  2: 'the scenarios or the command line are wrong',
  3: 'the environment broke: no verdict about etcd',
  130: 'interrupted',
};

/** What a case's title takes in the widest line of the plan, so that the columns stand below each other. */
export function titleWidth(cases: CaseRef[]): number {
  return Math.min(60, Math.max(0, ...cases.map((ref) => width(title(ref)))));
}

function title(ref: CaseRef): string {
  return oneLine(ref.etcd === '' ? ref.name : `${ref.name}  [${ref.etcd}]`);
}

function label(mark: Mark, style: Style): string {
  const [text, colour] = LABELS[mark];
  return style.bold(style[colour](text.padEnd(5)));
}

/** `PASS   NAME  [VERSION]    4.2 s  FILE:LINE`; a skipped case says why in place of the duration. */
export function caseLine(record: CaseRecord, columns: number, style: Style): string {
  const { ref, verdict, known } = record;
  const place = style.dim(oneLine(`${ref.file}:${ref.line}`));
  const head = `${label(markOf(record), style)}  ${padToWidth(title(ref), columns)}`;
  if (verdict !== 'skipped') {
    const line = `${head}  ${formatDuration(record.durationMs).padStart(8)}  ${place}`;
    return known ? `${line}\n       ${style.yellow(oneLine(knownReason(known)))}` : line;
  }
  return `${head}  ${'-'.padStart(8)}  ${place}\n       ${style.yellow(oneLine(reasonOf(record) ?? ''))}`;
}

/** What stands below a case's line: skipped steps, remarks, the failure, how a kept cluster is reached. Ends with a blank line, or is empty. */
export function caseDetails(record: CaseRecord, style: Style, reports: string | null): string {
  const notes = skippedLines(record).map(style.yellow);
  const loads = record.workloads.flatMap(({ step, figures }) => [
    style.cyan(`step ${oneLine(step)}, the workload:`),
    ...workloadLines(figures).map((line) => `  ${line}`),
  ]);
  const remarks = remarksOf(record).map(({ step, text: said }) => `step ${oneLine(step)}: ${oneLine(said)}`);
  const failure = renderFailures(record.failure, record.further, { style, reports });
  const collected = renderCollected(record.steps, style);
  const kept =
    record.kept.length > 0
      ? [style.bold('the cluster was kept:'), ...record.kept.map((line) => `  ${clean(line)}`)]
      : [];
  const parts = [
    indent([...notes, ...remarks, ...loads].join('\n'), '       '),
    indent(failure, '  '),
    indent(failure && style.dim(wholeTime(record)), '  '),
    indent(collected, '  '),
    indent(kept.join('\n'), '  '),
  ];
  const text = parts.filter((part) => part !== '').join('\n\n');
  if (text === '') return '';
  return failure || kept.length > 0 ? `\n${text}\n\n` : `${text}\n`;
}

/** Why the time in a case's line is longer than that of the step which failed; empty where they hardly differ. */
function wholeTime({ durationMs, failure, steps }: CaseRecord): string {
  const ofStep = failure?.durationMs;
  if (ofStep === undefined || durationMs - ofStep < 1000) return '';
  const more = steps.length > 1 ? 'the other steps, ' : '';
  return `the case took ${formatDuration(durationMs)} in all, with ${more}set-up and removal`;
}

/** The steps that were skipped; those with one reason on one line. */
function skippedLines({ steps }: CaseRecord): string[] {
  const byReason = new Map<string, StepRef[]>();
  for (const { step, status, notes } of steps) {
    const why = notes.map(oneLine).join('; ');
    if (status === 'skipped') byReason.set(why, [...(byReason.get(why) ?? []), step]);
  }
  return [...byReason].map(([why, skipped]) => {
    const [only, ...more] = skipped;
    const who =
      more.length === 0
        ? `step ${oneLine(only?.id ?? '')} skipped (${oneLine(only?.sentence ?? '')})`
        : `steps ${skipped.map(({ id }) => oneLine(id)).join(', ')} skipped`;
    return why === '' ? who : `${who}: ${why}`;
  });
}

/** The first line of a run. */
export function headLine(event: EventOf<'run-started'>, style: Style): string {
  const parts = [
    plural(event.cases.length, 'case'),
    event.jobs > 1 ? `${event.jobs} at a time` : 'one at a time',
    event.engine,
    `ports on ${event.bind}`,
  ];
  return `${style.bold(oneLine(event.tool))}  ${style.dim(parts.map(oneLine).join(', '))}`;
}

/** The end of a run: what did not pass once more, a table where drills ran on several versions, counts, reports folder, why it ends with this exit code. */
export function endLines(
  ledger: Ledger,
  event: EventOf<'run-finished'>,
  style: Style,
  { shownFolder, columns }: { shownFolder: string | null; columns: number },
): string {
  const bad = ledger.cases.filter(({ verdict }) => verdict !== 'passed' && verdict !== 'skipped');
  const lines = bad.map((record) => {
    const place = record.failure?.step?.place ?? record.ref;
    const why = (reasonOf(record) ?? '').split('\n')[0] ?? '';
    const where = style.dim(oneLine(`${place.file}:${place.line}`));
    return `${label(record.verdict, style)}  ${title(record.ref)}  ${where}\n       ${oneLine(why)}`;
  });
  if (lines.length > 0) lines.unshift(style.bold('did not pass:'));
  if (lines.length > 0) lines.push('');
  for (const matrix of matricesOf(ledger.cases)) lines.push(matrixTable(matrix, columns, style), '');
  lines.push(`${countsLine(event.counts, style)}  in ${formatDuration(event.durationMs)}`);
  if (shownFolder !== null) lines.push(`reports: ${style.cyan(oneLine(shownFolder))}`);
  lines.push(`exit ${event.exitCode}: ${EXITS[event.exitCode] ?? 'see above'}`);
  lines.push(...event.remarks.map((remark) => `${style.yellow('note:')} ${oneLine(remark)}`));
  return lines.join('\n');
}

function countsLine(counts: Counts, style: Style): string {
  const words: Partial<Record<Mark, string>> = { known: 'failed as known', error: 'broken by the environment' };
  const parts = countsByMark(counts).map(([mark, count]) =>
    style.bold(style[LABELS[mark][1]](`${count} ${words[mark] ?? mark}`)),
  );
  return parts.join(', ') || 'nothing was run';
}

/** A path as a person at `cwd` would write it; as it is where it lies elsewhere. */
export function shownPath(file: string, cwd: string | undefined): string {
  if (cwd === undefined) return file;
  const relative = path.relative(cwd, file);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
}
