/** One mistake gives one message: every shipped drill, with each step dropped, swapped, or misspelt in one place. */
import path from 'node:path';
import type { Problem } from '../../src/errors';
import { filesIn, problemsIn } from './fixture';

const SHIPPED = filesIn('../../scenarios');
const NAME = /etcd-1\b/g;

interface Mutation {
  what: string;
  text: string;
}

/** The drill's lines, those of each top-level step together. */
function parts(text: string): { head: string[]; steps: string[][] } {
  const lines = text.split('\n');
  const from = lines.indexOf('steps:') + 1;
  const end = lines.findIndex((line, i) => i >= from && /^\S/.test(line));
  const steps: string[][] = [];
  for (const line of lines.slice(from, end === -1 ? undefined : end)) {
    if (/^ {2}- /.test(line)) steps.push([line]);
    else steps.at(-1)?.push(line);
  }
  return { head: lines.slice(0, from), steps };
}

function* mutations(text: string): Generator<Mutation> {
  const { head, steps } = parts(text);
  const whole = (some: readonly string[][]): string => [...head, ...some.flat(), ''].join('\n');
  for (const [i, step] of steps.entries()) {
    const [first = ''] = step;
    const replaced = (line: string): string => whole(steps.with(i, [line, ...step.slice(1)]));
    yield { what: `without "${first.trim()}"`, text: whole(steps.toSpliced(i, 1)) };
    const next = steps[i + 1];
    if (next) yield { what: `"${first.trim()}" after the next`, text: whole(steps.with(i, next).with(i + 1, step)) };
    yield { what: `"${first.trim()}" misspelt`, text: replaced(first.replace(/- (\w)(\w)/, '- $2$1')) };
    for (const { index } of first.matchAll(NAME)) {
      const line = `${first.slice(0, index)}etdc-1${first.slice(index + 6)}`;
      yield { what: `"${first.trim()}" with another name`, text: replaced(line) };
    }
    for (const { index } of first.matchAll(/backup/g)) {
      const line = `${first.slice(0, index)}bakcup${first.slice(index + 6)}`;
      yield { what: `"${first.trim()}" with another snapshot`, text: replaced(line) };
    }
    const indented = step.slice(1).map((line) => (line === '' ? line : ` ${line}`));
    if (indented.length > 0)
      yield { what: `"${first.trim()}" indented`, text: whole(steps.with(i, [first, ...indented])) };
  }
}

/** Two versions may go separate ways, and be wrong in different lines; an upgrade that is left out is skipped by several. */
function messageOf({ rule, message }: Problem): string {
  return rule === 'skipped-minor' ? rule : message.replace(/^with etcd [^:]*: /, '');
}

const found = { something: 0, all: 0 };

it.each(SHIPPED)('%s has at most one error with one mistake in it', (name, text) => {
  const file = path.resolve(__dirname, '../../scenarios', `${name}.yaml`);
  const several = [...mutations(text)].flatMap(({ what, text: mutated }) => {
    const messages = problemsIn(mutated, file).map(messageOf);
    found.all += 1;
    if (messages.length > 0) found.something += 1;
    return new Set(messages).size < 2 ? [] : [`${what}: ${messages.join(' | ')}`];
  });
  expect(several).toEqual([]);
});

it('and many of them have one', () => {
  expect(found.something).toBeGreaterThan(found.all / 3);
});
