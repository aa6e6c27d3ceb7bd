/** Judges a history by what was acknowledged, seen on the way and read back at the end. */
import type { Finding, Verdicts } from '../figures';
import { Chain, type LookBack, type Trouble } from './chain';
import { NOTHING, type History, type Sight } from './history';

/** What one member holds when the workload is over, all keys at one revision. */
export interface ReadBack {
  member: string;
  sights: readonly Sight[];
  lookBack: LookBack;
}

export interface Checked {
  verdicts: Verdicts;
  findings: Finding[];
}

/** So many of each kind are told one by one. */
const MOST_TOLD = 10;

/** Checks everything. At least one member was read back. */
export async function check(
  history: History,
  members: readonly ReadBack[],
  keyName: (key: number) => string,
  wrongLeases: readonly Finding[] = [],
): Promise<Checked> {
  return new Checker(history, members, keyName).check(wrongLeases);
}

class Checker {
  private readonly chains: Chain[];
  private readonly found = new Map<Finding['kind'], Set<string>>();
  private readonly findings: Finding[] = [];

  constructor(
    private readonly history: History,
    private readonly members: readonly ReadBack[],
    private readonly keyName: (key: number) => string,
  ) {
    this.chains = (members[0]?.sights ?? []).map((_, key) => new Chain(key, history));
  }

  async check(wrongLeases: readonly Finding[]): Promise<Checked> {
    await this.followWrites();
    for (const member of this.members) await this.checkMember(member);
    this.checkReads();
    const count = (kind: Finding['kind']): number => this.found.get(kind)?.size ?? 0;
    return {
      verdicts: {
        lostWrites: count('lost'),
        phantomWrites: count('phantom'),
        staleReads: count('stale'),
        tornTransactions: count('torn'),
        movedWrites: count('moved'),
        wrongLeases: wrongLeases.length,
        unproven: count('unproven'),
      },
      findings: [...this.findings, ...wrongLeases.slice(0, MOST_TOLD)],
    };
  }

  /** Every acknowledged write against what it found in its key's place. */
  private async followWrites(): Promise<void> {
    const { history, chains, members } = this;
    const lookBack: LookBack = (key, revision) => members[0]?.lookBack(key, revision) ?? Promise.resolve(undefined);
    for (let row = 0; row < history.length; row++) {
      const outcome = history.outcome(row);
      if (history.kind(row) === 'read' || outcome === 'failed') continue;
      for (const key of history.keys(row)) {
        const chain = chains[key];
        if (!chain) continue;
        if (outcome === 'unknown') {
          chain.mayApply(row);
          continue;
        }
        const seen = history.seen(row, key);
        if (!chain.endsWith(seen)) await chain.settle(seen, lookBack, this.trouble(key, `operation ${row} found`));
        chain.push(row);
      }
    }
  }

  /** What one member holds at the end: every member has its own say, unknown writes may still be on their way to it. */
  private async checkMember({ member, sights, lookBack }: ReadBack): Promise<void> {
    const ends = [...this.chains];
    for (const [key, chain] of this.chains.entries()) {
      const sight = sights[key] ?? NOTHING;
      if (chain.endsWith(sight)) continue;
      const own = chain.clone();
      await own.settle(sight, lookBack, this.trouble(key, `${member} has`, member));
      ends[key] = own;
    }
    this.checkTransactions(member, ends);
  }

  /** A transaction is there with both its keys, or not at all. */
  private checkTransactions(member: string, ends: readonly Chain[]): void {
    const { history } = this;
    for (let row = 0; row < history.length; row++) {
      if (history.kind(row) !== 'txn') continue;
      if (history.outcome(row) === 'ok' && !this.isFound('lost', row)) continue;
      const halves = history.keys(row).map((key) => ({ key, chain: ends[key] }));
      if (halves.some(({ chain }) => chain === undefined || !chain.isWhole)) continue;
      const missing = halves.find(({ chain }) => !chain?.has(row));
      const present = halves.find(({ chain }) => chain?.has(row));
      if (!missing || !present) continue;
      this.tell('torn', row, missing.key, {
        member,
        told: `on ${member} it is in ${this.keyName(present.key)} and not in ${this.keyName(missing.key)}`,
      });
    }
  }

