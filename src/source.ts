/** Where something stands in a file. Lines and columns count from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
  /** Column after the last character that is meant, on the same line; absent where only a point is known. */
  endColumn?: number;
}

/** One file that a person wrote: its path as it is shown, and its text. */
export class SourceFile {
  private readonly lineStarts: number[];

  constructor(
    readonly path: string,
    readonly text: string,
    /** The path that identifies it on every machine; `path` is the one that people paste. */
    readonly idPath: string = path,
    /** The path that it was opened at: what stands in it is relative to its folder. */
    readonly openedAt: string = path,
  ) {
    this.lineStarts = [0];
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.lineStarts.push(at + 1);
  }

  /** The place of a character offset, or of the range up to `end`. */
  place(offset: number, end?: number): Place {
    const line = this.lineIndexOf(offset);
    const start = this.lineStarts[line] ?? 0;
    const place: Place = { file: this.path, line: line + 1, column: offset - start + 1 };
    if (end !== undefined && end > offset) {
      const lineEnd = start + this.line(line + 1).length;
      place.endColumn = Math.min(end, Math.max(lineEnd, offset + 1)) - start + 1;
    }
    return place;
  }

  /** The text of a line, counted from 1, without its line break; empty beyond the end. */
  line(number: number): string {
    const start = this.lineStarts[number - 1];
    if (start === undefined) return '';
    const next = this.lineStarts[number];
    const text = this.text.slice(start, next === undefined ? undefined : next - 1);
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }

  /** The offset of a place. */
  offset(place: Pick<Place, 'line' | 'column'>): number {
    return (this.lineStarts[place.line - 1] ?? 0) + place.column - 1;
  }

  get lineCount(): number {
    return this.lineStarts.length;
  }

  private lineIndexOf(offset: number): number {
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** `file:line:column`, as editors and terminals understand it. */
export function formatPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}

/** Columns that a frame shows; of a longer line it shows those around the place. */
const SHOWN_COLUMNS = 160;

/**
 * The lines around a place, numbered, with a caret under what is meant:
 *
 *     11 |   - kill: etcd-1
 *   > 12 |   - wippe: etcd-1
 *        |     ^^^^^
 */
export function codeFrame(source: SourceFile, place: Place, context = { before: 1, after: 1 }): string {
  const first = Math.max(1, place.line - context.before);
  const last = Math.min(source.lineCount, place.line + context.after);
  const width = String(last).length;
  const from = firstShownColumn(place);
  const rows: string[] = [];
  for (let number = first; number <= last; number++) {
    const text = source.line(number);
    if (number > place.line && text === '' && number === last) break;
    const marker = number === place.line ? '>' : ' ';
    rows.push(`${marker} ${String(number).padStart(width)} | ${shownPart(text, from)}`.trimEnd());
    if (number === place.line) rows.push(`  ${' '.repeat(width)} | ${caret(text, place, from)}`);
  }
  return rows.join('\n');
}

/** 0, or for a place far to the right the offset that brings it into the middle. */
function firstShownColumn({ column }: Place): number {
  return column <= SHOWN_COLUMNS ? 0 : column - SHOWN_COLUMNS / 2;
}

function shownPart(text: string, from: number): string {
  const end = from + SHOWN_COLUMNS;
  const part = `${from > 0 && text !== '' ? '…' : ''}${text.slice(from, end)}${text.length > end ? '…' : ''}`;
  return stripControl(part.replace(/\p{Surrogate}/gu, '\ufffd'));
}

function caret(text: string, place: Place, from: number): string {
  const before = `${from > 0 ? ' ' : ''}${text.slice(from, place.column - 1)}`;
  const indent = Array.from(before, (c) => (c === '\t' ? '\t' : ' ')).join('');
  const end = Math.min(place.endColumn ?? place.column + 1, from + SHOWN_COLUMNS + 1);
  return indent + '^'.repeat(Math.max(1, Array.from(text.slice(place.column - 1, end - 1)).length));
}

/** Replaces what would act on a terminal (control characters but tab and line feed, turns of direction) by pictures. */
export function stripControl(text: string): string {
  // eslint-disable-next-line no-control-regex -- finding them is the point
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (c) => {
    const code = c.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
  });
}

/** The same on one line: a line feed becomes its picture, a tab a blank. */
export function onOneLine(text: string): string {
  return stripControl(text)
    .replace(/[\n\u2028\u2029]/g, '\u240a')
    .replace(/\t/g, ' ')
    .replace(/\p{Surrogate}/gu, '\ufffd');
}
