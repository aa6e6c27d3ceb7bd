/**
 * Every operation of a workload in compact columns: some 80 bytes each, so that ten minutes at 2000 a second are 100 MB
 * at most. Revisions are numbers here: they count writes, and stay exact up to 2^53.
 */
import { NOBODY } from './naming';

/** `lease`: a request of a client that holds a key by a lease; it is about no key of the writers'. */
export const KINDS = ['put', 'txn', 'read', 'lease'] as const;
export type Kind = (typeof KINDS)[number];

export const OUTCOMES = ['unknown', 'ok', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a key held at a moment. */
export interface Sight {
  /** The operation that wrote it: NOBODY where there was no such key, STRANGER where it was none of ours. */
  operation: number;
  /** `mod_revision`; 0 for no such key. */
  revision: number;
  /** How often the key was written since it was made; 0 for no such key. */
  version: number;
}

export const NOTHING: Sight = { operation: NOBODY, revision: 0, version: 0 };

const FIRST_ROWS = 1024;

/** One operation. Its number is its row; rows are in the order in which operations began. */
export class History {
  length = 0;
  private rows = FIRST_ROWS;
  private kinds = new Uint8Array(FIRST_ROWS);
  private outcomes = new Uint8Array(FIRST_ROWS);
  private members = new Uint8Array(FIRST_ROWS);
  private begins = new Float64Array(FIRST_ROWS);
  private revisions = new Float64Array(FIRST_ROWS);
  private floors = new Int32Array(FIRST_ROWS);
  /** First and second key, and what each held before a write, or when it was read. */
  private readonly sides = [new Side(), new Side()] as const;
  private readonly memberNames: string[] = [];

  /** Begins an operation; its outcome is unknown until it is told. `floor`: the write acknowledged last, for a read. */
  begin(kind: Kind, keys: readonly number[], about: { member: string; atMs: number; floor?: number }): number {
    const row = this.length++;
    if (row === this.rows) this.grow();
    this.kinds[row] = KINDS.indexOf(kind);
    this.members[row] = this.memberIndex(about.member);
    this.begins[row] = about.atMs;
    this.floors[row] = about.floor ?? NOBODY;
    this.sides.forEach((side, i) => (side.keys[row] = keys[i] ?? NOBODY));
    return row;
  }

  acknowledge(row: number, revision: number, seen: readonly Sight[]): void {
    this.outcomes[row] = OUTCOMES.indexOf('ok');
    this.revisions[row] = revision;
    seen.forEach((sight, i) => this.sides[i]?.see(row, sight));
  }

  fail(row: number): void {
    this.outcomes[row] = OUTCOMES.indexOf('failed');
  }

  kind(row: number): Kind {
    return KINDS[this.kinds[row] ?? 0] ?? 'put';
  }

  outcome(row: number): Outcome {
    return OUTCOMES[this.outcomes[row] ?? 0] ?? 'unknown';
  }

  member(row: number): string {
    return this.memberNames[this.members[row] ?? 0] ?? '';
  }

  beginMs(row: number): number {
    return this.begins[row] ?? 0;
  }

  /** Where it was acknowledged; 0 where it was not. */
  revision(row: number): number {
    return this.revisions[row] ?? 0;
  }

  /** For a read: the write of the same key that had been acknowledged last when it began. */
  floor(row: number): number {
    return this.floors[row] ?? NOBODY;
  }

  /** The keys that it is about. */
  keys(row: number): number[] {
    return this.sides.flatMap(({ keys }) => (keys[row] === NOBODY ? [] : [keys[row] ?? 0]));
  }

  /** What an acknowledged operation saw of a key: before its write, or reading it. */
  seen(row: number, key: number): Sight {
    const side = this.sides.find(({ keys }) => keys[row] === key);
    return side ? side.sight(row) : NOTHING;
  }

  private memberIndex(name: string): number {
    const known = this.memberNames.indexOf(name);
    return known === -1 ? this.memberNames.push(name) - 1 : known;
  }

  private grow(): void {
    this.rows *= 2;
    this.kinds = grown(this.kinds, new Uint8Array(this.rows));
    this.outcomes = grown(this.outcomes, new Uint8Array(this.rows));
    this.members = grown(this.members, new Uint8Array(this.rows));
    this.begins = grown(this.begins, new Float64Array(this.rows));
    this.revisions = grown(this.revisions, new Float64Array(this.rows));
    this.floors = grown(this.floors, new Int32Array(this.rows));
    for (const side of this.sides) side.grow(this.rows);
  }
}

class Side {
  keys = new Int32Array(FIRST_ROWS);
  private operations = new Int32Array(FIRST_ROWS);
  private revisions = new Float64Array(FIRST_ROWS);
  private versions = new Int32Array(FIRST_ROWS);

  see(row: number, { operation, revision, version }: Sight): void {
    this.operations[row] = operation;
    this.revisions[row] = revision;
    this.versions[row] = version;
  }

  sight(row: number): Sight {
    return {
      operation: this.operations[row] ?? NOBODY,
      revision: this.revisions[row] ?? 0,
      version: this.versions[row] ?? 0,
    };
  }

  grow(rows: number): void {
    this.keys = grown(this.keys, new Int32Array(rows));
    this.operations = grown(this.operations, new Int32Array(rows));
    this.revisions = grown(this.revisions, new Float64Array(rows));
    this.versions = grown(this.versions, new Int32Array(rows));
  }
}

function grown<T extends Uint8Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
