/** A case that is known to fail: whether it did, and for the reason that its drill gives. */
import { complaints, readings } from '../cluster/log';
import type { Cluster } from '../cluster/cluster';
import type { Failure, KnownFailure } from '../events';
import { textMatcher, type TextMatcher } from '../match';
import type { KnownFailing } from '../scenario/known-failing';
import { codeFrame, type SourceFile } from '../source';

export interface Judged {
  /** What makes the case red; null where nothing does. */
  failure: Failure | null;
  /** The failure that was to come, and came. */
  known?: KnownFailure;
}

/** What a case's steps came to, in the light of what its drill knows to fail. */
export function judge(
  known: KnownFailing | undefined,
  failure: Failure | null,
  about: { source: SourceFile; version: string; cluster: Cluster; finallyFailed: boolean },
): Judged {
  // A broken environment says nothing about etcd, and what `finally` met is nobody's known failure.
  if (!known || about.finallyFailed || (failure && failure.kind !== 'expectation')) return { failure };
  const on = `etcd ${known.version ?? about.version}${known.issue === undefined ? '' : ` (${known.issue})`}`;
  if (failure === null) return { failure: passedAllTheSame(known, on, about.source) };
  const matcher = textMatcher(known.because);
  const said = findReason(failure, matcher, about.cluster);
  if (said === undefined) return { failure: anotherReason(failure, matcher, on) };
  const { range, issue } = known;
  return { failure: null, known: { range, because: matcher.description, issue, said, failure } };
}

function passedAllTheSame({ range, place }: KnownFailing, on: string, source: SourceFile): Failure {
  return {
    kind: 'expectation',
    message: `it is known to fail on ${on}, and it passed: the defect is gone, or the drill no longer shows it`,
    cure: `run it again with --repeat; if it stays so, \`knownFailing\` should not say "${range}"`,
    frame: codeFrame(source, place, { before: 1, after: 2 }),
    comparisons: [],
    resolved: [],
    logs: [],
  };
}

function anotherReason(failure: Failure, matcher: TextMatcher, on: string): Failure {
  const reason = { subject: 'what it is known to fail with', expected: matcher.description, actual: failure.message };
  return {
    ...failure,
    message: `it fails, as it is known to on ${on}, but not for the reason that is given: ${failure.message}`,
    comparisons: [...failure.comparisons, reason],
  };
}

/** The text that the reason was found in: the failure's own, else a line of the logs that it concerns. */
function findReason(failure: Failure, matcher: TextMatcher, cluster: Cluster): string | undefined {
  const own = ownTexts(failure).find((text) => text.split('\n').some((line) => linesMatch(line, matcher)));
  if (own !== undefined) return own;
  for (const { member, incarnation } of failure.logs) {
    const process = cluster.incarnations(member).find((one) => one.incarnation === incarnation);
    // An info line says what a process does every day: it is no reason for a failure.
    for (const line of complaints(process?.log.lines ?? [])) {
      // The decoded texts of a JSON line come last, and are what a person wants to read.
      const said = readings(line).findLast((text) => matcher.matches(text));
      if (said !== undefined) return `${member} logged: ${said}`;
    }
  }
  return undefined;
}

function ownTexts({ message, comparisons, logs }: Failure): string[] {
  return [
    message,
    ...comparisons.map(({ subject, expected, actual }) => `${subject}: expected ${expected}; actual ${actual}`),
    ...logs.map(({ member, state }) => `${member} ${state}`),
  ];
}

function linesMatch(line: string, matcher: TextMatcher): boolean {
  return readings(line).some((text) => matcher.matches(text));
}
