/** Expected against actual, so that the difference is seen without reading twice. */
import type { Comparison } from '../errors';
import { diffLines } from './lines-diff';
import { PLAIN, type Style } from './style';
import { clean, oneLine } from './text';
import { width } from './width';

const LONGEST_SHOWN = 160;
const MOST_LINES = 40;

/** One comparison: its subject, then both values below each other, or a diff where they have several lines. */
export function renderComparison(comparison: Comparison, style: Style = PLAIN): string {
  const { subject, expected, actual } = comparison;
  const several = /\n./.test(expected.trim()) || /\n./.test(actual.trim());
  const body = several ? renderLines(expected, actual, style) : renderPair(expected, actual, style);
  return [style.bold(oneLine(subject)), ...body].join('\n');
}

function renderPair(expected: string, actual: string, style: Style): string[] {
  const looksAlike = oneLine(expected) === oneLine(actual);
  const wanted = looksAlike ? exactly(expected) : shown(expected);
  const found = looksAlike ? exactly(actual) : shown(actual);
  const items = looksAlike ? undefined : itemsApart(expected, actual);
  if (items) return [`  expected  ${style.green(wanted)}`, `  actual    ${style.red(found)}`, `            ${items}`];
  const { start, end } = difference(wanted, found);
  const from = found.length > LONGEST_SHOWN || wanted.length > LONGEST_SHOWN ? Math.max(0, start - 40) : 0;
  const rows = [`  expected  ${style.green(part(wanted, from))}`, `  actual    ${style.red(part(found, from))}`];
  if (!looksAlike && isSmall(start, end, found) && start - from < LONGEST_SHOWN) {
    const lead = (from > 0 ? '…' : '') + found.slice(from, start);
    const marked = found.slice(start, Math.min(end, from + LONGEST_SHOWN));
    rows.push(`            ${' '.repeat(width(lead))}${style.red('^'.repeat(Math.max(1, width(marked))))}`);
  }
  return rows;
}

/** For two lists such as `etcd-1, etcd-2`: which items one has and the other lacks; undefined where they are no lists. */
function itemsApart(expected: string, actual: string): string | undefined {
  const isList = (text: string): boolean => text.length <= LONGEST_SHOWN && /^[\w.-]+(, ?[\w.-]+)*$/.test(text);
  if (!isList(expected) || !isList(actual) || !`${expected}${actual}`.includes(',')) return undefined;
  const [wanted, found] = [expected.split(/, ?/), actual.split(/, ?/)];
  const missing = wanted.filter((item) => !found.includes(item));
  const unexpected = found.filter((item) => !wanted.includes(item));
  const parts = [
    missing.length > 0 && `missing: ${missing.join(', ')}`,
    unexpected.length > 0 && `unexpected: ${unexpected.join(', ')}`,
  ];
  return parts.filter((part) => part !== false).join('; ') || 'the same, in another order or number';
}

/** Where the second text differs from the first: what is left without the common start and the common end. */
function difference(a: string, b: string): { start: number; end: number } {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let tail = 0;
  while (tail < shorter - start && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return { start, end: b.length - tail };
}

/** Marks help where most is alike, and are noise where all differs. */
function isSmall(start: number, end: number, found: string): boolean {
  return found.length >= 6 && end - start <= found.length / 2;
}

/** The part that is shown of a long value, with its length where something is missing. */
function part(value: string, from: number): string {
  if (from === 0 && value.length <= LONGEST_SHOWN) return value;
  const shownPart = value.slice(from, from + LONGEST_SHOWN);
  const more = from + LONGEST_SHOWN < value.length ? '…' : '';
  return `${from > 0 ? '…' : ''}${shownPart}${more} (${value.length} characters)`;
}

function shown(value: string): string {
  if (value === '') return '(empty)';
  return value === value.trim() ? oneLine(value) : exactly(value);
}

/** Quoted, with every character that is not plain written as an escape: for values that only look alike. */
function exactly(value: string): string {
  return JSON.stringify(value).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function renderLines(expected: string, actual: string, style: Style): string[] {
  const before = linesOf(expected);
  const after = linesOf(actual);
  const paint = { '-': style.green, '+': style.red, ' ': style.dim };
  const rows = diffLines(before.kept, after.kept).map(({ mark, text }) =>
    paint[mark](`  ${mark} ${text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text}`.trimEnd()),
  );
  if (before.missing) rows.push(style.dim(`    … expected: ${before.missing} more lines`));
  if (after.missing) rows.push(style.dim(`    … actual: ${after.missing} more lines`));
  return [`  ${style.green('- expected')}  ${style.red('+ actual')}`, ...rows];
}

function linesOf(text: string): { kept: string[]; missing: number } {
  const lines = clean(text).replace(/\n$/, '').split('\n');
  return { kept: lines.slice(0, MOST_LINES), missing: Math.max(0, lines.length - MOST_LINES) };
}
