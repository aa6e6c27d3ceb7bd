import { parseDuration } from '../clock';
import { Unmet } from '../errors';
import type { NestedSteps, StepContext } from './context';
import { duration } from './schema';
import { defineStep } from './step';

/** A list of steps, as the loader read it. */
export const STEPS = {
  type: 'array',
  minItems: 1,
  steps: true,
  items: { type: 'object' },
  description: 'the steps',
} as const;

/** What the loader put in the place of a list of steps, or of the one step of `until`. */
export function nested(steps: unknown): NestedSteps {
  return steps as NestedSteps;
}

export const parallel = defineStep({
  name: 'parallel',
  summary: 'Runs steps side by side. All end; the first failure is the verdict.',
  example: [
    '- parallel:',
    '    - put: {key: a, value: one, to: etcd-1}',
    '    - put: {key: b, value: two, to: etcd-2}',
  ],
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
  summary: 'Runs steps several times, or until something holds after a round; ${repeat.index} counts rounds from 0.',
  example: [
    '- repeat:',
    '    times: 3',
    '    steps:',
    '      - put: {key: "key-${repeat.index}", value: x}',
    '- get: {key: key-, prefix: true, count: 3}',
  ],
  args: {
    times: { type: 'integer', minimum: 1, description: 'how often; with `until` at most so often' },
    until: {
      type: 'object',
      step: 'expect',
      description: 'an `expect` that is looked at after each round; once it holds, no further round begins',
    },
    within: { ...duration, description: 'with `until`: no round begins later than this after the first' },
    steps: STEPS,
  },
  required: ['steps'],
  result: { rounds: { is: 'number', description: 'how many rounds there were' } },
  timeoutMs: 0,
  runbook: () => ({ commands: [] }),
  sentence: ({ times, until, within }) => {
    if (until === undefined) return `${times} times`;
    const bounds = [
      times === undefined ? '' : `at most ${times} times`,
      within === undefined ? '' : `within ${within}`,
    ];
    return `until it holds, ${bounds.filter((bound) => bound !== '').join(', ')}`;
  },
  check: ({ times, until, within }) => {
    if (until === undefined && within !== undefined)
      return [{ pointer: '/within', message: '`within` is for `until`; a number of `times` needs no bound' }];
    if (times !== undefined || within !== undefined) return [];
    if (until === undefined) return [{ pointer: '', message: '`repeat` lacks `times` or `until`' }];
    return [{ pointer: '', message: '`until` needs a bound: `times` at most, or `within`' }];
  },
  async run({ times = Infinity, until, within, steps }, context) {
    const withinMs = within === undefined ? Infinity : (parseDuration(within) ?? 0);
    const began = Date.now();
    let unmet: Unmet | undefined;
    let rounds = 0;
    do {
      const index = rounds++;
      if (until === undefined) await context.runSteps(nested(steps), { index });
      else unmet = await runRound(nested(steps), nested(until), index, context);
      if (until !== undefined && !unmet) break;
    } while (rounds < times && Date.now() - began < withinMs);
    if (unmet) throw neverHeld(unmet, rounds);
    if (until !== undefined) context.note(`held after ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`);
    return { rounds };
  },
});

/** How long what made a step fail may take to show: etcd raises an alarm after it has refused the write. */
const SHOWS_MS = 2000;

/**
 * One round, and a look at what it was for: what does not hold, or nothing. A step that can't be done any more once it
 * holds (a write when the quota is full) does not count.
 */
async function runRound(
  steps: NestedSteps,
  until: NestedSteps,
  index: number,
  context: StepContext,
): Promise<Unmet | undefined> {
  const notDone = await context.trySteps(steps, { index });
  const unmet = await context.look(until, { index, withinMs: notDone ? SHOWS_MS : 0 });
  if (!notDone) return unmet;
  if (unmet) return notDone.fail();
  notDone.excuse();
  context.note(`step ${notDone.step} failed in round ${index + 1}, when \`until\` held: ${notDone.message}`);
  return undefined;
}

function neverHeld({ message, comparisons }: Unmet, rounds: number): Unmet {
  const after = rounds === 1 ? 'after 1 round' : `after any of ${rounds} rounds`;
  return new Unmet(`\`until\` did not hold ${after}; the last time: ${message}`, comparisons);
}
