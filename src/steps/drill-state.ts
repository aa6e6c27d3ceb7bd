/**
 * What is known about a drill at a point of its file, by reading alone, for one version: who is up and on what, who has
 * data, who is in the member list, which snapshots were taken. Steps tell what they change, and report what can't be
 * right; what is not certain is `undefined`, and nobody complains. The runbook is written along the same walk.
 */
import type { StartSpec } from '../cluster/cluster';
import { Roster } from '../cluster/roster';
import { PLAIN } from '../cluster/security';
import type { SenseRule } from '../rules-of-sense';
import { startSpec, type StartWishes } from './start-spec';
import type { ArgumentProblem } from './step';

export interface DrillFacts {
  members: readonly string[];
  /** The version that the scenario is given. */
  version: string;
  /** The flags of the scenario, for every member. */
  flags: Readonly<Record<string, string>>;
}

interface MemberFacts {
  up: boolean | undefined;
  data: boolean | undefined;
  /** How it was started the last time, as far as that is certain. */
  spec: StartSpec | undefined;
}

export class DrillState {
  readonly members: readonly string[];
  readonly version: string;
  readonly flags: Readonly<Record<string, string>>;
  /** The member list as an operator would have written it down. Not to be trusted where `listIsCertain` is false. */
  readonly roster: Roster;
  private readonly facts = new Map<string, MemberFacts>();
  private readonly snapshots = new Set<string>();
  /** Inside of `parallel` the order is open: nothing about quorums can be said there. */
  ordered = true;
  /** Whether the member list is what the roster says: a change to somebody chosen while running makes it open. */
  listIsCertain = true;

  constructor(
    drill: DrillFacts,
    private readonly report: (problem: ArgumentProblem) => void,
  ) {
    this.members = drill.members;
    this.version = drill.version;
    this.flags = drill.flags;
    this.roster = new Roster(drill.members, PLAIN);
    for (const member of drill.members) this.facts.set(member, { up: false, data: false, spec: undefined });
  }

  problem(rule: SenseRule, pointer: string, message: string, hint?: string): void {
    this.report({ rule, pointer, message, hint });
  }

  isUp(member: string): boolean | undefined {
    return this.of(member).up;
  }

  hasData(member: string): boolean | undefined {
    return this.of(member).data;
  }

  /** How the member was started the last time; undefined where it never was, or that is not certain. */
  specOf(member: string): StartSpec | undefined {
    return this.of(member).spec;
  }

  /** The members that a selector certainly means; undefined where that shows only when it runs. */
  named(selector: string | readonly string[]): readonly string[] | undefined {
    if (selector === 'all') return this.everybody();
    const names = typeof selector === 'string' ? [selector] : selector;
    return names.every((name) => this.facts.has(name)) ? names : undefined;
  }

  /** How `start` would start the member here. */
  specFor(member: string, wishes: StartWishes): StartSpec {
    const { roster, version, flags } = this;
    return startSpec(member, wishes, { roster, version, flags, before: this.specOf(member) });
  }

  started(member: string, spec: StartSpec): void {
    Object.assign(this.of(member), { up: true, data: true, spec });
    const { initialCluster, initialClusterState: state, peerURL } = spec;
    this.roster.started(member, { list: initialCluster, state, peerURL });
    if (!spec.forceNewCluster) return;
    this.roster.forcedNew(member);
    this.listIsCertain = true;
  }

  /** It may run or not: its start was refused, in a way that only shows when it happens. */
  mayHaveStarted(member: string): void {
    Object.assign(this.of(member), { up: undefined, data: undefined });
  }

  /** How it runs is open: it may have been given another version. */
  forgetSpec(member: string): void {
    this.of(member).spec = undefined;
  }

  ended(member: string): void {
    this.of(member).up = false;
  }

  wiped(member: string): void {
    this.of(member).data = false;
  }

  restored(member: string, list: readonly string[] | undefined): void {
    this.of(member).data = true;
    this.roster.restored(member, list ? this.roster.listOf(list) : this.roster.fullList());
    this.listIsCertain = true;
  }

  added(member: string, request: { learner: boolean; peerURL: string | undefined }): void {
    const peerURL = request.peerURL ?? this.roster.peerURL(member);
    const known = new Set([...this.roster.known(), member]);
    const list = this.roster
      .listOf(this.members.filter((name) => known.has(name)))
      .map((entry) => (entry.name === member ? { name: member, peerURL } : entry));
    this.roster.added(member, { list, learner: request.learner, peerURL });
  }

  /** Its process, if it runs, ends itself; when is not known. */
  removed(member: string): void {
    this.roster.removed(member);
    const facts = this.of(member);
    if (facts.up !== false) facts.up = undefined;
  }

  hasSnapshot(name: string): boolean {
    return this.snapshots.has(name);
  }

  addSnapshot(name: string): void {
    this.snapshots.add(name);
  }

  /** From here on nothing is certain about these members, or about anybody. */
  forget(members: readonly string[] = this.members): void {
    for (const member of members) Object.assign(this.of(member), { up: undefined, data: undefined, spec: undefined });
  }

  /** From here on it is open who is in the member list. */
  forgetList(): void {
    this.listIsCertain = false;
  }

  /** `all`: whom the cluster knows, or all that are declared before there is one. Undefined where that is open. */
  private everybody(): readonly string[] | undefined {
    if (!this.listIsCertain) return undefined;
    const known = this.roster.known();
    return known.length === 0 ? this.members : known;
  }

  private of(member: string): MemberFacts {
    const facts = this.facts.get(member);
    if (!facts) throw new Error(`undeclared member ${member}`);
    return facts;
  }
}
