/** A drill that did not pass, as the error of its test. */
import { renderFailures } from '../report/failure';
import type { Answer } from './protocol';

/** The error of a test; undefined where its drill passed. */
export function errorOf(answer: Answer, reports: string | null): Error | undefined {
  if ('refused' in answer) return bare(answer.refused);
  if (answer.verdict === 'passed') return undefined;
  return bare(renderFailures(answer.failure, answer.further, { reports }));
}

/** An error that is its message and nothing else: where jest was in its own code tells nobody anything. */
export function bare(message: string): Error {
  // What comes before the first line that begins with `at` is the message to jest, and keeps its blank lines; a frame
  // that has no file is left out.
  const text = message.replace(/^(\s*)at (?=\S+:\d+:\d+$)/gm, '$1in ');
  const error = new Error(text);
  error.stack = `${text}\n    at <anonymous>:0:0`;
  return error;
}
