/** The flags among the arguments of etcd, by the rules of Go's flag package. */
import { SWITCHES } from '../../cluster/flag-table';
import { isFlag } from '../../cluster/flags';
import { OPEN, type LeftOut, type Word } from './found';

const FLAG = /^--?([A-Za-z][\w.-]*)(?:=([\s\S]*))?$/;

export interface FlagsRead {
  flags: Map<string, Word>;
  leftOut: LeftOut[];
}

/** `--a=b`, `-a=b`, `--a b`, `--a`. A switch takes no value from the next word; what is no flag is listed. */
export function flagsIn(words: readonly Word[]): FlagsRead {
  const flags = new Map<string, Word>();
  const leftOut: LeftOut[] = [];
  for (let i = 0; i < words.length; i++) {
    const { text, open } = words[i] ?? { text: '', open: false };
    const [, name, value] = FLAG.exec(text) ?? [];
    if (name === undefined) {
      if (text !== '') leftOut.push({ what: text, why: open ? OPEN : 'an argument that is no flag; etcd refuses it' });
      continue;
    }
    const next = words[i + 1];
    if (value !== undefined) flags.set(name, { text: value, open });
    else if (isSwitch(name)) flags.set(name, { text: 'true', open: false });
    else if (next !== undefined && isValue(next.text)) {
      flags.set(name, next);
      i++;
    } else if (isFlag(name)) {
      flags.delete(name);
      leftOut.push({ what: name, why: 'without a value' });
    } else flags.set(name, { text: 'true', open: false });
  }
  return { flags, leftOut };
}

function isSwitch(name: string): boolean {
  return SWITCHES.has(name) || SWITCHES.has(`experimental-${name}`);
}

/** A negative number is a value; another word that begins with a dash is the next flag. */
function isValue(text: string): boolean {
  return !text.startsWith('-') || /^-\d/.test(text);
}

export function isFlagWord(text: string | undefined): boolean {
  return FLAG.test(text ?? '');
}
