/** A failure as text, for every place that shows one: what did not hold, where it is written, what the members said, what to do. */
import path from 'node:path';
import { formatDuration } from '../clock';
import type { EventOf, Failure, LogExcerpt } from '../events';
import { formatPlace } from '../source';
import { renderComparison } from './comparison';
import { formatLogLine } from './log-line';
import { PLAIN, type Style } from './style';
import { plural } from '../plural';
import { clean, indent, oneLine } from './text';

export interface FailureOptions {
  style?: Style;
  /** The folder that log files are relative to; absent: they are shown as they are. */
  reports?: string | null;
  /** Without the first line, for readers that show the message elsewhere. */
  headline?: boolean;
}

const MOST_LOG_LINES = 20;

/** Everything that is known about one failure; sections with a blank line between them, no line break at the end. */
export function renderFailure(failure: Failure, options: FailureOptions = {}): string {
  const style = options.style ?? PLAIN;
  const sections = [
    options.headline === false ? '' : style.bold(style.red(headlineOf(failure))),
    whereOf(failure, style),
    ...failure.comparisons.map((comparison) => renderComparison(comparison, style)),
    circumstancesOf(failure, style),
    ...failure.logs.map((log) => renderLog(log, style, options.reports)),
    failure.cure === undefined ? '' : `${style.yellow('what to do:')} ${clean(failure.cure)}`,
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

/** The failure in one sentence, on one line or, where etcd was quoted at length, on several. */
export function headlineOf(failure: Failure): string {
  const message = clean(failure.message).trim();
  if (failure.kind === 'environment') return `the environment broke, which says nothing about etcd: ${message}`;
  if (failure.kind === 'interrupted' && !/^interrupted/i.test(message)) return `interrupted: ${message}`;
  return message;
}

function whereOf(failure: Failure, style: Style): string {
  const { step, frame } = failure;
  const lines: string[] = [];
  if (step) {
    lines.push(`step ${oneLine(step.id)}: ${style.bold(oneLine(step.sentence))}`);
    lines.push(`at ${style.cyan(oneLine(formatPlace(step.place)))}`);
    for (const place of step.usedAt ?? []) lines.push(`used at ${style.cyan(oneLine(formatPlace(place)))}`);
  }
  if (frame)
    lines.push(
      ...(lines.length > 0 ? [''] : []),
      ...clean(frame)
        .split('\n')
        .map((row) => paintRow(row, style)),
    );
  return lines.join('\n');
}

function paintRow(row: string, style: Style): string {
  if (row.startsWith('>')) return style.bold(row);
  return /^ +\| +\^+$/.test(row) ? style.red(row) : style.dim(row);
}

/** What was waited for, how often it was tried, and whom the selectors meant. */
function circumstancesOf(failure: Failure, style: Style): string {
  const lines = [effortOf(failure)];
  for (const { selector, members } of failure.resolved) {
    const meant = members.map(oneLine).join(', ') || 'nobody';
    if (meant !== oneLine(selector)) lines.push(`${oneLine(selector)} -> ${meant}`);
  }
  return join(lines.map(style.dim), '\n');
}

/** `waited 30 s for all to be healthy (117 attempts)`; nothing where it failed at once. */
function effortOf({ waitedFor, durationMs, attempts = 1, kind }: Failure): string {
  const took = durationMs === undefined ? '' : formatDuration(durationMs);
  const tries = attempts > 1 ? `(${plural(attempts, 'attempt')})` : '';
  if (waitedFor) return join(['waited', took, `for ${oneLine(waitedFor)}`, tries], ' ');
  if (tries) return join(['gave up', took && `after ${took}`, tries], ' ');
  return (durationMs ?? 0) < 1000 ? '' : `${kind === 'interrupted' ? 'was at it for' : 'failed after'} ${took}`;
}

function renderLog(log: LogExcerpt, style: Style, reports: string | null | undefined): string {
  const heading = `${style.bold(oneLine(log.member))} (incarnation ${log.incarnation}, ${oneLine(log.state)})`;
  const shown = log.lines.slice(-MOST_LOG_LINES).map((line) => formatLogLine(line, style));
  const rows = [`${heading}${aboutLines(shown.length, log.routine ?? 0)}`];
  rows.push(...shown.map((line) => `  ${style.dim('|')} ${line}`));
  if (log.file) rows.push(`  whole log: ${style.cyan(oneLine(reports ? path.join(reports, log.file) : log.file))}`);
  return rows.join('\n');
}

/** What is shown of a log's end, and what is left out of it. */
function aboutLines(shown: number, routine: number): string {
  if (routine > 0) {
    const last = lastLines(shown + routine);
    return shown === 0 ? `: nothing but routine in ${last}` : `, of ${last} those that warn:`;
  }
  return shown === 0 ? ' wrote nothing to its log' : `, ${lastLines(shown)}:`;
}

function lastLines(count: number): string {
  return count === 1 ? 'its last line' : `its last ${count} lines`;
}

function join(parts: string[], separator: string): string {
  return parts.filter((part) => part !== '').join(separator);
}

/** A failure and, below it, what failed afterwards in `finally` or on removal: it never hides the first one. */
export function renderFailures(first: Failure | null, further: Failure[], options: FailureOptions = {}): string {
  const style = options.style ?? PLAIN;
  const blocks = first ? [renderFailure(first, options)] : [];
  for (const failure of further) {
    const text = renderFailure(failure, { ...options, headline: true });
    blocks.push(`${style.yellow(first ? 'afterwards also:' : 'afterwards:')}\n${indent(text, '  ')}`);
  }
  return blocks.join('\n\n');
}

/** What the steps of `onFailure` found; empty where they found nothing. */
export function renderCollected(steps: readonly EventOf<'step-finished'>[], style: Style = PLAIN): string {
  const found = steps.flatMap(({ step, collected }) =>
    collected === undefined ? [] : [`${oneLine(step.sentence)}\n${indent(clean(collected), '  | ')}`],
  );
  return found.length === 0
    ? ''
    : [style.yellow('collected afterwards:'), ...found.map((one) => indent(one, '  '))].join('\n');
}
