/** Runs the steps of a case, one after the other or side by side, and tells what they do. */
import { setMaxListeners } from 'node:events';
import type { Call } from '../cluster/client';
import type { Cluster } from '../cluster/cluster';
import { Unmet } from '../errors';
import type { EventBody, StepRef } from '../events';
import { textMatcher } from '../match';
import { shortageBehind } from '../shortage';
import { allSteps, fromNested, type LoadedStep, type Scope } from '../scenario/scenario';
import type { RunStepsOptions, StepContext, StepNotDone } from '../steps/context';
import { redactedSecret, type Secrecy } from '../steps/secrecy';
import type { BoundStep, StepResult } from '../steps/step';
import { attemptUntilRight } from './attempts';
import { collectedText, cut } from './collected';
import { StepFailed, stepFailure, verdictOf, type LogPath } from './failure';
import { StepTrace } from './trace';
import { UnknownWrites } from './unknown-writes';

/** How much longer than its deadline an attempt may take to say so itself, before it is cut off. */
const GRACE_MS = 500;

type WithoutCase<Event> = Event extends unknown ? Omit<Event, 'case'> : never;
type StepEvent = WithoutCase<Extract<EventBody, { type: `step-${string}` }>>;

export interface StepRunnerOptions {
  caseId: string;
  version: string;
  flags: Readonly<Record<string, string>>;
  cluster: Cluster;
  secrecy: Secrecy;
  /** The values of secret variables, by environment variable. */
  secrets: ReadonlyMap<string, string>;
  /** Throws where what a step saw may be the doing of a lost engine. */
  confirm: () => Promise<void>;
  emit: (body: EventBody) => void;
  logOf: LogPath;
  /** A file that a step writes; `round` counts from 1. Undefined where no reports are written. */
  recordOf: (stepId: string, round: number, name: string) => { path: string; shown: string } | undefined;
}

/** What goes on around a step. */
interface Around {
  /** The round of the innermost `repeat`, from 0. */
  repeatIndex?: number;
  /** The rounds of all of them, from 1, the outermost first. */
  rounds: readonly number[];
  /** No step runs beside it. */
  alone: boolean;
  /** Clients write meanwhile. */
  underLoad: boolean;
  /** Where it is not decided yet whether a failure counts: what tells of it, once that is known. */
  undecided?: ((excused: boolean) => void)[];
}

const OUTERMOST: Around = { rounds: [], alone: true, underLoad: false };

export class StepRunner {
  private readonly results = new Map<string, unknown>();
  private readonly skipped = new Set<string>();
  private readonly unknownWrites = new UnknownWrites();
  /** How often a step has asked for a file. */
  private readonly records = new Map<string, number>();

  constructor(private readonly options: StepRunnerOptions) {}

  /** One after the other, until one fails. Throws StepFailed. */
  async runAll(steps: readonly LoadedStep[], signal: AbortSignal, around = OUTERMOST): Promise<void> {
    for (const step of steps) await this.runOne(step, signal, around);
  }

  /** Side by side: all end, the first failure is thrown. */
  private async runParallel(steps: readonly LoadedStep[], signal: AbortSignal, around: Around): Promise<void> {
    const beside = { ...around, alone: around.alone && steps.length === 1 };
    let first: { thrown: unknown } | undefined;
    await Promise.all(
      steps.map((step) =>
        this.runOne(step, signal, beside).catch((thrown: unknown) => {
          first ??= { thrown };
        }),
      ),
    );
    if (first) throw first.thrown;
  }

