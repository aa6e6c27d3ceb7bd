import { shortageIn, type Shortage } from '../shortage';

/**
 * What members log when their client port opens: the first on all versions (etcd-facts.md 3.1), but not on 3.4 in
 * zap's format, which says only the second (measured on 3.4.23).
 */
const PORT_OPEN = ['ready to serve client requests', 'serving client traffic'];

/** What one process of a member printed, line by line, as it comes. */
export class ProcessLog {
  /** Whether the process has said that its client port is open. */
  portOpened = false;
  readonly lines: string[] = [];
  private rest = '';
  private listeners: (() => void)[] = [];
  private sink: ((text: string) => void) | undefined;
  /** True when the process has ended and everything it printed is here. */
  ended = false;

  /** `sink` gets everything as it comes, for the log file; `veil` changes lines that must not be shown as they are. */
  constructor(
    sink?: (text: string) => void,
    private readonly veil: (line: string) => string = (line) => line,
    /** Told of every line, as it may be shown. */
    private readonly onLine: (line: string) => void = () => undefined,
  ) {
    this.sink = sink;
  }

  append(text: string): void {
    const parts = (this.rest + text).split('\n');
    this.rest = parts.pop() ?? '';
    if (parts.length === 0) return;
    const shown = parts.map((part) => this.veil(part));
    this.sink?.(`${shown.join('\n')}\n`);
    for (const part of shown) {
      this.lines.push(part.replace(/\r$/, ''));
      this.onLine(part);
      this.portOpened ||= PORT_OPEN.some((text) => part.includes(text));
    }
    this.wake();
  }

  end(): void {
    if (this.ended) return;
    if (this.rest !== '') {
      const shown = this.veil(this.rest);
      this.sink?.(shown);
      this.lines.push(shown);
      this.onLine(shown);
    }
    this.rest = '';
    this.ended = true;
    this.sink = undefined;
    this.wake();
  }

  /** Settles when the next lines come, or the log ends. */
  change(): Promise<void> {
    if (this.ended) return new Promise(() => undefined);
    return new Promise((resolve) => this.listeners.push(resolve));
  }

  /** Settles when the process has said that its client port is open; never where it does not. */
  async portOpening(): Promise<void> {
    while (!this.portOpened) await this.change();
  }

  /** The first line, raw or decoded, that the test accepts; `said` is the reading that it accepted. */
  find(test: (text: string) => boolean): { line: string; said: string } | undefined {
    for (const line of this.lines) {
      const said = readings(line).find(test);
      if (said !== undefined) return { line, said };
    }
    return undefined;
  }

  /** The last lines, oldest first. */
  tail(count: number): string[] {
    return this.lines.slice(-count);
  }

  private wake(): void {
    const waiting = this.listeners;
    this.listeners = [];
    for (const listener of waiting) listener();
  }
}

/** A line as it stands, and for etcd's JSON lines the texts of `msg` and `error` as well, unescaped. */
export function readings(line: string): string[] {
  if (!line.startsWith('{')) return [line];
  const entry = parseLogLine(line);
  if (!entry) return [line];
  const texts = [line];
  for (const key of ['msg', 'error']) {
    const text = entry[key];
    if (typeof text === 'string') texts.push(text);
  }
  return texts;
}

/** The line as JSON; undefined where it is none. */
export function parseLogLine(line: string): Record<string, unknown> | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** How bad a log line is. Lines without a level are no lines of the log: a panic, or an error of the flags. */
type Level = 'info' | 'warning' | 'fatal';

/** zap's names of levels, in JSON and (from 3.6 on) in its console format. */
const ZAP_LEVELS = '(debug|info|warn|error|dpanic|panic|fatal)';
const JSON_LEVEL = new RegExp(`^\\{(?:.*,)?"level":"${ZAP_LEVELS}"`);
const CONSOLE_LEVEL = new RegExp(`^\\S+\\t${ZAP_LEVELS}\\t`, 'i');
/** capnslog's letters, on 3.3 and 3.4: trace, debug, info, notice, warning, error, critical. */
const CAPNSLOG_LEVEL = /^\S+ \S+ ([TDINWEC]) \| /;
/** raft's own logger, on 3.3 and 3.4 until etcd has set up its log. */
const RAFT_LEVEL = /^raft\d{4}\/\d\d\/\d\d \S+ (DEBUG|INFO|WARN|ERROR|FATAL|PANIC): /;

