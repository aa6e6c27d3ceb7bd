/** Keys and values of a workload: its own prefix, and a value that says which operation wrote it. */
import { randomBytes } from 'node:crypto';

/** Nobody else's data is under it. */
export const PREFIX = '/etcd-scenarios/workload';
/** The shortest value: the workload's mark and the operation's number. */
export const SHORTEST_VALUE = 24;

const MARK = 8;
const NUMBER = 12;
/** An answer of etcd's takes about this much of keys and values: gRPC's own limit is 4 MiB. */
const ANSWER_BYTES = 1024 * 1024;

/** Whose value a key holds. */
export const NOBODY = -1;
export const STRANGER = -2;

export class Naming {
  /** Different for every workload, that of another round of a `repeat` as well. */
  readonly mark = randomBytes(MARK / 2).toString('hex');
  private readonly markBytes = Buffer.from(this.mark);
  private readonly template: Buffer;
  private readonly perGroup: number;
  private readonly names: string[];

  constructor(
    readonly keys: number,
    valueBytes: number,
  ) {
    this.template = Buffer.alloc(Math.max(valueBytes, SHORTEST_VALUE), '.');
    this.template.write(this.mark, 0, 'latin1');
    this.perGroup = Math.max(1, Math.floor(ANSWER_BYTES / (this.template.length + 128)));
    this.names = Array.from({ length: keys }, (_, i) => `${this.group(Math.floor(i / this.perGroup))}${i}`);
  }

  get prefix(): string {
    return `${PREFIX}/${this.mark}/`;
  }

  key(index: number): string {
    return this.names[index] ?? '';
  }

  /** The index of a key of ours; undefined where it is none. */
  indexOf(key: string): number | undefined {
    const index = Number(key.slice(key.lastIndexOf('/') + 1));
    return this.names[index] === key ? index : undefined;
  }

  /** Prefixes that hold all keys, each so few that one answer takes them. */
  groups(): string[] {
    return Array.from({ length: Math.ceil(this.keys / this.perGroup) }, (_, i) => this.group(i));
  }

  leaseKey(client: number): string {
    return `${this.prefix}lease/${client}`;
  }

  /** The value that this operation writes; no other operation writes the same. */
  value(operation: number): Buffer {
    const value = Buffer.from(this.template);
    value.write(String(operation).padStart(NUMBER, '0'), MARK, 'latin1');
    return value;
  }

  /** The operation that wrote a value; STRANGER where it was none of ours. */
  operationOf(value: Buffer): number {
    if (value.length !== this.template.length || this.markBytes.compare(value, 0, MARK) !== 0) return STRANGER;
    let number = 0;
    for (let i = MARK; i < MARK + NUMBER; i++) {
      const digit = (value[i] ?? 0) - 48;
      if (digit < 0 || digit > 9) return STRANGER;
      number = number * 10 + digit;
    }
    return number;
  }

  private group(index: number): string {
    return `${this.prefix}${index}/`;
  }
}
