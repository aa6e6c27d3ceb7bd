/** One step until it comes out as written: attempts, `within`, `for`, `expectError`. */
import { readings } from '../cluster/log';
import { EtcdSaid, Unmet } from '../errors';
import { formatDuration, sleep } from '../clock';
import type { TextMatcher } from '../match';
import type { Modifiers } from '../scenario/scenario';
import type { Step, StepResult } from '../steps/step';
import type { StepTrace } from './trace';

/** How long an `expect` looks again where its author says nothing: a cluster settles. */
const EXPECT_WITHIN_MS = 10_000;
/** The longest attempt of a read or write that has more time: one that hangs is worth less than another try. */
const ATTEMPT_MS = 2500;
/** An attempt that began in time may end after it: cut shorter than this it would only say that it was cut short. */
const LAST_MS = 1000;
/** A look is several calls, one after the other, each with a deadline of its own. */
const LOOK_MS = 5000;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 250;

export interface Attempted {
  result: StepResult | undefined;
  attempts: number;
}

export interface AttemptOptions {
  step: Step;
  modifiers: Modifiers;
  matcher: TextMatcher | undefined;
  signal: AbortSignal;
  trace: StepTrace;
  /** Whether no other step runs beside this one: then what can't come true by itself never does. */
  alone: boolean;
  run(timeoutMs: number): Promise<StepResult | void>;
  /** Told before each attempt, for a failure that never returns here. */
  onAttempt(attempt: number): void;
}

/** Runs attempts until one comes out as written, or time is over. Throws the last attempt's failure. */
export async function attemptUntilRight(options: AttemptOptions): Promise<Attempted> {
  const { step, modifiers, trace, signal } = options;
  const withinMs = modifiers.withinMs ?? (step.name === 'expect' ? EXPECT_WITHIN_MS : undefined);
  const end = Date.now() + (withinMs ?? 0);
  let holdsSince: number | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  for (let attempt = 1; ; attempt++) {
    options.onAttempt(attempt);
    trace.startAttempt();
    const began = Date.now();
    try {
      const result = await attemptOnce(options, attemptMs(options, withinMs === undefined ? undefined : end));
      holdsSince ??= began;
      if (Date.now() - holdsSince >= (modifiers.forMs ?? 0)) return { result, attempts: attempt };
      pauseMs = FIRST_PAUSE_MS * 2;
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      if (holdsSince !== undefined) trace.noteForGood(`held for ${formatDuration(began - holdsSince)}, then no more`);
      holdsSince = undefined;
      if (isUnknown(thrown)) trace.unknownAttempts.push(attempt);
      const final = options.alone && thrown instanceof Unmet ? thrown.final : undefined;
      if (withinMs && final !== undefined) throw withFinal(thrown as Unmet, final);
      if (withinMs === undefined || Date.now() >= end || !mayTryAgain(step, thrown)) {
        throw withWait(thrown, withinMs, trace);
      }
    }
    const enough = holdsSince === undefined ? end : holdsSince + (modifiers.forMs ?? 0);
    await sleep(Math.min(pauseMs, Math.max(1, enough - Date.now()), LONGEST_PAUSE_MS), signal);
    pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
  }
}

/** The deadline of an attempt: what the author says, else the step's own, cut to what `within` leaves. */
function attemptMs({ step, modifiers }: AttemptOptions, end: number | undefined): number {
  const fallback = end !== undefined && step.retry === 'always' && step.name !== 'expect' ? ATTEMPT_MS : step.timeoutMs;
  const wanted = modifiers.timeoutMs ?? fallback;
  if (end === undefined) return wanted;
  const shortest = step.name === 'expect' ? LOOK_MS : LAST_MS;
  return Math.max(Math.min(wanted, end - Date.now()), Math.min(wanted, shortest));
}

async function attemptOnce(options: AttemptOptions, timeoutMs: number): Promise<StepResult | undefined> {
  const { matcher, trace } = options;
  let result: StepResult | undefined;
  try {
    result = (await options.run(timeoutMs)) ?? undefined;
  } catch (thrown) {
    if (!matcher || !(thrown instanceof EtcdSaid)) throw thrown;
    if (!saidMatches(thrown.said, matcher)) throw anotherError(thrown, matcher);
    trace.note(`${thrown.by} said: ${thrown.said}`);
    trace.isOutcomeUnknown = isUnknown(thrown);
    return undefined;
  }
  if (matcher) {
    throw new Unmet('it succeeded, although it had to fail', [
      { subject: 'error', expected: matcher.description, actual: 'no error: it succeeded' },
    ]);
  }
  return result;
}

function saidMatches(said: string, matcher: TextMatcher): boolean {
  return said.split('\n').some((line) => readings(line).some((text) => matcher.matches(text)));
}

function anotherError(thrown: EtcdSaid, matcher: TextMatcher): Error {
  const failure = new Unmet('it failed, but with another error', [
    { subject: 'error', expected: matcher.description, actual: `${thrown.by} said: ${thrown.said}` },
  ]);
  return Object.assign(failure, { outcome: thrown.outcome });
}

function mayTryAgain(step: Step, thrown: unknown): boolean {
  if (!(thrown instanceof EtcdSaid || thrown instanceof Unmet)) return false;
  return step.retry === 'always' || (step.retry === 'definite' && !isUnknown(thrown));
}

/** Whether the attempt may have been applied all the same; also where it failed with another error than expected. */
function isUnknown(thrown: unknown): boolean {
  return (thrown as { outcome?: string }).outcome === 'unknown';
}

/** A failure that ended a wait before its time says why. */
function withFinal(unmet: Unmet, reason: string): Unmet {
  const { message, comparisons, waitedFor } = unmet;
  if (message.includes(reason)) return unmet;
  return new Unmet(`${message}, and waiting can't change that: ${reason}`, comparisons, waitedFor, reason);
}

/** A failure after a wait says what was waited for. */
function withWait(thrown: unknown, withinMs: number | undefined, trace: StepTrace): unknown {
  if (!(thrown instanceof Unmet) || thrown.waitedFor !== undefined || !withinMs) return thrown;
  return new Unmet(thrown.message, thrown.comparisons, trace.waitingFor ?? 'it to come out as written');
}
