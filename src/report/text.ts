/** Text that others wrote (names, log lines, etcd's answers), made fit to be shown: it never acts on a terminal or a CI. */
import { stripControl } from '../source';

/** Shows control characters, bidirectional overrides and broken surrogates as what they are; keeps line feeds and tabs. */
export function clean(text: string): string {
  return stripControl(text.replace(/\r\n/g, '\n'))
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
    .replace(/[\u2028\u2029]/g, '\n')
    .replace(/\p{Surrogate}/gu, '\ufffd');
}

/** The same on one line: a line feed becomes its picture. */
export function oneLine(text: string): string {
  return clean(text).trim().replace(/\n/g, '\u240a').replace(/\t/g, ' ');
}

/**
 * Breaks what a CI runner would take for a command in a line of output: `::set-output` at its start (GitHub looks past
 * the white space), `##[…]` and `##vso[…]` anywhere.
 */
export function withoutCommands(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, '$1: ').replace(/##(?=\w*\[)/g, '# #');
}

/** Indents every line that is not empty. */
export function indent(text: string, by: string): string {
  return text.replace(/^(?=[^\n])/gm, by);
}

/** At most `length` characters, with an ellipsis for what is missing at the end. */
export function cutEnd(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`;
}

/** At most `length` characters, with an ellipsis for what is missing in the middle: errors end with their cause. */
export function cutMiddle(text: string, length: number): string {
  if (text.length <= length) return text;
  const tail = Math.floor((length - 1) / 2);
  return `${text.slice(0, length - 1 - tail)}…${text.slice(text.length - tail)}`;
}
