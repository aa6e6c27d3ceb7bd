/** What js-yaml complains about, in words that help. */
import type { YAMLException } from 'js-yaml';

export interface YamlProblem {
  /** The offset that is meant. */
  at: number;
  message: string;
  hint?: string;
}

/** By the reason that js-yaml gives; what is not here is passed on as it stands. */
const EXPLAINED: readonly (readonly [reason: RegExp, message: string | undefined, hint: string])[] = [
  [
    /^tab characters must not be used in indentation/,
    'YAML is indented by blanks, and this is a tab',
    'replace it by blanks',
  ],
  [/^nesting exceeded maxDepth/, 'this is nested deeper than 64 levels', 'a drill needs about ten'],
  [
    /^bad indentation of a mapping entry/,
    undefined,
    'does it line up with its neighbours? A text with `: ` in it needs quotes',
  ],
  [/^bad indentation of a sequence entry/, undefined, 'does it line up with the `-` above?'],
  [
    /^deficient indentation|^unexpected end of the stream within a flow/,
    undefined,
    'is a `{`, a `[` or a quotation mark above not closed?',
  ],
  [/^unexpected end of the (stream|document) within a/, undefined, 'is a quotation mark above not closed?'],
  [
    /^can not read a block mapping entry/,
    undefined,
    'a `:` and a blank are missing, or the line is not indented as it should be',
  ],
  [
    /^unknown escape sequence/,
    undefined,
    'within double quotes a backslash is written \\\\; single quotes take it as it is',
  ],
  [
    /^end of the stream or a document separator is expected/,
    undefined,
    'is it indented less than the lines that it belongs to?',
  ],
];

// eslint-disable-next-line no-control-regex -- finding them is the point
const NOT_PRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/;

/** The place and the words for what js-yaml threw. */
export function yamlProblem(text: string, thrown: YAMLException): YamlProblem {
  const at = (thrown.mark as { position?: number } | undefined)?.position ?? 0;
  const odd = NOT_PRINTABLE.exec(text);
  if (odd && /non-printable|null byte|valid JSON character/.test(thrown.reason)) {
    const code = odd[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const message = `the character U+${code} can't stand in YAML`;
    return { at: odd.index, message, hint: `write it as "\\u${code.toLowerCase()}", in double quotes` };
  }
  if (/flow/.test(thrown.reason) && text.slice(at - 1, at + 1) === '${') {
    const hint = 'write "${…}", in double quotes';
    return { at: at - 1, message: 'between { } or [ ] an expression needs quotes', hint };
  }
  const explained = EXPLAINED.find(([reason]) => reason.test(thrown.reason));
  const [, message, hint] = explained ?? [];
  return { at: Math.min(at, text.length), message: message ?? `this is not YAML: ${thrown.reason}`, hint };
}
