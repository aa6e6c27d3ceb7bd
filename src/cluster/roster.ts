/**
 * What an operator would have written down about the cluster: who was bootstrapped with which list, who was added or
 * removed since, under which peer URL. `start` works out its flags from it. Pure bookkeeping: nothing here asks etcd.
 */
import { PORTS, hostOf, url, type Security } from './security';

export interface ListEntry {
  name: string;
  peerURL: string;
}

interface Entry {
  /** Bootstrapped or added, and not removed since. */
  known: boolean;
  /** Set from `member-add` to `member-remove`: the list that its own `member-add` answered. */
  added?: ListEntry[];
  learner: boolean;
  removed: boolean;
  peerURL: string;
  /** The list that it was last started, or restored, with. */
  list?: ListEntry[];
}

export class Roster {
  private readonly entries = new Map<string, Entry>();
  /** The list of the step that bootstrapped the cluster. */
  private bootstrapList: ListEntry[] | undefined;

  constructor(
    readonly declared: readonly string[],
    private readonly security: Security,
  ) {
    for (const name of declared) {
      this.entries.set(name, { known: false, learner: false, removed: false, peerURL: this.defaultURL(name) });
    }
  }

  /** Every member that the cluster knows: bootstrapped or added, not removed. In declared order. */
  known(): string[] {
    return this.declared.filter((name) => this.entry(name).known);
  }

  isLearner(name: string): boolean {
    return this.entry(name).learner;
  }

  isRemoved(name: string): boolean {
    return this.entry(name).removed;
  }

  wasAdded(name: string): boolean {
    return this.entry(name).added !== undefined;
  }

  /** Under which peers reach it. A name that only stands for a member (`$victim`) is a host name as well. */
  peerURL(name: string): string {
    return this.entries.get(name)?.peerURL ?? this.defaultURL(name);
  }

  /** The list and state that an operator would start this member with. */
  startArguments(name: string): { list: ListEntry[]; state: 'new' | 'existing' } {
    const entry = this.entry(name);
    if (entry.added) return { list: entry.added, state: 'existing' };
    return { list: entry.list ?? this.bootstrapList ?? this.fullList(), state: 'new' };
  }

  /** Names with their peer URLs. */
  listOf(names: readonly string[]): ListEntry[] {
    return names.map((name) => ({ name, peerURL: this.peerURL(name) }));
  }

  fullList(): ListEntry[] {
    return this.listOf(this.declared);
  }

  /** The member was started as it is said here: a start with state new bootstraps every name in its list. */
  started(name: string, start: { list: ListEntry[]; state: 'new' | 'existing'; peerURL: string }): void {
    const entry = this.entry(name);
    entry.peerURL = start.peerURL;
    entry.list = start.list;
    if (entry.added || entry.removed || start.state !== 'new') return;
    this.bootstrapList ??= start.list;
    for (const listed of start.list) {
      const member = this.entries.get(listed.name);
      if (member && !member.removed) member.known = true;
    }
  }

  /** What `undo` goes back to. */
  mark(): RosterMark {
    const entries = [...this.entries].map(([name, entry]) => [name, { ...entry }] as const);
    return { entries, bootstrapList: this.bootstrapList };
  }

  /** A start was refused: the roster is what it was before. */
  undo(before: RosterMark): void {
    for (const [name, entry] of before.entries) this.entries.set(name, { ...entry });
    this.bootstrapList = before.bootstrapList;
  }

  added(name: string, answer: { list: ListEntry[]; learner: boolean; peerURL: string }): void {
    Object.assign(this.entry(name), {
      known: true,
      removed: false,
      added: answer.list,
      learner: answer.learner,
      peerURL: answer.peerURL,
    });
  }

  removed(name: string): void {
    Object.assign(this.entry(name), { known: false, removed: true, added: undefined, learner: false });
  }

  promoted(name: string): void {
    this.entry(name).learner = false;
  }

  updated(name: string, peerURL: string): void {
    this.entry(name).peerURL = peerURL;
  }

  /** The member's data now comes from a snapshot, whose cluster is this list. */
  restored(name: string, list: ListEntry[]): void {
    Object.assign(this.entry(name), { known: true, removed: false, added: undefined, learner: false, list });
    this.bootstrapList = list;
  }

  /** After `--force-new-cluster` the cluster knows this member alone, and its later starts are with itself alone. */
  forcedNew(survivor: string): void {
    for (const [name, entry] of this.entries) {
      entry.known = name === survivor;
      entry.learner = false;
      if (name !== survivor) entry.added = undefined;
    }
    const list = this.listOf([survivor]);
    Object.assign(this.entry(survivor), { removed: false, list });
    this.bootstrapList = list;
  }

  /** The declared member behind a peer URL: by the URL itself, else by its host name. */
  nameOf(peerURL: string): string | undefined {
    for (const [name, entry] of this.entries) if (entry.peerURL === peerURL) return name;
    const host = hostOf(peerURL);
    return host !== undefined && this.entries.has(host) ? host : undefined;
  }

  private defaultURL(name: string): string {
    return url(this.security, name, PORTS.peer);
  }

  private entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (!entry) throw new Error(`undeclared member ${name}`);
    return entry;
  }
}

/** The whole roster before a start that may be refused. */
export interface RosterMark {
  readonly entries: readonly (readonly [string, Readonly<Entry>])[];
  readonly bootstrapList: ListEntry[] | undefined;
}
