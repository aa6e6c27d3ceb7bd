/** Which of the loaded scenarios are meant: by tags and by words of their names. */
import { UsageError } from '../errors';
import type { Scenario } from './scenario';

/** A drill that takes long has this tag; it runs when it is asked for. */
export const SLOW_TAG = 'slow';

type Test = (tags: readonly string[]) => boolean;

/** `recovery and not slow`, `bootstrap or membership`, with brackets; a comma means `or`. Throws UsageError. */
export function parseTagExpression(text: string): Test {
  const tokens = text.replace(/,/g, ' or ').match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const refuse = (): UsageError =>
    new UsageError(`"${text}" is no tag expression; one is like \`recovery and not slow\` or \`(a or b) and c\``);
  const any = (): Test => {
    const tests = [all()];
    while (tokens[at] === 'or') {
      at += 1;
      tests.push(all());
    }
    return (tags) => tests.some((test) => test(tags));
  };
  const all = (): Test => {
    const tests = [one()];
    while (tokens[at] === 'and') {
      at += 1;
      tests.push(one());
    }
    return (tags) => tests.every((test) => test(tags));
  };
  const one = (): Test => {
    const token = tokens[at++];
    if (token === undefined || token === ')' || token === 'and' || token === 'or') throw refuse();
    if (token === 'not') {
      const test = one();
      return (tags) => !test(tags);
    }
    if (token !== '(') return (tags) => tags.includes(token);
    const test = any();
    if (tokens[at++] !== ')') throw refuse();
    return test;
  };
  const test = any();
  if (at < tokens.length) throw refuse();
  return test;
}

/** The scenarios that are meant. Slow ones only where a path or a tag expression asked for them. */
export function selectScenarios(
  scenarios: readonly Scenario[],
  options: { tag: string | undefined; grep: string | undefined; slowToo: boolean },
): Scenario[] {
  const { tag, grep, slowToo } = options;
  const test = tag === undefined ? undefined : parseTagExpression(tag);
  return scenarios.filter(({ tags, name }) => {
    if (grep !== undefined && !name.toLowerCase().includes(grep.toLowerCase())) return false;
    return test ? test(tags) : slowToo || !tags.includes(SLOW_TAG);
  });
}
