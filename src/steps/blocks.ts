import type { NestedSteps } from './context';
import { defineStep } from './step';

/** A list of steps, as the loader read it. */
export const STEPS = { type: 'array', minItems: 1, steps: true, items: { type: 'object' } } as const;

/** What the loader put in the place of a list of steps. */
export function nested(steps: unknown): NestedSteps {
  return steps as NestedSteps;
}

export const parallel = defineStep({
  name: 'parallel',
  summary: 'Runs steps side by side. All end; the first failure is the verdict.',
  main: 'steps',
  args: { steps: STEPS },
  required: ['steps'],
  timeoutMs: 0,
  sentence: ({ steps }) => `side by side: ${steps.length} steps`,
  runbook: () => ({ commands: [] }),
  run: ({ steps }, context) => context.runSteps(nested(steps), { parallel: true }),
});

export const repeat = defineStep({
  name: 'repeat',
  summary: 'Runs steps several times; ${repeat.index} counts from 0.',
  args: { times: { type: 'integer', minimum: 1 }, steps: STEPS },
  required: ['times', 'steps'],
  timeoutMs: 0,
  sentence: ({ times }) => `${times} times`,
  runbook: () => ({ commands: [] }),
  async run({ times, steps }, context) {
    for (let index = 0; index < times; index++) await context.runSteps(nested(steps), { index });
  },
});
