/** When attempts end: in time, when time is over, or at once where nothing can change any more. */
import { attemptUntilRight, type AttemptOptions } from '../../src/run/attempts';
import { StepTrace } from '../../src/run/trace';
import { Unmet, unmetForGood } from '../../src/errors';
import { expect as expectStep } from '../../src/steps/expect';

/** The message of the failure, and how often it was tried. */
async function outcomeOf(
  thrown: Error,
  options: Partial<AttemptOptions> = {},
): Promise<[message: string, attempts: number]> {
  let attempts = 0;
  const attempt = attemptUntilRight({
    step: expectStep,
    modifiers: { withinMs: 200 },
    matcher: undefined,
    signal: new AbortController().signal,
    trace: new StepTrace(),
    alone: true,
    run: () => Promise.reject(thrown),
    onAttempt: (count) => (attempts = count),
    ...options,
  });
  const message = await attempt.then(
    () => 'it passed',
    (failure: Error) => failure.message,
  );
  return [message, attempts];
}

const OPEN = { subject: 'a', expected: 'x', actual: 'y' };
const FINAL = { ...OPEN, final: 'etcd-1 exited with code 1' };

it('tries again until time is over', async () => {
  const [message, attempts] = await outcomeOf(new Unmet('not so', [OPEN]));
  expect(message).toBe('not so');
  expect(attempts).toBeGreaterThan(1);
});

it('ends at once where one comparison can not hold any more, whatever the others say', async () => {
  const told = "not so, and waiting can't change that: etcd-1 exited with code 1";
  expect(await outcomeOf(new Unmet('not so', [OPEN, FINAL]))).toEqual([told, 1]);
});

it('says a reason once', async () => {
  expect(await outcomeOf(unmetForGood('etcd-1 was never started'))).toEqual(['etcd-1 was never started', 1]);
});

it('goes on where a step beside it may change that', async () => {
  const [message, attempts] = await outcomeOf(new Unmet('not so', [FINAL]), { alone: false });
  expect(message).toBe('not so');
  expect(attempts).toBeGreaterThan(1);
});

it('adds nothing where it would not have waited', async () => {
  const modifiers = { withinMs: 0 } as AttemptOptions['modifiers'];
  expect(await outcomeOf(new Unmet('not so', [FINAL]), { modifiers })).toEqual(['not so', 1]);
});
