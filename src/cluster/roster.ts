/**
 * The membership model: which clusters there are, who is in the member list of each, whose data is of which, and how
 * each member was started. It decides the list, the state and the peer URL of every start. The engine feeds it with what
 * happens, the analysis of a scenario with what its steps say: both work out the same starts because they share it.
 * Pure bookkeeping: nothing here asks etcd.
 */
import type { StartSpec } from './cluster';
import { PORTS, hostOf, url, type Security } from './security';

export interface ListEntry {
  name: string;
  peerURL: string;
}

/** The member list of one cluster. Cluster and list never change in place: a mark may hold an older one. */
interface MemberList {
  /** What its first members were started or restored with: the same list and token make the same cluster ID. */
  readonly origin: string;
  readonly members: Map<string, { peerURL: string; learner: boolean }>;
}

interface Entry {
  /** The cluster that its data is of; undefined where it has none, or none that was ever let into a cluster. */
  cluster?: MemberList;
  /** Set from `member-add` to `member-remove`: the list that `member-add` answered, and whose list that is. */
  added?: { list: ListEntry[]; cluster: MemberList | undefined };
  removed: boolean;
  peerURL: string;
  /** The list that it was last started, or restored, with. */
  list?: ListEntry[];
  /** How it was started the last time; a refused start does not count. */
  spec?: StartSpec;
}

/** What a member change is applied to: the cluster of the member that is asked. */
interface Asked {
  /** The member that is asked; undefined where that is open. */
  asked: string | undefined;
}

export class Roster {
  private readonly entries = new Map<string, Entry>();
  /** The list of the step that made the newest cluster. */
  private bootstrapList: ListEntry[] | undefined;
  /** The clusters that were made and not replaced, oldest first. */
  private clusters: MemberList[] = [];

  constructor(
    readonly declared: readonly string[],
    private readonly security: Security,
  ) {
    for (const name of declared) {
      this.entries.set(name, { removed: false, peerURL: this.defaultURL(name) });
    }
  }

  /** Every member in the list of a cluster that somebody has data of, else of the last one. In declared order. */
  known(): string[] {
    const lists = this.current();
    return this.declared.filter((name) => lists.some(({ members }) => members.has(name)));
  }

  /** The voters of the cluster that this member's data is of, else of the newest cluster. In declared order. */
  votersWith(member: string | undefined): string[] {
    const list = this.listAsked(member);
    return this.declared.filter((name) => list?.members.get(name)?.learner === false);
  }

  isLearner(name: string): boolean {
    const own = this.entry(name).cluster?.members.get(name);
    if (own) return own.learner;
    return this.current().some(({ members }) => members.get(name)?.learner === true);
  }

  isRemoved(name: string): boolean {
    return this.entry(name).removed;
  }

  wasAdded(name: string): boolean {
    return this.addedTo(this.entry(name)) !== undefined;
  }

  /** How the member was started the last time; undefined where it never was, or only in vain. */
  specOf(name: string): StartSpec | undefined {
    return this.entries.get(name)?.spec;
  }

  /** Under which peers reach it. A name that only stands for a member (`$victim`) is a host name as well. */
  peerURL(name: string): string {
    return this.entries.get(name)?.peerURL ?? this.defaultURL(name);
  }

  /** The list and state that an operator would start this member with. */
  startArguments(name: string): { list: ListEntry[]; state: 'new' | 'existing' } {
    const entry = this.entry(name);
    const added = this.addedTo(entry);
    if (added) return { list: added, state: 'existing' };
    const known = this.known();
    // Nobody has data: the members of the last cluster make a new one together.
    if (known.includes(name) && !this.clusters.some((one) => this.isAlive(one))) {
      return { list: this.listOf(known), state: 'new' };
    }
    return { list: entry.list ?? this.bootstrapList ?? this.fullList(), state: 'new' };
  }

  /** Names with their peer URLs. */
  listOf(names: readonly string[]): ListEntry[] {
    return names.map((name) => ({ name, peerURL: this.peerURL(name) }));
  }

