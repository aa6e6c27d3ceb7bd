import { plural } from '../../plural';
import { nested, STEPS } from '../blocks';
import { defineStep } from '../step';
import { EXPECTED, expectations, type Expected } from './expected';
import { RESULT } from './result';
import { settingsOf, settingsProblems, WORKLOAD } from './settings';
import type { Settings } from '../../workload/settings';

export const during = defineStep({
  name: 'during',
  summary: 'Runs steps while clients write and read, and judges what came of it: nothing may be lost.',
  example: [
    '- during:',
    '    workload: {writers: 4, rate: 100/s}',
    '    steps:',
    '      - restart: all',
    '    expect: {lostWrites: 0}',
  ],
  args: { workload: WORKLOAD, steps: STEPS, expect: EXPECTED },
  required: ['steps'],
  result: RESULT,
  timeoutMs: 0,
  sentence: ({ workload }) => sentenceOf(settingsOf(workload)),
  runbook: ({ workload, expect }) => ({
    before: `Clients go on meanwhile: ${sentenceOf(settingsOf(workload)).replace(/^while /, '')}.`,
    commands: [],
    see: expectations((expect ?? {}) as Expected),
  }),
  check: ({ workload }) => settingsProblems(workload),
  run: async ({ workload, steps, expect = {} }, context) => {
    // Only who runs it needs the clients.
    const { runDuring } = await import('./run');
    return runDuring(settingsOf(workload), expect as Expected, context, () =>
      context.runSteps(nested(steps), { underLoad: true }),
    );
  },
});

function sentenceOf({ writers, readers, rate }: Settings): string {
  const pace = rate === undefined ? '' : ` at ${rate}/s`;
  return `while ${plural(writers, 'client')} write${writers === 1 ? 's' : ''}${pace} and ${readers} read${readers === 1 ? 's' : ''}`;
}
