/** How a command is called, as data: the arguments are read by it and its help is printed from it. Loads nothing. */
import { SYNOPSES, type CommandName } from './synopses';

interface Described {
  /** What it does: one line or a few, not a sentence. */
  text: string;
  /** Whether the environment variable of `variableOf` gives its value where the command line does not. */
  env?: true;
}

interface Valued extends Described {
  /** The value where the option is left out. */
  default?: string;
  /** The same for people, where the command or the configuration decides. */
  otherwise?: string;
  /** The command can't do without it. */
  required?: true;
}

/** With the word that stands for the value: `FILE`, `N`. */
type Worded = Valued & { value: string };

export type Option =
  | ({ type: 'flag' } & Described)
  | ({ type: 'text' } & Worded)
  /** May stand several times. */
  | ({ type: 'texts' } & Worded)
  | ({ type: 'number'; minimum: number } & Worded)
  /** Milliseconds of `30s`, `5m`. */
  | ({ type: 'duration' } & Worded)
  /** A full version of etcd. */
  | ({ type: 'version' } & Worded)
  /** Requests for versions, separated by commas: full ones, lines, ranges, `latest`. */
  | ({ type: 'versions' } & Worded)
  /** Words separated by commas. */
  | ({ type: 'words' } & Worded)
  | ({ type: 'choice'; of: readonly string[] } & Valued);

export type Options = Readonly<Record<string, Option>>;

export interface Example {
  /** What it does: one line. */
  says: string;
  /** As one types it in a shell, `etcd-scenarios` first. */
  line: string;
}

export interface Details {
  /** One or two sentences. */
  about: string;
  options: Options;
  examples: readonly [Example, ...Example[]];
  /** Where exit codes mean something else than the overview says. */
  exits?: Readonly<Record<number, string>>;
}

export interface Usage extends Details {
  name: CommandName;
  takes: (typeof SYNOPSES)[CommandName]['takes'];
}

/** As it is written: `--keep`, `--etcd V,V`, `--pull missing|never`. */
export function asTyped(name: string, option: Option): string {
  if (option.type === 'flag') return `--${name}`;
  return `--${name} ${option.type === 'choice' ? option.of.join('|') : option.value}`;
}

/** The environment variable of an option: `ETCD_SCENARIOS_FAIL_FAST` of `--fail-fast`. */
export function variableOf(name: string): string {
  return `ETCD_SCENARIOS_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Options that the environment can give as well. */
export type WithVariables<T extends Options> = { readonly [Name in keyof T]: T[Name] & { env: true } };

/** The options, each with an environment variable. */
export function withVariables<const T extends Options>(options: T): WithVariables<T> {
  const entries = Object.entries(options).map(([name, option]) => [name, { ...option, env: true }]);
  return Object.fromEntries(entries) as WithVariables<T>;
}

/** The usage of a command; keeps the types of its options, for who reads their values. */
export function defineUsage<const N extends CommandName, const D extends Details>(
  name: N,
  details: D,
): D & { name: N; takes: (typeof SYNOPSES)[N]['takes'] } {
  return { name, takes: SYNOPSES[name].takes, ...details };
}
