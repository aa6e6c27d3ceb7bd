/** Bounds as an author writes them: `5`, `<5s`, `>0`. A plain number or duration is the most that is allowed. */
import { DURATION_PATTERN, parseDuration } from '../clock';

const NUMBER = '\\d+';
const DURATION = DURATION_PATTERN.slice(1, -1);

export const countBound = {
  type: ['integer', 'string'],
  minimum: 0,
  pattern: `^(<|<=|>|>=|=) ?${NUMBER}$`,
  expects: 'a number such as 0, which is the most that is allowed, or a bound such as "<10" or ">0"',
} as const;

export const durationBound = {
  type: 'string',
  pattern: `^(<|<=|>|>=)? ?${DURATION}$`,
  expects: 'a bound such as "<5s" or 100ms, which is the most that is allowed',
} as const;

const PARTS = /^(<=|<|>=|>|=)? ?(.+)$/;

/** Whether a value, in milliseconds where the bound is a duration, is within a bound that its schema accepted. */
export function holds(bound: string | number, actual: number): boolean {
  const [, sign = '<=', text = ''] = PARTS.exec(String(bound)) ?? [];
  const limit = /^\d+$/.test(text) ? Number(text) : (parseDuration(text) ?? 0);
  switch (sign) {
    case '<':
      return actual < limit;
    case '>':
      return actual > limit;
    case '>=':
      return actual >= limit;
    case '=':
      return actual === limit;
    default:
      return actual <= limit;
  }
}

/** A bound in words: `at most 5`, `<5s`. */
export function boundWords(bound: string | number): string {
  const text = String(bound);
  return /^[<>=]/.test(text) ? text : text === '0' ? '0' : `at most ${text}`;
}