  fullList(): ListEntry[] {
    return this.listOf(this.declared);
  }

  /**
   * The member was started so. With state new on an empty volume it bootstraps the cluster of its list, or joins the
   * others that do; with --force-new-cluster its data becomes a cluster of its own.
   */
  started(name: string, spec: StartSpec): void {
    const entry = this.entry(name);
    Object.assign(entry, { spec, list: spec.initialCluster, peerURL: spec.peerURL });
    if (!entry.cluster) entry.cluster = this.joinedBy(name, spec);
    else if (spec.forceNewCluster) this.forcedNew(name);
    // A member on data of a cluster that was replaced brings it back.
    const { cluster } = entry;
    if (cluster?.members.has(name) && !this.clusters.includes(cluster)) this.clusters = [...this.clusters, cluster];
  }

  /** What `undo` goes back to. */
  mark(): RosterMark {
    const entries = [...this.entries].map(([name, entry]) => [name, { ...entry }] as const);
    return { entries, bootstrapList: this.bootstrapList, clusters: this.clusters };
  }

  /** A start was refused: the roster is what it was before. */
  undo(before: RosterMark): void {
    for (const [name, entry] of before.entries) this.entries.set(name, { ...entry });
    this.bootstrapList = before.bootstrapList;
    this.clusters = before.clusters;
  }

  /** The member's data was thrown away. */
  wiped(name: string): void {
    Object.assign(this.entry(name), { cluster: undefined });
  }

  /** The member was added. `answer`: the list that etcd answered; left out: worked out from the cluster that is asked. */
  added(name: string, request: Asked & { learner: boolean; peerURL: string; answer?: readonly ListEntry[] }): void {
    const { learner, peerURL, answer } = request;
    const cluster = this.change(request.asked, (members) => {
      for (const one of answer ?? []) {
        if (!members.has(one.name)) members.set(one.name, { peerURL: one.peerURL, learner: false });
      }
      members.set(name, { peerURL, learner });
    });
    const list = this.inOrder(answer ?? [...(cluster?.members ?? [])].map(([one, at]) => ({ name: one, ...at })));
    Object.assign(this.entry(name), { removed: false, added: { list, cluster }, peerURL });
  }

  removed(name: string, { asked }: Asked): void {
    this.change(asked ?? name, (members) => members.delete(name));
    Object.assign(this.entry(name), { removed: true, added: undefined });
  }

  promoted(name: string, { asked }: Asked): void {
    this.change(asked ?? name, (members) => {
      const member = members.get(name);
      if (member) members.set(name, { ...member, learner: false });
    });
  }

  updated(name: string, peerURL: string, { asked }: Asked): void {
    this.change(asked ?? name, (members) => {
      const member = members.get(name);
      if (member) members.set(name, { ...member, peerURL });
    });
    this.entry(name).peerURL = peerURL;
  }

  /** The member's data now comes from a snapshot, whose cluster is this list. `source`: which snapshot, which token. */
  restored(name: string, { list, source }: { list: ListEntry[]; source: string }): void {
    const cluster = this.made(`restored ${source} ${listText(list)}`, list);
    Object.assign(this.entry(name), { cluster, removed: false, added: undefined, list });
  }

  /** The declared member behind a peer URL: by the URL itself, else by its host name. */
  nameOf(peerURL: string): string | undefined {
    for (const [name, entry] of this.entries) if (entry.peerURL === peerURL) return name;
    const host = hostOf(peerURL);
    return host !== undefined && this.entries.has(host) ? host : undefined;
  }

  /** The cluster that a first start on an empty volume joins or makes; undefined where it joins none. */
  private joinedBy(name: string, spec: StartSpec): MemberList | undefined {
    const { initialCluster, initialClusterState, initialClusterToken = '' } = spec;
    if (initialClusterState === 'new') {
      const cluster = this.made(`new ${initialClusterToken} ${listText(initialCluster)}`, initialCluster);
      // One that was removed is not let in again with the list that it was in.
      return cluster.members.has(name) ? cluster : undefined;
    }
    const lists = this.current().filter(({ members }) => members.has(name));
    const { added } = this.entry(name);
    return lists.find((list) => list === added?.cluster) ?? lists[0];
  }

