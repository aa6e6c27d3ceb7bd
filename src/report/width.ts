/** How many cells of a terminal a text takes. */

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const ZERO = /^(?:\p{Mark}|[\u200b\u200c]|\u200d|[\ufe00-\ufe0f])$/u;

function cells(character: string): number {
  if (character <= '\u02ff') return 1;
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Cells that a text without escape sequences takes. */
export function width(text: string): number {
  let total = 0;
  for (const character of text) total += cells(character);
  return total;
}

/** Cut to at most `columns` cells, with an ellipsis where something is missing. */
export function cutToWidth(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += cells(character);
    if (used > columns - 1) break;
    kept += character;
  }
  return columns < 1 ? '' : `${kept}…`;
}

/** Filled up with blanks to `columns` cells. */
export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}
