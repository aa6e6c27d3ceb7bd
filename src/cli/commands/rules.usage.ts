import { defineUsage } from '../usage';

export const usage = defineUsage('rules', {
  about: 'Prints the rules of `validate`: what each finds, how grave that is, and how it is silenced where it can be.',
  options: { markdown: { type: 'flag', text: 'all of it as a page, as docs/rules.md has it' } },
  examples: [{ says: 'all about one rule', line: 'etcd-scenarios rules lost-data' }],
});
