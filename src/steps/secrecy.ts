/**
 * What must not be shown: the values of a snapshot from outside, which is somebody's production data, and passwords.
 * The one place where a value of etcd's becomes text, and where text on its way to the reports is looked through.
 */
import { createHash } from 'node:crypto';
import { plural } from '../plural';
import { formsOf, redactCutOff } from './secret-forms';
import { shown } from './words';

export interface SecrecyOptions {
  /** Whether values are shown by their length and hash alone. */
  hidesValues: boolean;
  /** Never shown, whatever else is. */
  passwords?: readonly string[];
  /** The values of secret variables, by the environment variable that each comes from. */
  secrets?: ReadonlyMap<string, string>;
  /** The drill's own text: what stands there is no secret. */
  known?: string;
}

/** Texts shorter than this are not looked for in other texts: every second word would be one. */
const SHORTEST_LOOKED_FOR = 4;
/** Digits of a hash that are shown: enough to tell two values apart. */
const HASH_DIGITS = 12;
const REQUEST = /"raftReq":"(?:[^"\\]|\\.)*"/;
/** The keys of a step's result that hold what etcd has stored, or what a tool printed of it. */
const VALUE_KEYS: ReadonlySet<string> = new Set(['value', 'stdout']);

/** Keys of events whose value is a word of ours: a secret that is equal to one must not make an event unreadable. */
const STRUCTURE: ReadonlySet<string> = new Set(['type', 'status', 'phase', 'kind', 'action', 'verdict']);

/** A key of an event, and not one that somebody chose: a secret that is equal to it is no leak there. */
const OUR_KEY = /^[a-z][a-zA-Z]*$/;

/** What stands for a secret variable: the name of the environment variable that holds it. */
export function redactedSecret(env: string): string {
  return `(secret ${env})`;
}

export class Secrecy {
  readonly hidesValues: boolean;
  /** What is never shown, in every form that it may take in a text, the longest first. */
  private readonly redacted: readonly { form: string; by: string }[];
  private readonly hasSecrets: boolean;
  private readonly known: string;
  private readonly secrets = new Set<string>();

  constructor({ hidesValues, passwords = [], secrets = new Map(), known = '' }: SecrecyOptions) {
    this.hidesValues = hidesValues;
    const named = [
      ...passwords.map((password) => ({ secret: password, by: '(password)' })),
      ...[...secrets].map(([env, secret]) => ({ secret, by: redactedSecret(env) })),
    ];
    this.redacted = named
      .flatMap(({ secret, by }) => formsOf(secret).map((form) => ({ form, by })))
      .toSorted((a, b) => b.form.length - a.form.length);
    this.hasSecrets = secrets.size > 0;
    this.known = known;
  }

  /** A value for people: as it is, or `24 bytes, sha256 3f5a…`. */
  shown(value: Buffer | string): string {
    if (!this.hidesValues) return shown(this.redactValue(value));
    this.learn(value);
    return digest(value);
  }

  /** Says that a text came from etcd: where it turns up in a text for people, it is replaced. */
  learn(value: Buffer | string): void {
    if (!this.hidesValues) return;
    const text = value.toString();
    for (const part of [text, text.trim(), ...text.split('\n').map((line) => line.trim())]) {
      if (part.length >= SHORTEST_LOOKED_FOR && !this.known.includes(part)) this.secrets.add(part);
    }
  }

  /** Plain data for the reports, without what must not be shown. */
  scrub<T>(data: T): T {
    return this.redacted.length === 0 && this.secrets.size === 0 ? data : (this.scrubAny(data) as T);
  }

  /**
   * A line of a member's log. etcd keeps values out of its log, but for requests at debug level (measured: `raftReq` of
   * "applyEntryNormal" on 3.5 and 3.6, of "Apply" on 3.7; nothing on 3.3 and 3.4; its warnings have sizes alone).
   */
  logLine(line: string): string {
    const veiled = this.hidesValues || this.hasSecrets ? line.replace(REQUEST, '"raftReq":"(not shown)"') : line;
    return this.scrub(veiled);
  }

  /** The results of steps as sentences may show them. */
  veil(results: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
    return new Map([...results].map(([name, result]) => [name, veiled(result)]));
  }

  /** A value before it is cut: of a secret, no part may be left. */
  private redactValue(value: Buffer | string): Buffer | string {
    const text = value.toString();
    const scrubbed = this.scrubText(text);
    return scrubbed === text ? value : scrubbed;
  }

  private scrubAny(data: unknown): unknown {
    if (typeof data === 'string') return this.scrubText(data);
    if (Array.isArray(data)) return data.map((item) => this.scrubAny(item));
    if (typeof data !== 'object' || data === null) return data;
    if (data instanceof Map) return new Map([...data].map(([key, value]) => [key, this.scrubAny(value)]));
    const entries = Object.entries(data).map(([key, value]: [string, unknown]) => [
      OUR_KEY.test(key) ? key : this.scrubText(key),
      STRUCTURE.has(key) ? value : this.scrubAny(value),
    ]);
    return Object.fromEntries(entries) as unknown;
  }

  private scrubText(text: string): string {
    let scrubbed = text;
    for (const { form, by } of this.redacted) scrubbed = scrubbed.replaceAll(form, () => by);
    scrubbed = redactCutOff(scrubbed, this.redacted);
    // The longer first: one may hold another.
    for (const secret of [...this.secrets].sort((a, b) => b.length - a.length)) {
      scrubbed = scrubbed.replaceAll(secret, () => `(${digest(secret)})`);
    }
    return scrubbed;
  }
}

/** `24 bytes, sha256 3f5ac0ffee12…`. */
export function digest(value: Buffer | string): string {
  const bytes = Buffer.from(value);
  const hash = createHash('sha256').update(bytes).digest('hex');
  return `${plural(bytes.length, 'byte')}, sha256 ${hash.slice(0, HASH_DIGITS)}…`;
}

function veiled(result: unknown): unknown {
  if (typeof result !== 'object' || result === null) return result;
  const entries = Object.entries(result).map(([key, value]: [string, unknown]) => [
    key,
    VALUE_KEYS.has(key) && typeof value === 'string' ? digest(value) : value,
  ]);
  return Object.fromEntries(entries) as unknown;
}
