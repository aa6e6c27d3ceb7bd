/** Files of `NAME=value` lines: of systemd, Docker and shells. */
import { hasExpansion, type Word } from './found';

const LINE = /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\+?=(.*)$/;

/** The variables of a file that has nothing else; undefined for any other text. */
export function variablesOf(text: string): Map<string, Word> | undefined {
  const variables = new Map<string, Word>();
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    let line = lines[i] ?? '';
    if (line.trim() === '' || /^\s*[#;]/.test(line) || /^\s*set\s+[-+]\w+\s*$/.test(line)) continue;
    const [, name, first] = LINE.exec(line) ?? [];
    if (name === undefined || first === undefined) return undefined;
    const isUnfinished = (): boolean =>
      /(^|[^\\])(\\\\)*\\$/.test(line) || hasOpenQuote(LINE.exec(line.replace(/\n/g, ' '))?.[2] ?? '');
    while (isUnfinished() && i + 1 < lines.length) {
      i++;
      line = /\\$/.test(line) ? `${line.slice(0, -1)} ${(lines[i] ?? '').trim()}` : `${line}\n${lines[i] ?? ''}`;
    }
    const [, , raw = ''] = /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\+?=([\s\S]*)$/.exec(line) ?? [];
    const value = valueOf(raw);
    // `FOO=bar etcd --flag` is a command with a variable before it, `OPTS=--a=b --c=d` a value with blanks.
    if (/^[^\s'"]*\s+\S*etcd(\s+-|$)/.test(raw)) return undefined;
    variables.set(name, value);
  }
  return variables.size === 0 ? undefined : variables;
}

function hasOpenQuote(value: string): boolean {
  const [quote] = value.trimStart();
  if (quote !== '"' && quote !== "'") return false;
  return !new RegExp(`^\\s*${quote}(?:[^${quote}\\\\]|\\\\.)*${quote}`).test(value);
}

function valueOf(raw: string): Word {
  const text = raw.trim();
  const [quote] = text;
  if (quote === "'" || quote === '"') {
    const parts = [...text.matchAll(/'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|([^\s'"#]+)/g)];
    const joined = parts.map(
      ([, single, double, plain]) => single ?? double?.replace(/\\([\s\S])/g, '$1') ?? plain ?? '',
    );
    return {
      text: joined.join(quote === text.at(-1) && parts.length > 1 ? '' : ''),
      open: quote === '"' && hasExpansion(text),
    };
  }
  const value = text.replace(/\s+#.*$/, '').replace(/\\(.)/g, '$1');
  return { text: value, open: hasExpansion(value) };
}