  /** Runs one step and tells of it. Throws StepFailed. */
  async runOne(step: LoadedStep, signal: AbortSignal, around = OUTERMOST): Promise<void> {
    const { repeatIndex } = around;
    const { when, as } = step.modifiers;
    if (when && !when.holds(this.options.version)) {
      for (const { modifiers } of allSteps([step])) if (modifiers.as !== undefined) this.skipped.add(modifiers.as);
      this.tellSkipped(step, `only for etcd ${when.range}`, around);
      return;
    }
    const trace = new StepTrace();
    const began = Date.now();
    let attempts = 1;
    let ref = this.refOf(step, undefined, around);
    let told = false;
    let result: StepResult | undefined;
    try {
      signal.throwIfAborted();
      const scope = this.scopeOf(repeatIndex);
      const bound = this.bind(step, scope);
      ref = this.refOf(step, this.sentenceOf(step, bound, scope), around);
      this.emit({ type: 'step-started', step: ref });
      told = true;
      const done = await attemptUntilRight({
        step: step.step,
        modifiers: step.modifiers,
        matcher: step.modifiers.expectError === undefined ? undefined : textMatcher(step.modifiers.expectError),
        signal,
        trace,
        alone: around.alone,
        run: (timeoutMs) => this.attempt(step, bound, { trace, timeoutMs, signal, around, ref }),
        onAttempt: (attempt) => (attempts = attempt),
      });
      // A text that was expected may be that of a member which somebody has just killed.
      if (step.modifiers.expectError !== undefined && !signal.aborted) await this.options.confirm();
      if (trace.isOutcomeUnknown) this.unknownWrites.add(step, ref);
      result = done.result;
      if (as !== undefined) this.results.set(as, result ?? {});
    } catch (thrown) {
      // A step that fails before it can run, for want of a result, has begun all the same.
      if (!told) this.emit({ type: 'step-started', step: ref });
      const durationMs = Date.now() - began;
      const cause = this.withUnknownWrite(await this.causeOf(thrown, signal), step);
      const { cluster, logOf } = this.options;
      const failure =
        cause instanceof StepFailed
          ? cause.failure
          : this.options.secrecy.scrub(stepFailure(cause, step, ref, { trace, durationMs, attempts, cluster, logOf }));
      const status = verdictOf(failure) === 'interrupted' ? 'interrupted' : 'failed';
      const tell = (excused: boolean): void => this.tellFinished(ref, status, { trace, durationMs, attempts, excused });
      if (around.undecided) around.undecided.push(tell);
      else tell(false);
      throw new StepFailed(failure);
    }
    this.tellFinished(ref, 'passed', { trace, durationMs: Date.now() - began, attempts, result });
  }

  /** A failed comparison, with the earlier write that may be its reason. */
  private withUnknownWrite(cause: unknown, step: LoadedStep): unknown {
    const why = cause instanceof Unmet && cause.comparisons.length > 0 ? this.unknownWrites.explain(step) : undefined;
    if (why === undefined) return cause;
    const { message, comparisons, waitedFor } = cause as Unmet;
    return new Unmet(`${message}; ${why}`, comparisons, waitedFor);
  }

  private scopeOf(repeatIndex: number | undefined): Scope {
    return { results: this.results, skipped: this.skipped, repeatIndex, secrets: this.options.secrets };
  }

  /** Throws Unmet for a result that does not fit; what it is stays untold where values are hidden. */
  private bind(step: LoadedStep, scope: Scope): BoundStep {
    try {
      return step.bind(scope);
    } catch (thrown) {
      if (!(thrown instanceof Unmet) || !this.options.secrecy.hidesValues) throw thrown;
      throw new Unmet(`a result of an earlier step does not fit in \`${step.step.name}\` (--show-values says how)`);
    }
  }

  /** What a person would say of it, without the values of results that must not be shown. */
  private sentenceOf(step: LoadedStep, bound: BoundStep, scope: Scope): string {
    const { secrecy, secrets } = this.options;
    if (!secrecy.hidesValues && secrets.size === 0) return bound.sentence();
    // A sentence cuts long values: a secret is replaced before, or a part of it would be left.
    const names = new Map([...secrets.keys()].map((env) => [env, redactedSecret(env)]));
    const results = secrecy.hidesValues ? secrecy.veil(scope.results) : secrecy.scrub(scope.results);
    try {
      return step.bind({ ...scope, results, secrets: names }).sentence();
    } catch {
      return step.step.name;
    }
  }

  /** What ended the step: an interruption, the deadline or the engine go before what the step itself made of it. */
  private async causeOf(thrown: unknown, signal: AbortSignal): Promise<unknown> {
    if (thrown instanceof StepFailed) return thrown;
    if (!signal.aborted) {
      try {
        await this.options.confirm();
      } catch (gone) {
        return gone;
      }
    }
    return signal.aborted ? signal.reason : thrown;
  }

