/** Arguments as commands take them; every mistake is a UsageError that names the option. */
import { parseArgs } from 'node:util';
import { parseDuration } from '../clock';
import { UsageError } from '../errors';
import { nearest } from '../match';
import { isFullVersion } from '../version';
import { isVersionRequest, REQUEST_EXPECTS } from '../version-request';
import { asTyped, variableOf, type Option, type Options, type Usage } from './usage';

interface Values {
  flag: boolean;
  text: string;
  texts: string[];
  number: number;
  duration: number;
  version: string;
  versions: string[];
  words: string[];
  choice: string;
}

/** There whether it is given or not. */
type Sure = { type: 'flag' | 'texts' } | { default: string } | { required: true };

type TypeOf<O extends Option> = O extends { of: readonly (infer One)[] } ? One : Values[O['type']];

export type ValueOf<O extends Option> = TypeOf<O> | (O extends Sure ? never : undefined);

/** The values of a table of options; undefined where one is left out. */
export type ValuesOf<T extends Options> = { -readonly [Name in keyof T]: ValueOf<T[Name]> };

type PathsOf<Takes extends string> = Takes extends `${string}…]`
  ? string[]
  : Takes extends '' | `[${string}]`
    ? [] | [string]
    : [string];

export interface Parsed<U extends Usage> {
  paths: PathsOf<U['takes']>;
  options: ValuesOf<U['options']>;
  /** Who gave the value of an option: `--image`, `ETCD_SCENARIOS_IMAGE`. Options with their default are missing. */
  givenBy: ReadonlyMap<string, string>;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** A version, a line, a range or `latest`. Throws UsageError for anything else. */
export function versionRequest(text: string): string {
  if (isVersionRequest(text)) return text;
  throw new UsageError(`"${text}" is not ${REQUEST_EXPECTS}`);
}

/**
 * Reads a command's arguments by its usage; the environment gives values that the command line does not. Throws UsageError
 * for what the usage does not have.
 */
export function parse<U extends Usage>(argv: readonly string[], usage: U, env: Env = {}): Parsed<U> {
  const { written, paths } = tokensOf(argv, usage);
  refuseCount(paths, usage);
  const givenBy = new Map<string, string>();
  const values = Object.entries(usage.options).map(([name, option]) => {
    const onLine = written.get(name);
    const given = onLine ?? valuesIn(env, name, option);
    const label = onLine ? `--${name}` : variableOf(name);
    if (given.length > 0) givenBy.set(name, label);
    return [name, valueOf({ name, label }, option, given, usage)];
  });
  const options = Object.fromEntries(values) as Parsed<U>['options'];
  return { paths: paths as Parsed<U>['paths'], options, givenBy };
}

/** What the environment says of an option. An empty variable says nothing: CI systems pass those for unset inputs. */
function valuesIn(env: Env, name: string, option: Option): string[] {
  const text = option.env ? env[variableOf(name)] : undefined;
  if (text === undefined || text.trim() === '') return [];
  return option.type === 'texts' ? text.split('\n').filter((line) => line.trim() !== '') : [text.trim()];
}

/** Who gave a value, for messages. */
interface Given {
  name: string;
  label: string;
}

/** What stands on the command line: every option of the usage with its values, and the rest. */
function tokensOf(argv: readonly string[], usage: Usage): { written: Map<string, string[]>; paths: string[] } {
  const { options } = usage;
  const table = Object.entries(options).map(([name, { type }]) => [name, { type: parserType(type), multiple: true }]);
  const { tokens, positionals: paths } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(table) as Record<string, { type: 'boolean' | 'string'; multiple: true }>,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const written = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { value, inlineValue } = token;
    const { name, option, off } = meantBy(token, usage);
    if (!option) throw unknownOption(argv[token.index] ?? token.rawName, usage);
    if (off && value === undefined) {
      written.set(name, ['false']);
      continue;
    }
    if (option.type === 'flag' && value !== undefined) throw wrong(usage, `--${name} takes no value: "${value}"`);
    if (option.type !== 'flag') refuseMissing(name, option, { value, inline: inlineValue === true }, usage);
    written.set(name, [...(written.get(name) ?? []), value ?? 'true']);
  }
  return { written, paths };
}

/** The option that is written; `--no-keep` switches the flag `--keep` off. */
function meantBy(
  { name, rawName }: { name: string; rawName: string },
  { options }: Usage,
): { name: string; option?: Option; off?: boolean } {
  if (!rawName.startsWith('--')) return { name };
  if (Object.hasOwn(options, name)) return { name, option: options[name] };
  const flag = name.replace(/^no-/, '');
  const isFlag = flag !== name && Object.hasOwn(options, flag) && options[flag]?.type === 'flag';
  return isFlag ? { name: flag, option: options[flag], off: true } : { name };
}

function parserType(type: Option['type']): 'boolean' | 'string' {
  return type === 'flag' ? 'boolean' : 'string';
}

