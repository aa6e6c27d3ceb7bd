/** Markdown and HTML as text: nothing that others wrote may become markup. */
import { clean, cutEnd, oneLine } from './text';

/** Text for a paragraph or a table's cell: every character that could mean something is written as its number. */
export function escapeMarkdown(text: string): string {
  return oneLine(text).replace(/[&<>|`*_~[\]{}!@#$^\\+=:]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Text in a code block that it cannot end: the fence is longer than any row of backticks in it. */
export function codeBlock(text: string, longest: number): string {
  const shown = cutEnd(clean(text), longest);
  const rows = shown.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(3, ...rows.map((row) => row.length + 1)));
  return `${fence}text\n${shown}\n${fence}`;
}

/** A table; cells are escaped already. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