  private async attempt(
    step: LoadedStep,
    bound: BoundStep,
    about: { trace: StepTrace; timeoutMs: number; signal: AbortSignal; around: Around; ref: StepRef },
  ): Promise<StepResult | void> {
    const { timeoutMs, trace } = about;
    const limit = new AbortController();
    const timer =
      timeoutMs === 0
        ? undefined
        : setTimeout(
            () => limit.abort(new Unmet('it did not end by its deadline', [], trace.waitingFor)),
            timeoutMs + GRACE_MS,
          );
    // Every call under way listens to it, and stops when it ends: no leak to warn of.
    const signal = AbortSignal.any([about.signal, limit.signal]);
    setMaxListeners(0, signal);
    try {
      return await bound.run(this.contextFor(step, { ...about, signal }));
    } catch (thrown) {
      throw shortageBehind(thrown) ?? thrown;
    } finally {
      clearTimeout(timer);
    }
  }

  private contextFor(
    step: LoadedStep,
    about: { trace: StepTrace; timeoutMs: number; signal: AbortSignal; around: Around; ref: StepRef },
  ): StepContext {
    const { trace, timeoutMs, signal, around } = about;
    const { cluster, version, flags, secrecy } = this.options;
    const end = Date.now() + timeoutMs;
    const left = (): number => Math.max(0, end - Date.now());
    const { expectError, as } = step.modifiers;
    return {
      cluster,
      version,
      flags,
      secrecy,
      signal,
      timeoutMs,
      expectError: expectError === undefined ? undefined : textMatcher(expectError),
      alone: around.alone,
      underLoad: around.underLoad,
      keepsResult: as !== undefined,
      left,
      call: (atMostMs): Call => ({ timeoutMs: callMs(timeoutMs, left(), atMostMs), signal }),
      note: (text) => trace.note(text),
      remark: (text) => trace.remark(text),
      printed: (text) => (trace.output = cut(secrecy.scrub(text))),
      waitingFor: (what) => {
        if (trace.waitingFor === what) return;
        trace.waitingFor = what;
        this.emit({ type: 'step-waiting', step: about.ref.id, waitingFor: what });
      },
      resolved: (selector, members) => trace.resolve(selector, members),
      concerns: (...members) => members.forEach((member) => trace.concerned.add(member)),
      recordFile: (name) => {
        const round = (this.records.get(step.id) ?? 0) + 1;
        this.records.set(step.id, round);
        return this.options.recordOf(step.id, round, name);
      },
      tellWorkload: (figures) =>
        this.options.emit({
          type: 'workload-finished',
          case: this.options.caseId,
          step: step.id,
          figures: secrecy.scrub(figures),
        }),
      look: (expect, options) =>
        this.look(fromNested(expect)[0], { ...about, around: within(around, options) }, options),
      runSteps: (steps, options = {}) => {
        const inside = within(around, options);
        const nested = fromNested(steps);
        return options.parallel ? this.runParallel(nested, signal, inside) : this.runAll(nested, signal, inside);
      },
      trySteps: (steps, options) => this.tryAll(fromNested(steps), signal, within(around, options)),
    };
  }

  /** Runs steps one after the other, and leaves it to the block whether a step that could not be done counts. */
  private async tryAll(
    steps: readonly LoadedStep[],
    signal: AbortSignal,
    around: Around,
  ): Promise<StepNotDone | undefined> {
    const undecided: ((excused: boolean) => void)[] = [];
    const decide = (excused: boolean): void => {
      for (const tell of undecided) {
        if (around.undecided) around.undecided.push((later) => tell(excused || later));
        else tell(excused);
      }
    };
    try {
      await this.runAll(steps, signal, { ...around, undecided });
      return undefined;
    } catch (thrown) {
      const failure = thrown instanceof StepFailed ? thrown.failure : undefined;
      const isOpen = failure?.kind === 'expectation' && failure.comparisons.length === 0 && !signal.aborted;
      if (!isOpen) {
        decide(false);
        throw thrown;
      }
      return {
        step: failure.step?.id ?? '',
        message: failure.message,
        excuse: () => decide(true),
        fail: () => {
          decide(false);
          throw thrown;
        },
      };
    }
  }

