/** What is meant by the name of an action that there is not. */
import { nearest } from '../match';
import { STEPS } from '../steps';
import { ROWS } from '../steps/expect';

export interface MeantAction {
  action: string;
  /** As it would be written: `expect: {healthy: …}`. */
  written: string;
}

/** What actions are called in prose and by other tools. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  assert: 'expect',
  backup: 'snapshot',
  check: 'expect',
  crash: 'kill',
  read: 'get',
  'restore-snapshot': 'restore',
  save: 'snapshot',
  verify: 'expect',
  wait: 'sleep',
  write: 'put',
};

/** Words around a row of `expect`: `wait-for-healthy`. */
const LOOKING: ReadonlySet<string> = new Set(['assert', 'be', 'check', 'expect', 'for', 'is', 'until', 'wait']);

/** The action that is meant, if any is near enough. */
export function meantAction(name: string): MeantAction | undefined {
  const words = name.toLowerCase().split(/[-_]/);
  const row = meantRow(words);
  if (row !== undefined) return { action: 'expect', written: `expect: {${row}: …}` };
  const known = Object.hasOwn(ELSEWHERE, name) ? ELSEWHERE[name] : undefined;
  const action = known ?? sameWords(words) ?? nearest(name, STEPS.keys()) ?? sharedWords(words);
  return action === undefined ? undefined : { action, written: action };
}

/** The row of `expect` that is the only word, or the nearest to the only word among those around it. */
function meantRow(words: readonly string[]): string | undefined {
  const rows = ROWS.map(({ name }) => name);
  const [word = '', ...others] = words.filter((one) => !LOOKING.has(one));
  if (others.length > 0) return undefined;
  return words.length > 1 ? nearest(word, rows) : rows.find((row) => row === word);
}

/** `remove-member`: the same words in another order. */
function sameWords(words: readonly string[]): string | undefined {
  const sorted = words.toSorted().join();
  return [...STEPS.keys()].find((action) => action.split('-').toSorted().join() === sorted);
}

/** `promote`, `stop-member`: the only action that has all of these words, or whose words are all among them. */
function sharedWords(words: readonly string[]): string | undefined {
  const holds = (all: readonly string[], some: readonly string[]): boolean => some.every((word) => all.includes(word));
  const names = [...STEPS.keys()];
  const wider = names.filter((action) => holds(action.split('-'), words));
  const narrower = names.filter((action) => holds(words, action.split('-')));
  return [wider, narrower].find((found) => found.length === 1)?.[0];
}
