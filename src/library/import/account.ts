/** Nothing is lost silently: every word of an input that looks like a setting of etcd is taken over or listed. */
import { isFlag } from '../../cluster/flags';
import type { LeftOut } from './found';
import { flagOfVariable } from './found';

interface Token {
  /** As written, without a value. */
  name: string;
  /** Behind `=`, where it is written so. */
  value: string | undefined;
  line: number;
  comment: boolean;
}

/** Flag-like words and `ETCD_…` variables anywhere in a text. Short options of other programs (`-ec`) are none. */
export function tokensIn(text: string): Token[] {
  return text.split(/\r?\n/).flatMap((content, i) => {
    const line = i + 1;
    const comment = content.search(/(^|\s)[#;]/);
    const tokens: Token[] = [];
    const pattern =
      /(?<![\w./:=%-])(--?[A-Za-z][\w-]*|(?<![A-Z])ETCD_[A-Z0-9_]+)(?:=("[^"]*"|'[^']*'|[^\s"',\]\\]*))?/g;
    for (const match of content.matchAll(pattern)) {
      const [, name = '', value] = match;
      if (!name.startsWith('--') && name.startsWith('-') && !isFlag(name.slice(1))) continue;
      tokens.push({ name, value, line, comment: comment !== -1 && match.index >= comment });
    }
    return tokens;
  });
}

/** What of an input is neither in `kept` nor in `listed`, with the line that it stands in. */
export function unaccounted(text: string, kept: ReadonlyMap<string, string>, listed: readonly string[]): LeftOut[] {
  const named = new Set(listed.flatMap((one) => one.match(/[A-Za-z][\w-]*/g) ?? []));
  const lines = new Map<string, { what: string; lines: Set<number>; comment: boolean }>();
  for (const { name, value, line, comment } of tokensIn(text)) {
    const bare = name.replace(/^-+/, '');
    const flag = bare.startsWith('ETCD_') ? flagOfVariable(bare) : bare;
    const own = kept.get(flag);
    const isOther = own !== undefined && value !== undefined && isPlain(value) && unquoted(value) !== own;
    if (own !== undefined && !isOther) continue;
    if (!isOther && (named.has(bare) || named.has(flag))) continue;
    const what = isOther ? `${name}=${value}` : name;
    if (isOther && listed.some((one) => one.includes(bare))) continue;
    const key = `${comment ? '#' : ''}${what}`;
    const entry = lines.get(key) ?? { what, lines: new Set(), comment };
    entry.lines.add(line);
    lines.set(key, entry);
  }
  return [...lines.values()].map(({ what, lines: places, comment }) => ({
    what: `${what} (line ${[...places].join(', ')})`,
    why: comment ? 'in a comment' : 'not an argument or a variable of the etcd that was read',
  }));
}

/** A value that stands there whole: what is replaced or continues is compared nowhere. */
function isPlain(value: string): boolean {
  return value !== '' && !/[\\$`{]/.test(value);
}

function unquoted(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2');
}
