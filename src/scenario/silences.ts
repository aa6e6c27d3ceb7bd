/** `# etcd-scenarios-disable-line RULE, RULE`: comments that silence rules of sense at the end of a line, or above it. */
import { EVENT_ID, parseEvents } from 'js-yaml';
import type { Problem } from '../errors';
import { nearest } from '../match';
import { RULES, SILENCEABLE } from '../rules';
import type { SourceFile } from '../source';
import { cut } from './node';
import { MAX_DEPTH, MAX_PROBLEMS, problemAt } from './parse';
import { byPlace } from './problem-order';
import { allSteps, type Scenario } from './scenario';

const MARK = 'etcd-scenarios-';
/** A comment begins a line, or follows white space. What stands after ` -- ` is the author's reason. */
const COMMENT = /(?<=^|[ \t])#[ \t]*etcd-scenarios-([\w-]+)([^\n\r]*)/gm;
const DIRECTIVES = ['disable-line', 'disable-next-line'];

interface Silence {
  rule: string;
  file: string;
  /** The line whose problems are silenced. */
  line: number;
  /** Where the rule's name stands. */
  at: { start: number; end: number };
}

interface Silences {
  silences: Silence[];
  problems: Problem[];
}

const known = new WeakMap<SourceFile, Silences>();

/**
 * What is left of the problems of one file’s scenarios, and what is wrong with its silencing comments. `elsewhere` answers the
 * problems that they have with versions that were not asked for: a rule may be silenced for those.
 */
export function silence(
  scenarios: readonly Scenario[],
  problems: readonly Problem[],
  elsewhere: () => Problem[],
): Problem[] {
  const [first] = scenarios;
  if (!first) return [...problems];
  const steps = allSteps(scenarios.flatMap((one) => [...one.steps, ...one.onFailure, ...one.finally]));
  const sources = new Set([first.source, ...steps.map(({ source }) => source)]);
  const found = [...sources].map((source) => silencesIn(source));
  const silences = found.flatMap((one) => one.silences);
  if (found.every((one) => one.silences.length + one.problems.length === 0)) return [...problems];
  const keyOf = (rule: string, file: string, line: number): string => `${file}:${line} ${rule}`;
  const silenced = new Set(silences.map(({ rule, file, line }) => keyOf(rule, file, line)));
  const keysOf = (some: readonly Problem[]): Set<string> =>
    new Set(some.map(({ rule, place: { file, line } }) => keyOf(rule, file, line)));
  const isIdle = (one: Silence, keys: Set<string>): boolean => !keys.has(keyOf(one.rule, one.file, one.line));
  const here = keysOf(problems);
  // A file that others use as well may silence what shows only there.
  let idle = silences.filter((one) => one.file === first.source.path && isIdle(one, here));
  if (idle.length > 0) {
    const there = keysOf(elsewhere());
    idle = idle.filter((one) => isIdle(one, there));
  }
  return [
    ...problems.filter(({ rule, place: { file, line } }) => !silenced.has(keyOf(rule, file, line))),
    ...found.flatMap((one) => one.problems),
    ...idle.slice(0, MAX_PROBLEMS).map((one) => silencesNothing(first.source, one)),
  ].toSorted(byPlace);
}

function silencesNothing(source: SourceFile, { rule, line, at }: Silence): Problem {
  const where = source.place(at.start).line === line ? 'in this line' : 'in the next line';
  const message = `there is nothing for \`${rule}\` to find ${where}: the comment silences nothing`;
  return problemAt(source, at, 'silences-nothing', message, 'leave it out');
}

function silencesIn(source: SourceFile): Silences {
  const before = known.get(source);
  if (before) return before;
  const read: Silences = { silences: [], problems: [] };
  known.set(source, read);
  if (!source.text.includes(MARK)) return read;
  const isText = textOf(source);
  for (const match of source.text.matchAll(COMMENT)) {
    if (read.problems.length >= MAX_PROBLEMS) break;
    if (!isText(match.index)) readComment(source, match, read);
  }
  return read;
}

function readComment(source: SourceFile, match: RegExpExecArray, read: Silences): void {
  const [comment, directive = '', rest = ''] = match;
  const end = match.index + comment.length;
  if (!DIRECTIVES.includes(directive)) {
    const start = match.index + comment.indexOf(MARK);
    const near = nearest(directive, DIRECTIVES);
    const hint = near === undefined ? `there are ${DIRECTIVES.join(' and ')}` : `did you mean \`${MARK}${near}\`?`;
    const message = `\`${MARK}${cut(directive)}\` is no comment that means something here`;
    read.problems.push(
      problemAt(source, { start, end: start + MARK.length + directive.length }, UNKNOWN, message, hint),
    );
    return;
  }
  const line = source.place(match.index).line + (directive === 'disable-line' ? 0 : 1);
  const [names = ''] = rest.split(/\s--(?:\s|$)/);
  const listed = [...names.matchAll(/[^\s,]+/g)];
  if (listed.length === 0) {
    const at = { start: match.index, end };
    read.problems.push(problemAt(source, at, UNKNOWN, 'this comment names no rule that it silences', RULES_HINT));
  }
  for (const { 0: rule, index } of listed) {
    const start = end - rest.length + index;
    const at = { start, end: start + rule.length };
    if (SILENCEABLE.has(rule)) read.silences.push({ rule, file: source.path, line, at });
    else if (read.problems.length < MAX_PROBLEMS) read.problems.push(unknownRule(source, rule, at));
  }
}

const UNKNOWN = 'unknown-rule';
const RULES_HINT = '`etcd-scenarios rules` lists the rules';

function unknownRule(source: SourceFile, rule: string, at: { start: number; end: number }): Problem {
  if (RULES.has(rule)) {
    return problemAt(source, at, UNKNOWN, `\`${rule}\` can't be silenced: what it finds can't be read`, RULES_HINT);
  }
  const near = nearest(rule, SILENCEABLE);
  const hint = near === undefined ? RULES_HINT : `did you mean \`${near}\`?`;
  return problemAt(source, at, UNKNOWN, `there is no rule \`${cut(rule)}\``, hint);
}

/** Whether an offset lies in a text, where a `#` begins no comment: js-yaml's events say where texts are, not comments. */
function textOf(source: SourceFile): (offset: number) => boolean {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const event of parseEvents(source.text, { maxDepth: MAX_DEPTH })) {
    if (event.type !== EVENT_ID.SCALAR || event.valueStart < 0) continue;
    starts.push(event.valueStart);
    ends.push(event.valueEnd);
  }
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low > 0 && offset < (ends[low - 1] ?? 0);
  };
}