  /** Reads against what was acknowledged before they began. A write that was lost is told once, as that. */
  private checkReads(): void {
    const { history } = this;
    for (let row = 0; row < history.length; row++) {
      if (history.kind(row) !== 'read' || history.outcome(row) !== 'ok') continue;
      const [key = 0] = history.keys(row);
      const seen = history.seen(row, key);
      this.checkSeen(row, key, seen);
      const floor = history.floor(row);
      if (
        floor < 0 ||
        seen.operation === floor ||
        seen.revision >= history.revision(floor) ||
        this.isFound('lost', floor)
      )
        continue;
      const had = seen.version === 0 ? 'no such key' : `revision ${seen.revision}`;
      const told = `it answered ${had}, although operation ${floor} was acknowledged at revision ${history.revision(floor)} before it began`;
      this.tell('stale', row, key, { told, revision: seen.revision });
    }
  }

  /** A read sees no write that failed, and none that nobody made. */
  private checkSeen(row: number, key: number, seen: Sight): void {
    const { history } = this;
    if (seen.version === 0) return;
    const trouble = this.trouble(key, `read ${row} found`);
    if (seen.operation < 0 || seen.operation >= history.length) {
      trouble.phantom(seen, 'it is none of the values that this workload writes');
    } else if (history.outcome(seen.operation) === 'failed') {
      trouble.phantom(seen, 'it had failed for certain');
    } else if (history.outcome(seen.operation) === 'ok' && history.revision(seen.operation) !== seen.revision) {
      trouble.moved(seen, history.revision(seen.operation));
    }
  }

  private trouble(key: number, witness: string, member?: string): Trouble {
    return {
      lost: (operation, instead) => {
        const there = instead.version === 0 ? 'no such key' : `${writerOf(instead)} at version ${instead.version}`;
        this.tell('lost', operation, key, { member, told: `it was acknowledged, and ${witness} ${there}` });
      },
      phantom: (sight, why) => {
        const { operation, revision, version } = sight;
        const told = `${witness} it at revision ${revision}, version ${version}, and ${why}`;
        this.tell('phantom', operation, key, { member, told, revision });
      },
      moved: ({ operation, revision }, before) => {
        // One that was applied twice is told as that.
        if (this.isFound('phantom', operation)) return;
        this.tell('moved', operation, key, { member, told: `${witness} it at revision ${revision}`, revision: before });
      },
      unproven: (operation) =>
        this.tell('unproven', operation, key, {
          told: 'it was overwritten, and the history of the key does not reach back to it',
        }),
    };
  }

  private isFound(kind: Finding['kind'], operation: number): boolean {
    return this.found.get(kind)?.has(String(operation)) ?? false;
  }

  /** Counts each operation once a kind. `member`: who shows it; else the one that was asked. */
  private tell(
    kind: Finding['kind'],
    operation: number,
    key: number,
    about: { told: string; member?: string; revision?: number },
  ): void {
    const { history } = this;
    const found = this.found.get(kind) ?? new Set();
    this.found.set(kind, found);
    // Strangers have no number of their own: the revision tells them apart.
    const identity = operation < 0 ? `${key}@${about.revision}` : String(operation);
    if (found.has(identity)) return;
    found.add(identity);
    if (found.size > MOST_TOLD) return;
    const known = operation >= 0 && operation < history.length;
    this.findings.push({
      kind,
      operation,
      key: this.keyName(key),
      revision: String(about.revision ?? (known ? history.revision(operation) : 0)),
      member: about.member ?? (known ? history.member(operation) : ''),
      atMs: known ? Math.round(history.beginMs(operation)) : 0,
      told: about.told,
    });
  }
}

function writerOf({ operation }: Sight): string {
  return operation < 0 ? 'a value of somebody else' : `operation ${operation}`;
}
