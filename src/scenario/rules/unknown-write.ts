/** Reads that depend on a write of which nobody knows whether it was applied. */
import { textMatcher } from '../../match';
import type { DrillState } from '../../steps/drill-state';
import type { LoadedStep } from '../scenario';
import { covers, keysRead, keysWritten, overlap, type Keys } from '../step-keys';
import { argument, textOf, type RuleVisit } from './visit';

/**
 * What clients hear of a request whose outcome is unknown, on 3.3 to 3.7. Without a quorum the leader keeps the entry in its
 * log, and applies it once the quorum is back.
 */
const UNKNOWN_OUTCOMES = [
  'context deadline exceeded',
  'deadline exceeded',
  'etcdserver: request timed out',
  'etcdserver: request timed out, possibly due to previous leader failure',
  'etcdserver: request timed out, possibly due to connection lost',
];

/** The arguments of `get` with which it compares what a key holds. */
const COMPARED_BY_GET = ['value', 'absent', 'count', 'hash', 'maxModRevision', 'lease'];

interface UnknownWrite extends Keys {
  line: number;
  action: string;
  /** Those that may have the entry in their log: they ran when it was sent. */
  heldBy: readonly string[];
}

/** The writes of unknown outcome before each step, for each walk through a scenario. */
const UNKNOWN = new WeakMap<DrillState, UnknownWrite[]>();

export function unknownWrite(visit: RuleVisit): void {
  const { step, state } = visit;
  // In `parallel` the order is open.
  if (!state.ordered) return;
  const open = (UNKNOWN.get(state) ?? []).filter((one) => mayStillBeApplied(one, step, state));
  UNKNOWN.set(state, open);
  const written = keysWritten(step);
  if (written.length > 0) {
    if (mayBeUnknown(step)) {
      const heldBy = state.members.filter((member) => state.isUp(member) !== false);
      const { line } = step.place;
      open.push(...written.map((keys) => ({ ...keys, line, action: step.step.name, heldBy })));
    } else if (step.modifiers.expectError === undefined && step.step.name !== 'txn') {
      // The log has an order: what is acknowledged later is applied later.
      UNKNOWN.set(
        state,
        open.filter((one) => !written.some((keys) => covers(keys, one))),
      );
    }
    return;
  }
  const read = readBy(visit);
  const found = read && open.find((one) => overlap(read, one));
  if (!found) return;
  const message = `whether the \`${found.action}\` in line ${found.line} was applied is unknown here: this read may find either state of "${found.key}"`;
  const hint = `write "${found.key}" again before you read it, or use another key in line ${found.line}`;
  visit.tell('unknown-write', '', message, hint);
}

/** False once the entry is gone: nobody who may have it has data, or the log was cut or replaced. */
function mayStillBeApplied({ heldBy }: UnknownWrite, step: LoadedStep, state: DrillState): boolean {
  if (step.step.name === 'restore') return false;
  if (step.step.name === 'start' && textOf(step, 'forceNewCluster') === 'true') return false;
  return heldBy.some((member) => state.hasData(member) !== false);
}

function mayBeUnknown({ modifiers: { expectError } }: LoadedStep): boolean {
  if (expectError === undefined) return false;
  const matcher = textMatcher(expectError);
  return UNKNOWN_OUTCOMES.some((text) => matcher.matches(text));
}

/** The keys whose values this step compares; undefined where the outcome of a write makes no difference. */
function readBy({ step, state }: RuleVisit): Keys | undefined {
  if (step.modifiers.expectError !== undefined) return undefined;
  if (!COMPARED_BY_GET.some((key) => argument(step, key) !== undefined)) return undefined;
  // At one revision, or without a quorum, nothing is applied meanwhile.
  if (argument(step, 'revision') !== undefined) return undefined;
  const cluster = state.clusters.sole();
  if (cluster && state.lacksQuorum(cluster)) return undefined;
  return keysRead(step)[0];
}