  /** Looks at a block's `expect` on behalf of the block: no step of its own, so that not holding yet is no failure. */
  private async look(
    step: LoadedStep | undefined,
    about: { trace: StepTrace; signal: AbortSignal; ref: StepRef; around: Around },
    { withinMs = 0 }: { withinMs?: number },
  ): Promise<Unmet | undefined> {
    if (!step) throw new Error('a block looks at nothing');
    const { signal, ref, trace, around } = about;
    const bound = this.bind(step, this.scopeOf(around.repeatIndex));
    try {
      await attemptUntilRight({
        step: step.step,
        modifiers: { ...step.modifiers, withinMs: step.modifiers.withinMs ?? withinMs },
        matcher: undefined,
        signal,
        trace: new StepTrace(),
        alone: around.alone,
        run: (timeoutMs) => this.attempt(step, bound, { trace, timeoutMs, signal, around, ref }),
        onAttempt: () => undefined,
      });
      return undefined;
    } catch (thrown) {
      const cause = await this.causeOf(thrown, signal);
      if (cause instanceof Unmet) return cause;
      throw cause;
    }
  }

  /** A result as reports may show it. */
  private shownResult(result: StepResult | undefined): StepResult | undefined {
    const { secrecy } = this.options;
    const veiled = secrecy.hidesValues ? secrecy.veil(new Map([['it', result]])).get('it') : result;
    return veiled === undefined ? undefined : secrecy.scrub(veiled as StepResult);
  }

  private refOf(step: LoadedStep, sentence: string | undefined, { rounds }: Around): StepRef {
    return {
      id: step.id,
      phase: step.phase,
      action: step.step.name,
      sentence: step.modifiers.name ?? sentence ?? step.step.name,
      place: step.place,
      ...(rounds.length > 0 ? { rounds: [...rounds] } : {}),
      ...(step.usedAt.length > 0 ? { usedAt: step.usedAt } : {}),
    };
  }

  private tellSkipped(step: LoadedStep, reason: string, around: Around): void {
    const ref = this.refOf(step, undefined, around);
    const nothing = { durationMs: 0, attempts: 0, resolved: [], notes: [reason] };
    this.emit({ type: 'step-finished', step: ref, status: 'skipped', ...nothing });
  }

  private tellFinished(
    step: StepRef,
    status: 'passed' | 'failed' | 'interrupted',
    told: { trace: StepTrace; durationMs: number; attempts: number; result?: StepResult; excused?: boolean },
  ): void {
    const { trace, durationMs, attempts, result, excused } = told;
    const collected = step.phase === 'onFailure' ? collectedText(this.shownResult(result)) : undefined;
    this.emit({
      type: 'step-finished',
      step,
      status,
      durationMs,
      attempts,
      resolved: trace.resolved,
      notes: trace.notes(attempts),
      ...(excused ? { excused: true } : {}),
      ...(trace.remarks.length === 0 ? {} : { remarks: trace.remarks }),
      ...(status === 'passed' && trace.output && collected === undefined ? { output: trace.output } : {}),
      ...(collected === undefined ? {} : { collected }),
    });
  }

  private emit(body: StepEvent): void {
    this.options.emit({ ...this.options.secrecy.scrub(body), case: this.options.caseId });
  }
}

/** What goes on around the steps of a block. */
function within(around: Around, { index, underLoad }: Pick<RunStepsOptions, 'index' | 'underLoad'>): Around {
  return {
    ...around,
    underLoad: around.underLoad || underLoad === true,
    ...(index === undefined ? {} : { repeatIndex: index, rounds: [...around.rounds, index + 1] }),
  };
}

/** A call has what is left of the attempt; the whole deadline where it just began, so that messages say it as written. */
function callMs(timeoutMs: number, leftMs: number, atMostMs: number | undefined): number {
  const own = timeoutMs - leftMs < 100 ? timeoutMs : Math.max(1, leftMs);
  return Math.min(own, atMostMs ?? own);
}
