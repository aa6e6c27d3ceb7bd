/** What was found of an etcd, before anybody decides what of it is of use. */

/** A word of a command line, or a value. `open`: it holds an expansion, so its value is known only where etcd runs. */
export interface Word {
  text: string;
  open: boolean;
}

/** Something that is not taken over, and why. */
export interface LeftOut {
  /** As it is listed: a flag's name, a variable, a setting with its text. */
  what: string;
  why: string;
}

/** One etcd that the input describes. */
export interface Found {
  /** What it was read as: `a manifest`, `a systemd unit`. */
  as: string;
  /** Which part of the input: `the container "etcd"`, `ExecStart`. */
  subject: string;
  /** The candidate with the highest rank is read. */
  rank: number;
  /** A full version, from an image's tag, a path or a setting; undefined if none is named. */
  version: string | undefined;
  /** From the command line. They override `variables`. */
  flags: Map<string, Word>;
  /** `ETCD_…` variables, by the variable's name. */
  variables: Map<string, Word>;
  /** From a configuration file, or a platform's settings, by flag. */
  settings: Map<string, Word>;
  leftOut: LeftOut[];
  warnings: string[];
}

export function emptyFound(as: string, subject: string, rank: number): Found {
  return {
    as,
    subject,
    rank,
    version: undefined,
    flags: new Map(),
    variables: new Map(),
    settings: new Map(),
    leftOut: [],
    warnings: [],
  };
}

/** What reading an input gives: the etcds in it, and what else is in it, for the message that there is none. */
export interface Findings {
  found: Found[];
  /** Containers, programs and kinds of files without etcd, as a message names them. */
  others: string[];
  /** Variables that stand in the input without a program: a file of variables, a ConfigMap. */
  loose: Map<string, Word>;
}

export function noFindings(): Findings {
  return { found: [], others: [], loose: new Map() };
}

export function addFindings(to: Findings, from: Findings): void {
  to.found.push(...from.found);
  to.others.push(...from.others);
  for (const [name, value] of from.loose) to.loose.set(name, value);
}

export const NOT_READ = 'not read';
export const OPEN = 'not taken over: the value is known only where etcd runs';

/** The version in an image's name or a path: `registry.k8s.io/etcd:3.5.9-0`, `/opt/etcd-v3.5.16-linux-amd64/etcd`. */
export function versionIn(text: string): string | undefined {
  return /(?:etcd[\w.-]*:|etcd-)v?(\d+\.\d+\.\d+)/.exec(text)?.[1];
}

/** The version of a tag alone: `v3.5.16-0`, `3.5.9-debian-11-r4`. */
export function versionOfTag(tag: string): string | undefined {
  return /^v?(\d+\.\d+\.\d+)(?![\w.]*\.)/.exec(tag.trim())?.[1];
}

/** `auto-compaction-retention` of `ETCD_AUTO_COMPACTION_RETENTION`: etcd's own rule. */
export function flagOfVariable(name: string): string {
  return name.slice('ETCD_'.length).toLowerCase().replaceAll('_', '-');
}

/** True for what a shell, Kubernetes, compose or a template would replace: `$X`, `${X}`, `$(x)`, `{{ x }}`. */
export function hasExpansion(text: string): boolean {
  return /\$[\w{(@*]|`|\{\{|\{%|<%/.test(text);
}

export function word(text: string): Word {
  return { text, open: hasExpansion(text) };
}

/** Variables that hold options of a daemon: `ETCD_OPTS`, `DAEMON_ARGS`, `command_args`. */
export function isOptionsVariable(name: string): boolean {
  return /^(etcd(_\w+)?_|(daemon|command|extra|user|other|additional|container|cmd)_)?(opts?|options|args|arguments|flags|params)$/i.test(
    name,
  );
}
