/** A matrix as a table of words, as wide as the console is. */
import type { Mark } from './ledger';
import type { Matrix, MatrixCell, MatrixRow } from './matrix';
import type { Style } from './style';
import { oneLine } from './text';
import { cutToWidth, padToWidth, width } from './width';

/** What stands in a cell: words that a person, and grep, finds. */
export const WORDS: Record<Mark, string> = {
  passed: 'pass',
  known: 'known',
  failed: 'FAIL',
  error: 'ERROR',
  interrupted: 'stopped',
  skipped: 'skip',
};

const COLOURS: Record<Mark, keyof Style> = {
  passed: 'green',
  known: 'green',
  failed: 'red',
  error: 'magenta',
  interrupted: 'yellow',
  skipped: 'dim',
};

const SHORTEST_NAME = 24;
const LONGEST_NAME = 60;
const GAP = '  ';

/** `FAIL`, or `FAIL 1/3` where some of several cases failed; `-` where there is none. */
export function cellWord(cell: MatrixCell | null): string {
  if (cell === null) return '-';
  return cell.count === cell.of ? WORDS[cell.verdict] : `${WORDS[cell.verdict]} ${cell.count}/${cell.of}`;
}

/** The table, in blocks of columns below each other where all of them do not fit. No line break at the end. */
export function matrixTable(matrix: Matrix, columns: number, style: Style): string {
  const widths = matrix.columns.map((title, i) => {
    const words = matrix.rows.map(({ cells }) => cellWord(cells[i] ?? null));
    return Math.max(...[title, ...words].map((text) => width(oneLine(text))));
  });
  const names = [matrix.across, ...matrix.rows.map(({ name }) => name)];
  const nameWidth = widthOfNames(Math.max(...names.map((text) => width(oneLine(text)))), widths, columns);
  const blocks = blocksOf(widths, columns - nameWidth);
  return blocks.map((indexes) => block(matrix, { indexes, widths, nameWidth, style })).join('\n\n');
}

/** All that the columns leave; where they do not fit beside each other, a good third of the line. */
function widthOfNames(longest: number, widths: readonly number[], columns: number): number {
  const all = widths.reduce((sum, cells) => sum + cells + GAP.length, 0);
  const fair = Math.max(SHORTEST_NAME, Math.floor(columns * 0.4));
  const room = Math.min(Math.max(columns - all, fair), columns - Math.max(...widths) - GAP.length);
  return Math.min(longest, LONGEST_NAME, Math.max(room, SHORTEST_NAME));
}

/** The columns' numbers, as many in a block as `room` takes; at least one. */
function blocksOf(widths: readonly number[], room: number): number[][] {
  const blocks: number[][] = [];
  let left = 0;
  widths.forEach((cells, i) => {
    const needs = cells + GAP.length;
    if (blocks.length === 0 || needs > left) {
      blocks.push([]);
      left = room;
    }
    blocks.at(-1)?.push(i);
    left -= needs;
  });
  return blocks;
}

interface Layout {
  indexes: readonly number[];
  widths: readonly number[];
  nameWidth: number;
  style: Style;
}

function block({ across, columns, rows }: Matrix, layout: Layout): string {
  const { indexes, widths, nameWidth, style } = layout;
  const titles = indexes.map((i) => padToWidth(oneLine(columns[i] ?? ''), widths[i] ?? 0));
  const head = [padToWidth(oneLine(across), nameWidth), ...titles].join(GAP).trimEnd();
  return [style.bold(head), ...rows.map((row) => rowLine(row, layout))].join('\n');
}

function rowLine({ name, cells }: MatrixRow, { indexes, widths, nameWidth, style }: Layout): string {
  const shown = indexes.map((i) => {
    const cell = cells[i] ?? null;
    const word = cellWord(cell);
    const padding = ' '.repeat(Math.max(0, (widths[i] ?? 0) - width(word)));
    return style[cell === null ? 'dim' : COLOURS[cell.verdict]](word) + padding;
  });
  return [padToWidth(cutToWidth(oneLine(name), nameWidth), nameWidth), ...shown].join(GAP).trimEnd();
}
