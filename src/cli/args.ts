/** Arguments as commands take them; every mistake is a UsageError that names the option. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { parseDuration } from '../clock';
import { UsageError, asError } from '../errors';
import { isFullVersion } from '../version';
import { isVersionRequest, REQUEST_EXPECTS } from '../version-request';

type Options = NonNullable<ParseArgsConfig['options']>;

export interface Parsed {
  paths: string[];
  text(name: string): string | undefined;
  texts(name: string): string[];
  flag(name: string): boolean;
  /** A whole number from `minimum` on. */
  number(name: string, minimum: number): number | undefined;
  /** A duration, in milliseconds. */
  duration(name: string): number | undefined;
  /** Which etcd versions are asked for, separated by commas: full ones, lines, ranges, `latest`. */
  versions(name: string): string[] | undefined;
  /** Words separated by commas. */
  list(name: string): string[] | undefined;
}

/** A full version such as 3.5.35. Throws UsageError for anything else. */
export function fullVersion(text: string): string {
  if (isFullVersion(text)) return text;
  throw new UsageError(`"${text}" is no full etcd version; one is like 3.5.35`);
}

/** A version, a line, a range or `latest`. Throws UsageError for anything else. */
export function versionRequest(text: string): string {
  if (isVersionRequest(text)) return text;
  throw new UsageError(`"${text}" is not ${REQUEST_EXPECTS}`);
}

export function parse(argv: string[], options: Options): Parsed {
  const { values, positionals } = parseOrRefuse(argv, options);
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    paths: positionals,
    text,
    texts: (name) => (values[name] as string[] | undefined) ?? [],
    flag: (name) => values[name] === true,
    number(name, minimum) {
      const value = text(name);
      if (value === undefined) return undefined;
      if (/^\d+$/.test(value) && Number(value) >= minimum) return Number(value);
      throw new UsageError(`--${name} takes a whole number from ${minimum} on, not "${value}"`);
    },
    duration(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      const ms = parseDuration(value);
      if (ms !== undefined && ms > 0) return ms;
      throw new UsageError(`--${name} takes a duration such as 30s or 5m, not "${value}"`);
    },
    versions: (name) => listOf(text(name), name)?.map(versionRequest),
    list: (name) => listOf(text(name), name),
  };
}

function listOf(value: string | undefined, name: string): string[] | undefined {
  const words = value
    ?.split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (words?.length === 0) throw new UsageError(`--${name} names nothing`);
  return words;
}

function parseOrRefuse(argv: string[], options: Options): { values: Record<string, unknown>; positionals: string[] } {
  try {
    return parseArgs({ args: argv, options, allowPositionals: true, strict: true });
  } catch (thrown) {
    throw new UsageError(`${asError(thrown).message.split('. ')[0]} (--help tells what there is)`);
  }
}

/** `k=v` of `--var`. */
export function parseVariables(written: string[]): Record<string, string> {
  const pairs = written.map((pair): [string, string] => {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`--var takes name=value, not "${pair}"`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}