function refuseMissing(
  name: string,
  option: Exclude<Option, { type: 'flag' }>,
  { value, inline }: { value: string | undefined; inline: boolean },
  usage: Usage,
): void {
  if (value === undefined || value === '') throw wrong(usage, `--${name} needs a value: ${asTyped(name, option)}`);
  // A number may be negative, which is a mistake of its own.
  if (inline || !/^--?[a-z]/i.test(value)) return;
  throw wrong(usage, `--${name} needs a value, and ${value} looks like an option; where it is the value: --${name}=…`);
}

function refuseCount(paths: readonly string[], usage: Usage): void {
  const { takes, examples } = usage;
  const word = takes.replace(/[[\]…]/g, '');
  const most = takes === '' ? 0 : takes.includes('…') ? Infinity : 1;
  if (paths.length === 0 && takes === word && most > 0) {
    throw wrong(usage, `${word} is missing, as in: ${examples[0].line}`);
  }
  if (paths.includes('')) throw wrong(usage, `an empty argument stands for ${word}: is a variable of the shell empty?`);
  if (paths.length <= most) return;
  const extra = `"${paths[most]}" is too much`;
  throw wrong(usage, most === 0 ? `it takes options alone: ${extra}` : `it takes one ${word}: ${extra}`);
}

function valueOf(by: Given, option: Option, written: readonly string[], usage: Usage): unknown {
  if (option.type === 'flag') return isOn(by, written.at(-1));
  if (option.type === 'texts') return written;
  if (written.length > 1) throw wrong(usage, twice(by.name, option, written));
  const text = written[0] ?? option.default;
  if (text !== undefined) return read(by.label, option, text);
  if (option.required) throw wrong(usage, `${asTyped(by.name, option)} is missing, as in: ${usage.examples[0].line}`);
  return undefined;
}

const ON = ['1', 'true', 'yes', 'on'];
const OFF = ['0', 'false', 'no', 'off'];

function isOn({ label }: Given, text = 'false'): boolean {
  const word = text.toLowerCase();
  if (ON.includes(word)) return true;
  if (OFF.includes(word)) return false;
  throw new UsageError(`${label} takes ${listed([...ON, ...OFF])}, not "${text}"`);
}

function twice(name: string, { type }: Option, written: readonly string[]): string {
  const together = type === 'versions' || type === 'words' ? `; several go in one: --${name} ${written.join(',')}` : '';
  return `--${name} stands ${written.length === 2 ? 'twice' : `${written.length} times`}${together}`;
}

function read(label: string, option: Exclude<Option, { type: 'flag' | 'texts' }>, text: string): unknown {
  switch (option.type) {
    case 'number':
      if (/^\d+$/.test(text) && Number(text) >= option.minimum && Number.isSafeInteger(Number(text))) {
        return Number(text);
      }
      throw new UsageError(`${label} takes a whole number from ${option.minimum} on, not "${text}"`);
    case 'duration': {
      const ms = parseDuration(text);
      if (ms !== undefined && ms > 0) return ms;
      throw new UsageError(`${label} takes a duration such as 30s, 5m or 1h30m, not "${text}"`);
    }
    case 'version':
      if (isFullVersion(text)) return text;
      throw new UsageError(`${label} takes a full version such as 3.5.35, not "${text}"`);
    case 'versions':
      return wordsOf(label, text).map((word) => {
        if (isVersionRequest(word)) return word;
        throw new UsageError(`${label}: "${word}" is not ${REQUEST_EXPECTS}`);
      });
    case 'words':
      return wordsOf(label, text);
    case 'choice': {
      if (option.of.includes(text)) return text;
      const near = nearest(text, option.of);
      const guess = near === undefined ? '' : `; did you mean ${near}?`;
      throw new UsageError(`${label} takes ${listed(option.of)}, not "${text}"${guess}`);
    }
    case 'text':
      return text;
  }
}

function wordsOf(label: string, text: string): string[] {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (words.length === 0) throw new UsageError(`${label} names nothing`);
  return words;
}

/** `a, b or c`. */
function listed(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), ...words.slice(-1)].filter((part) => part !== '').join(' or ');
}

function unknownOption(argument: string, usage: Usage): UsageError {
  const [written = argument] = argument.split('=');
  const near = nearest(written.replace(/^-+/, ''), Object.keys(usage.options));
  const guess = near === undefined ? '' : `; did you mean --${near}?`;
  return wrong(usage, `there is no option ${written}${guess}`);
}

/** A mistake that the command's help clears up. */
function wrong({ name }: Usage, message: string): UsageError {
  return new UsageError(`${name}: ${message}\n  etcd-scenarios help ${name} tells what there is`);
}

/** `name=value` of `--var`, each name once. */
export function parseVariables(written: readonly string[]): Record<string, string> {
  const values = new Map<string, string>();
  for (const pair of written) {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`--var takes NAME=VALUE, not "${pair}"`);
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const before = values.get(name);
    if (before !== undefined) throw new UsageError(`--var ${name} stands twice: ${before}, then ${value}`);
    values.set(name, value);
  }
  return Object.fromEntries(values);
}
