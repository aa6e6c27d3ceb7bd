/** Which of the flags that were found a rehearsal can use. */
import { isFlag, spell } from '../../cluster/flags';
import { OWNED_FLAGS } from '../../scenario/owned-flags';

export interface Classified {
  kept: Map<string, string>;
  /** Why it was left out, and the flags. */
  leftOut: Map<string, string[]>;
}

const CERTIFICATES = 'certificates: members speak plain HTTP';
const PATHS = 'paths and logs: each member has a volume, and its log goes to the reports';
const ADDRESSES = 'names and addresses: the runner sets them';
const UNKNOWN = 'no flag of etcd 3.3 to 3.7';

/** The first that fits says why. */
const LEFT_OUT: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^(wal-dir|data-dir|config-file|log-outputs?|enable-log-rotation|log-rotation-config-json)$/, PATHS],
  [/^(discovery|proxy|listen-|advertise-|initial-|host-whitelist|cors$|socket-)/, ADDRESSES],
  [/^(experimental-)?distributed-tracing-/, ADDRESSES],
  [/(^|-)(cert|key|ca)-file$|cert-auth$|crl-file$|^(peer-)?auto-tls$|^tls-|^cipher-suites$/, CERTIFICATES],
  [/^(peer-|client-)cert-allowed-|self-signed-cert-validity$|skip-client-san-verification$/, CERTIFICATES],
];

/** Sorts the flags; `auth-token` counts as certificates where it needs key files. */
export function classify(flags: ReadonlyMap<string, string>): Classified {
  const kept = new Map<string, string>();
  const leftOut = new Map<string, string[]>();
  for (const [name, value] of flags) {
    const why = whyLeftOut(name, value);
    if (why === undefined) kept.set(name, value);
    else leftOut.set(why, [...(leftOut.get(why) ?? []), name]);
  }
  return { kept, leftOut };
}

function whyLeftOut(name: string, value: string): string | undefined {
  const [, why] = LEFT_OUT.find(([pattern]) => pattern.test(name)) ?? [];
  if (why !== undefined) return why;
  if (name === 'auth-token' && value.startsWith('jwt')) return CERTIFICATES;
  if (OWNED_FLAGS.has(name)) return ADDRESSES;
  return isFlag(name) ? undefined : UNKNOWN;
}

/** The flags that a version does not know, each with the reason. */
export function lackingIn(version: string, flags: Iterable<string>): string[] {
  return [...flags].flatMap((name) => {
    const spelling = spell(version, name);
    return 'lacking' in spelling ? [spelling.lacking] : [];
  });
}