/** The level of a log line in any of etcd's formats; undefined for what is no line of the log. */
function levelOf(line: string): Level | undefined {
  const [, word] =
    JSON_LEVEL.exec(line) ?? CONSOLE_LEVEL.exec(line) ?? CAPNSLOG_LEVEL.exec(line) ?? RAFT_LEVEL.exec(line) ?? [];
  switch (word?.toLowerCase()) {
    case undefined:
      return undefined;
    case 'fatal':
    case 'panic':
    case 'dpanic':
    case 'c':
      return 'fatal';
    case 'warn':
    case 'error':
    case 'w':
    case 'e':
      return 'warning';
    default:
      return 'info';
  }
}

/** True for lines that warn, or are worse (3.3 marks them `W |`, `E |` and `C |`). */
export function isWarning(line: string): boolean {
  const level = levelOf(line);
  return level === 'warning' || level === 'fatal';
}

/** True for lines after which etcd ends its process: fatal and panic (3.3 marks them `C |`). */
export function isFatal(line: string): boolean {
  return levelOf(line) === 'fatal';
}

/**
 * The lines in which a process that has ended says why: those at level warn or above, and what it printed besides its
 * log, such as `panic: …` or `flag provided but not defined: -x`, without stack traces and the usage text. An info line
 * says what a process does, never why it ended.
 */
export function complaints(lines: readonly string[]): string[] {
  let isTrace = false;
  return lines.filter((line) => {
    const level = levelOf(line);
    if (level !== undefined) {
      isTrace = false;
      return level !== 'info';
    }
    isTrace ||= /^(goroutine \d+ \[|usage:)/i.test(line);
    return !isTrace && line.trim() !== '';
  });
}

/** Whether a line of etcd's own log only tells what it does: info, debug, and notice (3.3: `I |`, `D |`, `N |`). */
function isRoutine(line: string): boolean {
  return /"level":"(info|debug)"/.test(line) || /^\S+ \S+ [IDN] \| /.test(line);
}

/**
 * What a process said of why it ended. In this order: the error of its last fatal line; the first line of a panic, or of
 * what it says about its command line; its last line at warn or above; what it printed last outside of its log. A line
 * that only tells what etcd does is never a cause.
 */
export function lastWords(lines: readonly string[]): string {
  const fatal = lines.findLast(isFatal);
  const telling =
    (fatal !== undefined && errorOf(fatal) !== undefined ? fatal : undefined) ??
    lines.findLast((line) => isFatal(line) || /^(panic: |fatal error: |flag provided|invalid value)/.test(line)) ??
    lines.findLast(isWarning) ??
    lines.findLast((line) => line.trim() !== '' && !isRoutine(line));
  if (telling === undefined) return lines.length === 0 ? 'nothing' : 'its log names no cause';
  const [, message = telling] = /^\S+ \S+ [A-Z] \| (.*)$/.exec(telling) ?? [];
  const said = parseLogLine(message)?.['msg'];
  return errorOf(message) ?? (typeof said === 'string' ? said : message);
}

function errorOf(line: string): string | undefined {
  const error = parseLogLine(line)?.['error'];
  return typeof error === 'string' ? error : undefined;
}

/**
 * What a line of a member's log complains that its machine lacks; undefined for all other lines. A slow request is logged
 * with its keys, which are the scenario's own words.
 */
export function shortageInLog(line: string): { shortage: Shortage; said: string } | undefined {
  if (shortageIn(line) === undefined || isRoutine(line) || line.includes('took too long')) return undefined;
  const [, ...decoded] = readings(line);
  for (const said of decoded.length > 0 ? decoded : [line]) {
    const shortage = shortageIn(said);
    if (shortage) return { shortage, said };
  }
  return undefined;
}
