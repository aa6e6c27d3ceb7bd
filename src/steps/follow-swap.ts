/** What can be known of `upgrade` and `downgrade` by reading alone. */
import { basename } from 'node:path';
import { atLeast, minorOf } from '../cluster/version';
import type { SenseRule } from '../rules-of-sense';
import type { DrillState } from './drill-state';
import type { Selector } from './select';
import { mergeFlags } from './start-spec';
import {
  minorsBetween,
  whyFlagsLost,
  whyNoDowngrade,
  whyNoDowngradeRequest,
  whyNoUpgrade,
  whySkipped,
  type MemberVersion,
} from './version-change';

export interface FollowedSwap {
  member: Selector;
  to: string;
  flags?: Readonly<Record<string, string | null>>;
  skipMinor?: boolean;
}

export function followUpgrade(args: FollowedSwap, state: DrillState, fails: boolean): void {
  const { to, skipMinor = false } = args;
  const chosen = chosenBy(args.member, state);
  const isRefused = tell('wrong-direction', state, chosen, (version) => whyNoUpgrade(version, to));
  if (!isRefused && !skipMinor) tell('skipped-minor', state, chosen, (version) => whySkipped([version], to));
  if (!fails) {
    tellLostFlags(args, chosen, state);
    tellHistory(to, chosen, state);
  } else if (!isRefused) tellSeveralRefused(args, chosen, state);
  swapped(args, state, fails);
}

/** With `expectError` one member is swapped; those that have the version already are left alone. */
function tellSeveralRefused({ to }: FollowedSwap, { members, certain }: Chosen, state: DrillState): void {
  const versions = members.map((member) => state.specOf(member)?.version);
  if (!certain || versions.filter((version) => version !== undefined && version !== to).length < 2) return;
  const message = '`upgrade` with `expectError` takes one member, so that it is clear who has to be refused';
  state.problem('several-members', '/member', message, 'write a step for each');
}

/** From 3.5.20 on a promotion is written to the store that 3.6 reads (incidents.md, 19557). */
const PROMOTIONS_WRITTEN = '3.5.20';

/** A restore makes a new member list: what 3.6 makes of the old one is not shown by an upgrade of restored members. */
function tellHistory(to: string, { members }: Chosen, state: DrillState): void {
  if (!atLeast(to, '3.6')) return;
  const [old] = members.flatMap((member) => {
    const [file, spec] = [state.outsideFileOf(member), state.specOf(member)];
    return file !== undefined && spec && !atLeast(spec.version, PROMOTIONS_WRITTEN)
      ? [{ file, version: spec.version }]
      : [];
  });
  if (!old) return;
  const { file, version } = old;
  const message =
    `the member list of the cluster that ${basename(file)} is from is not rehearsed: where it has two members that were ` +
    `learners once, etcd ${minorOf(to)} refuses to start on data of ${version}, "too many learner members in cluster" ` +
    '(scenarios/upgrade/incidents/promoted-learners.yaml)';
  const hint =
    `before ${minorOf(to)}, run every member on 3.5.20 or later and start each once more there, as promoted-learners-cure.yaml ` +
    'does; docs/upgrades.md says what else a rehearsal does not cover';
  state.problem('history-not-rehearsed', '/to', message, hint);
}

export function followDowngrade(args: FollowedSwap, state: DrillState, fails: boolean): void {
  const chosen = chosenBy(args.member, state);
  const isRefused = tell('wrong-direction', state, chosen, (version) => whyNoDowngrade(version, args.to));
  if (!isRefused) followRequest(state, (version) => minorsBetween(version, args.to) !== 0);
  if (!fails) tellLostFlags(args, chosen, state);
  swapped(args, state, fails);
}

/** Says why no request can be sent where nobody that runs knows it; and only where one would be needed. */
export function followRequest(state: DrillState, isNeeded: (version: string) => boolean = () => true): void {
  const up = state.members.filter((member) => state.isUp(member) !== false);
  const reasons = up.map((member) => {
    const spec = state.specOf(member);
    return spec && isNeeded(spec.version) ? whyNoDowngradeRequest({ member, version: spec.version }) : undefined;
  });
  const [first] = reasons;
  if (first !== undefined && reasons.every((reason) => reason !== undefined))
    state.problem('no-downgrade-request', '', first);
}

interface Chosen {
  /** Those that are meant, or among whom they are. */
  members: readonly string[];
  /** Whether it is all of them: `leader` and its like show who only while running. */
  certain: boolean;
}

function chosenBy(selector: Selector, state: DrillState): Chosen {
  const named = state.named(selector);
  const members = named ?? state.members.filter((member) => state.isUp(member) !== false);
  if (selector !== 'all') return { members, certain: named !== undefined };
  return { members: members.filter((member) => state.isUp(member) === true), certain: true };
}

/** What is wrong with one that is certainly meant, or with each of those among whom it is; whether anything is. */
function tell(
  rule: SenseRule,
  state: DrillState,
  { members, certain }: Chosen,
  why: (version: MemberVersion) => string | undefined,
): boolean {
  const reasons = members.map((member) => {
    const spec = state.specOf(member);
    return spec && why({ member, version: spec.version });
  });
  const [first] = reasons.filter((reason) => reason !== undefined);
  if (first === undefined || !(certain || reasons.every((reason) => reason !== undefined))) return false;
  state.problem(rule, '/to', first);
  return true;
}

/** Flags that the step itself sets are looked at where they stand. */
function tellLostFlags({ to, flags = {} }: FollowedSwap, { members, certain }: Chosen, state: DrillState): void {
  if (!certain) return;
  const dropped = Object.fromEntries(Object.keys(flags).map((name) => [name, null]));
  const kept = members.flatMap((member) => {
    const spec = state.specOf(member);
    return spec ? [[member, mergeFlags(spec.flags, dropped)] as const] : [];
  });
  const lost = whyFlagsLost(new Map(kept), to, state.flagPlaces);
  if (lost !== undefined) state.problem('lost-flags', '/to', lost.message, lost.cure);
}

function swapped({ member, to, flags = {} }: FollowedSwap, state: DrillState, fails: boolean): void {
  const named = state.named(member);
  if (fails) return (named ?? state.members).forEach((one) => state.mayHaveStarted(one));
  if (!named) return state.members.forEach((one) => state.forgetSpec(one));
  for (const one of named) {
    const before = state.specOf(one);
    if (member === 'all' && state.isUp(one) !== true) continue;
    if (before) state.started(one, { ...state.specFor(one, { version: to }), flags: mergeFlags(before.flags, flags) });
    else if (state.isUp(one) !== true) state.mayHaveStarted(one);
  }
}
