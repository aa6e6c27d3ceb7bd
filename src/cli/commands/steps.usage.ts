import { defineUsage } from '../usage';

export const usage = defineUsage('steps', {
  about: 'Prints what a step can do; of one action its arguments, an example, and what to type by hand instead.',
  options: { markdown: { type: 'flag', text: 'all of it as a page, as docs/steps.md has it' } },
  examples: [{ says: 'all about start', line: 'etcd-scenarios steps start' }],
});
