/** etcd's JSON log lines are long: this is what a person needs of one. */
import { clean, cutEnd, cutMiddle, oneLine } from './text';
import { PLAIN, type Style } from './style';

const LONGEST_LINE = 200;
const LONGEST_VALUE = 110;
const SHOWN_APART = new Set(['level', 'ts', 'caller', 'msg', 'error', 'stacktrace']);

/** `fatal  21:16:48.212  etcdmain/etcd.go:204  discovery failed  error="…" key=value`; a line that is not JSON as it is. */
export function formatLogLine(line: string, style: Style = PLAIN): string {
  const entry = parseEntry(line);
  if (!entry) return cutEnd(oneLine(line), LONGEST_LINE);
  const level = asText(entry.level);
  const head = [level.padEnd(5), timeOfDay(entry.ts), asText(entry.caller)].filter((part) => part !== '').join('  ');
  const rest = Object.keys(entry).filter((key) => !SHOWN_APART.has(key));
  const pairs = ['error', ...rest].filter((key) => entry[key] !== undefined).map((key) => pair(key, entry[key]));
  const message = cutEnd(oneLine(asText(entry.msg)), LONGEST_LINE);
  const room = LONGEST_LINE - head.length - message.length - 4;
  const tail = room > 10 ? cutEnd(oneLine(pairs.join(' ')), room) : '';
  return [style.dim(oneLine(head)), byLevel(level, style)(message), tail].filter((part) => part !== '').join('  ');
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry: unknown = JSON.parse(line);
    const isEntry = typeof entry === 'object' && entry !== null && 'level' in entry && 'msg' in entry;
    return isEntry ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** The clock's part of an ISO time, or of seconds since 1970, to the millisecond. */
function timeOfDay(ts: unknown): string {
  const isSeconds = typeof ts === 'number' && Math.abs(ts) < 1e11;
  const text = isSeconds ? new Date(ts * 1000).toISOString() : asText(ts);
  return /T(\d\d:\d\d:\d\d(?:\.\d{1,3})?)/.exec(text)?.[1] ?? '';
}

function pair(key: string, value: unknown): string {
  const text = cutMiddle(clean(asText(value)), LONGEST_VALUE);
  return `${key}=${/^[^\s"]+$/.test(text) ? text : JSON.stringify(text)}`;
}

function asText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function byLevel(level: string, style: Style): (text: string) => string {
  if (['error', 'fatal', 'panic', 'dpanic'].includes(level)) return style.red;
  return level === 'warn' ? style.yellow : (text) => text;
}
