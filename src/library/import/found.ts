/** What was found of an etcd, before anybody decides what of it is of use. */

export interface Found {
  /** What it was read as: `a manifest`, `a configuration file`, `a command line`. */
  as: string;
  /** A full version, from an image's tag or a path; undefined where none is to be seen. */
  version: string | undefined;
  /** Settings by flag, in the order of the file; a command line wins over its environment, as it does for etcd. */
  flags: Map<string, string>;
  /** What could not be read: an environment file, a value from a secret. */
  unread: string[];
}

/** The version in an image's name or a path: `registry.k8s.io/etcd:3.5.9-0`, `/opt/etcd-v3.5.16-linux-amd64/etcd`. */
export function versionIn(text: string): string | undefined {
  return /(?:etcd[\w.-]*:|etcd-)v?(\d+\.\d+\.\d+)/.exec(text)?.[1];
}

/** `auto-compaction-retention` of `ETCD_AUTO_COMPACTION_RETENTION`; undefined for what is no flag of etcd's. */
export function flagOfVariable(name: string): string | undefined {
  if (!name.startsWith('ETCD_') || NO_FLAGS.has(name)) return undefined;
  return name.slice('ETCD_'.length).toLowerCase().replaceAll('_', '-');
}

/** Variables that begin like a flag's, and are none. */
const NO_FLAGS: ReadonlySet<string> = new Set(['ETCD_UNSUPPORTED_ARCH', 'ETCD_VERSION', 'ETCD_VER']);

/** The flags among words: `--a=b`, `-a=b`, `--a b`, `--a`. Go's own rule for flags, a switch being one of those alone. */
export function flagsIn(words: readonly string[]): Map<string, string> {
  const flags = new Map<string, string>();
  for (let i = 0; i < words.length; i++) {
    const [, name, value] = /^--?([a-z][a-z0-9-]*)(?:=([\s\S]*))?$/.exec(words[i] ?? '') ?? [];
    if (name === undefined) continue;
    const next = words[i + 1];
    const takesNext = value === undefined && next !== undefined && !next.startsWith('-');
    flags.set(name, value ?? (takesNext ? next : 'true'));
    if (takesNext) i++;
  }
  return flags;
}
