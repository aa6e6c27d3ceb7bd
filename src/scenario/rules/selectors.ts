/** Words that stand for members where they mean nobody, or several where one is wanted. */
import { SELECTOR_WORDS } from '../../steps/select';
import { textOf, type RuleVisit } from './visit';

export function selectors({ step, state, tell }: RuleVisit): void {
  for (const [key, { names }] of Object.entries(step.step.schema.properties ?? {})) {
    const word = names === 'selector' || names === 'single' ? textOf(step, key) : undefined;
    if (word === undefined || !(SELECTOR_WORDS as readonly string[]).includes(word)) continue;
    const count = state.countMeant(word);
    if (count === undefined) continue;
    if (count === 0 && word !== 'all') {
      const why = state.nobodyRuns() ? 'no member runs' : WHY_NOBODY[word];
      return tell('means-nobody', `/${key}`, `\`${word}\` means nobody here: ${why ?? 'too few members run'}`);
    }
    if (names !== 'single' || count < 2) continue;
    const message = `\`${key}\` takes one member, and \`${word}\` is ${count} here`;
    return tell('several-members', `/${key}`, message, 'name one, or say `leader` or `follower`');
  }
}

const WHY_NOBODY: Readonly<Record<string, string>> = {
  minority: 'it is fewer than half of the voters, the leader never among them',
  follower: 'only one voter runs',
  followers: 'only one voter runs',
};
