/** Colours as functions on text, so that a reporter never asks whether there are any. */

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

export type Style = Record<keyof typeof CODES, (text: string) => string>;

/** Whether there is colour is the caller's decision (terminal, NO_COLOR, `--color`). */
export function createStyle(colour: boolean): Style {
  const entries = Object.entries(CODES).map(([name, [on, off]]) => [
    name,
    (text: string) => (colour && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text),
  ]);
  return Object.fromEntries(entries) as Style;
}

/** No colour: for files. */
export const PLAIN = createStyle(false);
