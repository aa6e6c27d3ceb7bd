/** Which lines of a process's log say why something went wrong: never a line of level info. */
import type { NumberedLine } from '../events';
import { isFatal, isWarning, parseLogLine, readings } from './log';

/** What etcd 3.3 to 3.7 says of causes, at warn or above (docs/etcd-behavior.md; measured on shipped scenarios). */
const KNOWN = [
  'permanently removed from the cluster',
  'cluster ID mismatch',
  'member count is unequal',
  'unmatched member while checking',
  'no match found for existing member',
  'has already been bootstrapped',
  'could not retrieve cluster information',
  'cannot be downgraded',
  'lower than determined cluster version',
  'not allowed to join when downgrade',
  'data inconsistency',
  'checkInitialHashKV failed',
  'is out of range',
  'too many learner members',
  'disallowed v2 WAL',
  'no space left on device',
  'too many open files',
  'database space exceeded',
  'alarm raised',
  'crc mismatch',
  'corrupt',
].map((text) => text.toLowerCase());
/** Fatal lines that only say that an end which began elsewhere goes on. */
const CONSEQUENCE = /server is stopping|server stopped/;
/** A warning of 3.3 has no field for its error: these words show that there is one. */
const PLAIN_FAILURE = /fail|error|could not|unable|refused|mismatch/i;
/** The runtime's own last words, which are no log line. */
const CRASH = /^(panic|fatal error): /;

/** How much a line explains. */
const enum Weight {
  None,
  /** It warns, and quotes an error. */
  Warning,
  Error,
  /** After it the process ends, or it has a text that is known for a cause. */
  Strong,
}

/** The lines that explain most, at most so many, oldest first; of lines that say the same the last one. */
export function causesIn(
  lines: readonly string[],
  most: number,
  leastWeight: 'any' | 'strong' = 'any',
): NumberedLine[] {
  const least = leastWeight === 'strong' ? Weight.Strong : Weight.Warning;
  const last = new Map<string, NumberedLine & { weight: Weight }>();
  for (const [i, line] of lines.entries()) {
    const weight = weightOf(line);
    if (weight < least) continue;
    const text = sameness(line);
    last.delete(text);
    last.set(text, { at: i + 1, line, weight });
  }
  return [...last.values()]
    .toSorted((a, b) => b.weight - a.weight || b.at - a.at)
    .slice(0, most)
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, line }) => ({ at, line }));
}

/** What the last strong cause among the lines says, for a sentence; undefined where there is none. */
export function strongestCause(lines: readonly string[]): string | undefined {
  const line = lines.findLast((one) => weightOf(one) === Weight.Strong);
  return line === undefined ? undefined : saidBy(line);
}

function weightOf(line: string): Weight {
  if (CRASH.test(line)) return Weight.Strong;
  if (!isWarning(line)) return Weight.None;
  const text = line.toLowerCase();
  if (KNOWN.some((known) => text.includes(known))) return Weight.Strong;
  if (isFatal(line)) return CONSEQUENCE.test(line) ? Weight.Warning : Weight.Strong;
  if (/"level":"error"/.test(line) || /^\S+ \S+ E \| /.test(line)) return Weight.Error;
  const entry = parseLogLine(line);
  const error = entry?.['error'];
  if (entry)
    return typeof error === 'string' && error !== '' && !CONSEQUENCE.test(error) ? Weight.Warning : Weight.None;
  return PLAIN_FAILURE.test(line) ? Weight.Warning : Weight.None;
}

/** The same for lines that differ in time, IDs, addresses and numbers alone. */
function sameness(line: string): string {
  const texts = readings(line);
  const text = texts.length > 1 ? texts.slice(1).join(' ') : line.replace(/^\S+ \S+ /, '');
  return text.replace(/[0-9a-f]{8,}|\d+/g, '#');
}

/** Its error, else its message; a line that is not JSON without its time. */
function saidBy(line: string): string {
  const [, plain = line] = /^\S+ \S+ [A-Z] \| (.*)$/.exec(line) ?? [];
  const entry = parseLogLine(plain);
  const said = entry?.['error'] ?? entry?.['msg'];
  return typeof said === 'string' ? said : plain;
}
