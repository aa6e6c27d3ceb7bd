/** A failure as text, for every place that shows one: what did not hold, where it is written, what the members said, what to do. */
import path from 'node:path';
import { formatDuration } from '../clock';
import type { EventOf, Failure, LogExcerpt, StepRef } from '../events';
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
    lines.push(`step ${oneLine(step.id)}${roundWords(step)}: ${style.bold(oneLine(step.sentence))}`);
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

/** ` in round 7`; of a `repeat` in a `repeat` ` in round 2.7`, as steps are counted. */
export function roundWords({ rounds = [] }: Pick<StepRef, 'rounds'>): string {
  return rounds.length === 0 ? '' : ` in round ${rounds.join('.')}`;
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
  return (durationMs ?? 0) < 1000 ? '' : `this step ${kind === 'interrupted' ? 'had run for' : 'failed after'} ${took}`;
}

function renderLog(log: LogExcerpt, style: Style, reports: string | null | undefined): string {
  const heading = `${style.bold(oneLine(log.member))} (incarnation ${log.incarnation}, ${oneLine(log.state)})`;
  const shown = log.lines.slice(-MOST_LOG_LINES).map((line) => formatLogLine(line, style));
  const earlier = earlierLines(log, style);
  const rows = [`${heading}${aboutLines(shown.length, log.routine ?? 0, earlier.length > 0)}`];
  rows.push(...[...earlier, ...shown].map((line) => `  ${style.dim('|')} ${line}`));
  if (log.file) rows.push(`  whole log: ${style.cyan(oneLine(reports ? path.join(reports, log.file) : log.file))}`);
  return rows.join('\n');
}

/** Lines from further above that may say why, with `…` for what is left out. */
function earlierLines({ earlier = [], from, lines, routine = 0 }: LogExcerpt, style: Style): string[] {
  if (earlier.length === 0) return [];
  const shown: string[] = [];
  let next = 1;
  for (const { at, line } of earlier) {
    if (at > next) shown.push(style.dim('…'));
    shown.push(formatLogLine(line, style));
    next = at + 1;
  }
  const isCut = lines.length > MOST_LOG_LINES || routine > 0 || from === undefined || from > next;
  return lines.length > 0 && isCut ? [...shown, style.dim('…')] : shown;
}

/** What is shown of a log, and what is left out of it. */
function aboutLines(shown: number, routine: number, isEarlierShown: boolean): string {
  const earlier = isEarlierShown ? 'earlier lines that may say why' : '';
  if (routine > 0) {
    const last = lastLines(shown + routine);
    if (shown > 0) return `, ${earlier === '' ? '' : `${earlier}, and `}of ${last} those that warn:`;
    return earlier === '' ? `: nothing but routine in ${last}` : `, ${earlier}; nothing but routine in ${last}:`;
  }
  if (shown === 0) return ' wrote nothing to its log';
  return `, ${earlier === '' ? '' : `${earlier}, and `}${lastLines(shown)}:`;
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