  /** The cluster of this origin: the one that somebody has data of, else a new one, which replaces those without data. */
  private made(origin: string, list: readonly ListEntry[]): MemberList {
    const alive = this.clusters.filter((one) => this.isAlive(one));
    const same = alive.find((one) => one.origin === origin);
    if (same) return same;
    const members = new Map(list.map(({ name, peerURL }) => [name, { peerURL, learner: false }]));
    const cluster = { origin, members };
    this.clusters = [...alive, cluster];
    this.bootstrapList = [...list];
    for (const { name } of list) {
      const entry = this.entries.get(name);
      if (entry && !alive.some((one) => one.members.has(name)))
        Object.assign(entry, { removed: false, added: undefined });
    }
    return cluster;
  }

  /** After `--force-new-cluster` there is one cluster, of this member alone, and its later starts are with itself alone. */
  private forcedNew(survivor: string): void {
    for (const [name, entry] of this.entries) if (name !== survivor) entry.added = undefined;
    const entry = this.entry(survivor);
    const peerURL = entry.cluster?.members.get(survivor)?.peerURL ?? entry.peerURL;
    const cluster = { origin: `forced ${survivor}`, members: new Map([[survivor, { peerURL, learner: false }]]) };
    const list = this.listOf([survivor]);
    Object.assign(entry, { cluster, removed: false, list });
    this.clusters = [cluster];
    this.bootstrapList = list;
  }

  /** Puts a changed member list in the place of the one that is asked. */
  private change(asked: string | undefined, apply: (members: MemberList['members']) => void): MemberList | undefined {
    const before = this.listAsked(asked);
    if (!before) return undefined;
    const after = { origin: before.origin, members: new Map(before.members) };
    apply(after.members);
    this.clusters = this.clusters.map((one) => (one === before ? after : one));
    for (const entry of this.entries.values()) {
      if (entry.cluster === before) entry.cluster = after;
      if (entry.added?.cluster === before) entry.added = { ...entry.added, cluster: after };
    }
    return after;
  }

  private listAsked(member: string | undefined): MemberList | undefined {
    const own = member === undefined ? undefined : this.entries.get(member)?.cluster;
    return own ?? this.current().at(-1);
  }

  /** The clusters that somebody has data of; where all data is gone the last ones. */
  private current(): MemberList[] {
    const alive = this.clusters.filter((one) => this.isAlive(one));
    return alive.length > 0 ? alive : this.clusters;
  }

  /** Whether a member of it has its data. */
  private isAlive(cluster: MemberList): boolean {
    return [...cluster.members.keys()].some((name) => this.entries.get(name)?.cluster === cluster);
  }

  /** The list that its `member-add` answered, as long as that cluster is there. */
  private addedTo({ added }: Entry): ListEntry[] | undefined {
    if (!added) return undefined;
    return added.cluster === undefined || this.isAlive(added.cluster) ? added.list : undefined;
  }

  /** In declared order: etcd sorts by IDs, which are different each time. */
  private inOrder(list: readonly ListEntry[]): ListEntry[] {
    const place = (name: string): number => (this.declared.includes(name) ? this.declared.indexOf(name) : Infinity);
    return list
      .map(({ name, peerURL }) => ({ name, peerURL }))
      .toSorted((a, b) => comparePlaces(place(a.name), place(b.name)));
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

function comparePlaces(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** The same for every order of the list. */
function listText(list: readonly ListEntry[]): string {
  return list
    .map(({ name, peerURL }) => `${name}=${peerURL}`)
    .toSorted()
    .join(',');
}

/** The whole roster before a start that may be refused. */
export interface RosterMark {
  readonly entries: readonly (readonly [string, Readonly<Entry>])[];
  readonly bootstrapList: ListEntry[] | undefined;
  readonly clusters: MemberList[];
}
