/** Command lines: as typed, in a systemd unit, of `docker run`, as `ps` prints them; and files of environment variables. */
import { flagOfVariable, flagsIn, versionIn, type Found } from './found';

/** The etcd in a text; undefined where there is none. */
export function fromText(text: string): Found | undefined {
  const lines = text.replace(/\\\r?\n/g, ' ').split(/\r?\n/);
  const environment = new Map<string, string>();
  const unread: string[] = [];
  let command: { words: string[]; version: string | undefined } | undefined;
  for (const raw of lines) {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    const [, directive = '', rest = ''] = /^(Environment|EnvironmentFile|ExecStart)=-?(.*)$/.exec(line) ?? [];
    if (directive === 'EnvironmentFile') unread.push(`the environment file ${rest}: import it as well`);
    else if (directive === 'Environment') addVariables(wordsOf(rest), environment);
    else if (isAssignment(line)) addVariables([unquoted(line)], environment);
    else command ??= commandIn(wordsOf(directive === '' ? line : rest), environment);
  }
  if (!command && environment.size === 0) return undefined;
  const flags = new Map([...environment, ...flagsIn(command?.words ?? [])]);
  return { as: command ? 'a command line' : 'environment variables', version: command?.version, flags, unread };
}

function isAssignment(line: string): boolean {
  return /^(export\s+)?ETCD_\w+=/.test(line) && !/\setcd\s+-/.test(line);
}

/** `ETCD_NAME="a b" # why` as one word. */
function unquoted(line: string): string {
  return wordsOf(line.replace(/^export\s+/, ''))[0] ?? '';
}

function addVariables(words: readonly string[], environment: Map<string, string>): void {
  for (const word of words) {
    const [, name = '', value = ''] = /^(\w+)=([\s\S]*)$/.exec(word) ?? [];
    const flag = flagOfVariable(name);
    if (flag !== undefined) environment.set(flag, value);
  }
}

/** What stands after the program: etcd itself, or the image of a container that runs it. */
function commandIn(
  words: readonly string[],
  environment: Map<string, string>,
): { words: string[]; version: string | undefined } | undefined {
  const run = words.findIndex((word, i) => word === 'run' && /(^|\/)(docker|podman|nerdctl)$/.test(words[i - 1] ?? ''));
  if (run !== -1) return containerIn(words.slice(run + 1), environment);
  const at = words.findIndex((word, i) => isEtcd(word) && (i + 1 === words.length || isFlag(words[i + 1])));
  if (at !== -1) {
    addVariables(words.slice(0, at), environment);
    return { words: words.slice(at + 1), version: versionIn(words[at] ?? '') };
  }
  return isFlag(words[0]) ? { words: [...words], version: undefined } : undefined;
}

function isEtcd(word: string): boolean {
  return /(^|\/)etcd$/.test(word);
}

function isFlag(word: string | undefined): boolean {
  return /^--?[a-z]/.test(word ?? '');
}

/** Switches of `docker run`; every other option that stands alone takes the word after it. */
const SWITCHES = /^(-[dit]+|--(detach|rm|interactive|tty|privileged|init|read-only|no-healthcheck|oom-kill-disable))$/;

/** `docker run`'s own options end at the image; what follows is etcd's, after the program if it is named. */
function containerIn(
  words: readonly string[],
  environment: Map<string, string>,
): { words: string[]; version: string | undefined } | undefined {
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-')) {
      const rest = words.slice(i + 1);
      return { words: isFlag(rest[0]) ? rest : rest.slice(1), version: versionIn(word) };
    }
    const [, joined] = /^--?e(?:nv)?=(.*)$/.exec(word) ?? [];
    if (joined !== undefined) addVariables([joined], environment);
    if (word.includes('=') || SWITCHES.test(word)) continue;
    if (word === '-e' || word === '--env') addVariables([words[i + 1] ?? ''], environment);
    i++;
  }
  return undefined;
}

/** Words as a shell splits them: quotes and backslashes undone, nothing replaced. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  const token = /\s+|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(['"\\])/g;
  let word: string | undefined;
  for (const [whole, single, double, escaped, plain, stray] of line.matchAll(token)) {
    const part = single ?? double?.replace(/\\(.)/g, '$1') ?? escaped ?? plain ?? stray;
    if (part === undefined && whole.trim() === '') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + (part ?? '');
  }
  if (word !== undefined) words.push(word);
  return words;
}
