import type { StepContext } from './context';

/** The same step with at most this long for what is done in it. */
export function limited(context: StepContext, ms: number): StepContext {
  const end = Date.now() + ms;
  const left = (): number => Math.max(0, Math.min(context.left(), end - Date.now()));
  return { ...context, left, call: (atMostMs) => context.call(Math.max(1, Math.min(atMostMs ?? left(), left()))) };
}
