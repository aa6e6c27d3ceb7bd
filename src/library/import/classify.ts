/** Which of the settings that were found a rehearsal can use, and why the others are left out. */
import { IGNORED_FLAGS } from '../../cluster/flag-table';
import { isFlag, nearestFlag } from '../../cluster/flags';
import { isTLSFlag, OWNED_FLAGS } from '../../scenario/owned-flags';
import { flagOfVariable, OPEN, type Found, type LeftOut, type Word } from './found';
import { flagsIn } from './flags-in';
import { optionsIn } from './script';

export interface Classified {
  kept: Map<string, string>;
  leftOut: LeftOut[];
  warnings: string[];
}

const CERTIFICATES = 'certificates: members speak plain HTTP';
const PATHS = 'paths and logs: each member has a volume, and its log goes to the reports';
const ADDRESSES = 'names and addresses: the runner sets them';
const TRACING = 'tracing: no collector runs beside the members';
const NOT_A_FLAG = 'no flag of etcd: a variable of the image or of a tool';
const OTHER_VARIABLE = 'no variable of etcd';
const EMPTY = 'empty: etcd ignores it';
const SHADOWED = 'overridden by the command line; etcd 3.4 and later refuse to start with both';
const BESIDE_FILE = 'ignored by etcd: it runs with --config-file';

/** The first that fits says why. */
const LEFT_OUT: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^(version|help|h)$/, 'prints something and ends'],
  [/^(wal-dir|data-dir|config-file|log-outputs?|log-format|enable-log-rotation|log-rotation-config-json)$/, PATHS],
  [/^(discovery|discovery-.*|proxy|proxy-.*|listen-.*-urls|advertise-client-urls|host-whitelist|cors)$/, ADDRESSES],
  [/^initial-(advertise-peer-urls|cluster|cluster-state|cluster-token)$/, ADDRESSES],
  [/^(experimental-)?(enable-)?distributed-tracing(-.*)?$/, TRACING],
];

/**
 * Sorts what one etcd is given, by etcd's own precedence: a flag overrides a variable, and a configuration file replaces both
 * (measured on 3.3.25, 3.4.23, 3.5.35 and 3.6.16). `auth-token` counts as certificates where it needs key files.
 */
export function classify(found: Found): Classified {
  const result: Classified = { kept: new Map(), leftOut: [], warnings: [] };
  const options = optionsIn(found.variables);
  const ofOptions = flagsIn(options.words);
  const flags = new Map([...ofOptions.flags, ...found.flags]);
  for (const what of options.names) result.leftOut.push({ what, why: 'read: its options are among the flags' });
  const isRead = (text: string): boolean => options.names.some((name) => isReferenceTo(text, name));
  result.leftOut.push(...found.leftOut.filter(({ what, why }) => why !== OPEN || !isRead(what)), ...ofOptions.leftOut);
  const file = flags.get('config-file') ?? found.variables.get('ETCD_CONFIG_FILE');
  if (file !== undefined && file.text !== '') {
    result.leftOut.push({ what: `config-file: ${file.text}`, why: 'not read: etcd reads this file alone' });
    result.warnings.push(
      `etcd reads ${file.text} and ignores every other flag and variable: import that file (\`etcd-scenarios import FILE\`)`,
    );
    for (const name of flags.keys()) if (name !== 'config-file') result.leftOut.push({ what: name, why: BESIDE_FILE });
    for (const name of found.variables.keys()) {
      if (name.startsWith('ETCD_') && name !== 'ETCD_CONFIG_FILE')
        result.leftOut.push({ what: name, why: BESIDE_FILE });
    }
    for (const one of found.settings) add(...one, result);
    return result;
  }
  for (const [what, { text, open }] of found.variables) {
    if (what.startsWith('ETCD_') || options.names.includes(what)) continue;
    result.leftOut.push({ what: open ? `${what}: ${text}` : what, why: OTHER_VARIABLE });
  }
  for (const [name, value] of found.settings) if (!flags.has(name)) add(name, value, result);
  for (const [variable, value] of found.variables) {
    if (!variable.startsWith('ETCD_') || options.names.includes(variable)) continue;
    const name = flagOfVariable(variable);
    if (!isFlag(name)) result.leftOut.push({ what: variable, why: NOT_A_FLAG });
    else if (value.text === '') result.leftOut.push({ what: variable, why: EMPTY });
    else if (flags.has(name)) result.leftOut.push({ what: variable, why: SHADOWED });
    else add(name, value, result, variable);
  }
  for (const [name, value] of flags) {
    if (add(name, value, result) && !isFlag(name)) result.warnings.push(unknownFlag(name));
  }
  return result;
}

/** `$ETCD_OPTS`, `${ETCD_OPTS}`, `$(ETCD_OPTS)`, also with a default. */
function isReferenceTo(text: string, name: string): boolean {
  return new RegExp(`^\\$[{(]?${name}([^\\w].*)?$`, 's').test(text);
}

function unknownFlag(name: string): string {
  const near = nearestFlag(name);
  const guess = near === undefined ? '' : ` (did you mean \`${near}\`?)`;
  return `no known version of etcd has the flag --${name}${guess}; it is passed on as written`;
}

/** True where it was kept. */
function add(name: string, { text, open }: Word, result: Classified, variable?: string): boolean {
  const why = whyLeftOut(name, text) ?? (open ? OPEN : undefined);
  if (why === undefined) {
    result.kept.set(name, text);
    return true;
  }
  const shown = variable === undefined ? name : `${name} (${variable})`;
  result.leftOut.push({ what: open ? `${shown}: ${text}` : shown, why });
  return false;
}

function whyLeftOut(name: string, value: string): string | undefined {
  const [, why] = LEFT_OUT.find(([pattern]) => pattern.test(name)) ?? [];
  if (why !== undefined) return why;
  if (isTLSFlag(name) || (name === 'auth-token' && value.startsWith('jwt'))) return CERTIFICATES;
  const owned = OWNED_FLAGS.get(name);
  if (owned !== undefined) return name === 'force-new-cluster' ? `the runner sets it: ${owned}` : ADDRESSES;
  return IGNORED_FLAGS.has(name) ? 'accepted and ignored by etcd' : undefined;
}
