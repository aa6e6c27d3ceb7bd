/** Which program a command starts: etcd is found in command position only, behind wrappers and shells. */
import { emptyFound, versionIn, type Findings, type Found, type Word } from './found';
import { flagsIn, isFlagWord } from './flags-in';

/** Reads a shell script: `sh -c` hands its own over. */
export type ReadScript = (script: string) => Findings;

interface Wrapper {
  /** Options that take the next word. */
  valued: string;
  /** Words of its own before the command: `timeout 5 etcd`, `su-exec USER etcd`. */
  positional?: number;
}

/** Programs that start the one that follows their own arguments. */
const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  builtin: { valued: '' },
  catchsegv: { valued: '' },
  chpst: { valued: '-u -U -b -e -/ -n -l -L -m -d -o -p -f -c -r -t -C' },
  chroot: { valued: '--userspec --groups', positional: 1 },
  chrt: { valued: '-T -P -D --sched-runtime', positional: 1 },
  command: { valued: '' },
  cgexec: { valued: '-g' },
  'dumb-init': { valued: '-r --rewrite' },
  env: { valued: '-u --unset -C --chdir -S' },
  exec: { valued: '-a' },
  gosu: { valued: '', positional: 1 },
  ionice: { valued: '-c -n -p --class --classdata' },
  nice: { valued: '-n --adjustment' },
  nohup: { valued: '' },
  numactl: { valued: '-i -m -N -C -p --interleave --membind --cpunodebind --physcpubind --preferred' },
  prlimit: { valued: '' },
  runuser: { valued: '-u -g -G --user --group' },
  setpriv: { valued: '--reuid --regid --groups --bounding-set --inh-caps --ambient-caps' },
  setsid: { valued: '' },
  setuidgid: { valued: '', positional: 1 },
  softlimit: { valued: '-a -c -d -f -l -m -o -p -r -s -t' },
  stdbuf: { valued: '-i -o -e' },
  strace: { valued: '-e -o -p -s -u' },
  'su-exec': { valued: '', positional: 1 },
  sudo: { valued: '-u -g -C -h -p -r -t -T -U -D --user --group' },
  'systemd-cat': { valued: '-t -p --identifier --priority' },
  'systemd-run': { valued: '-p -u --unit --property --description --slice -E --setenv --uid --gid' },
  taskset: { valued: '', positional: 1 },
  time: { valued: '-f -o' },
  timeout: { valued: '-k -s --kill-after --signal', positional: 1 },
  tini: { valued: '-p -e' },
  unshare: { valued: '' },
};

const SHELL = /^(ba|da|a|z|k)?sh$/;
const RUNNER = /^(docker|podman|nerdctl)$/;
const CONTAINER_SWITCHES =
  /^(-[ditP]+|--(detach|rm|interactive|tty|privileged|init|read-only|no-healthcheck|oom-kill-disable|publish-all|replace|quiet|no-hosts|sig-proxy))$/;

/** An image of etcd itself, not of what backs it up or manages it. */
export function isEtcdImage(image: string): boolean {
  const name = image.replace(/@.*$/, '').split('/').at(-1)?.replace(/:.*$/, '') ?? '';
  return (
    /^[\w.-]*etcd\d?(-(amd64|arm64|arm|s390x|ppc64le|v?\d.*))?$/.test(name) &&
    !/backup|restore|operator|manager|defrag|proxy|browser|exporter|tool|test/.test(name)
  );
}

export function basename(path: string): string {
  return path.split('/').at(-1) ?? path;
}

function isEtcdProgram(path: string): boolean {
  return /^etcd(\.exe|-v?\d[\w.-]*)?$/.test(basename(path)) || /\/bitnami\/scripts\/etcd\/run\.sh$/.test(path);
}

interface Context {
  as: string;
  subject: string;
  readScript: ReadScript;
}

/**
 * The etcd that a command line starts, behind whatever wraps it. Nothing where it starts something else; that program is
 * then in `others`.
 */
export function etcdOf(words: readonly Word[], context: Context): Findings {
  const findings: Findings = { found: [], others: [], loose: new Map() };
  const variables = new Map<string, Word>();
  let rest = [...words];
  for (let depth = 0; depth < 20; depth++) {
    rest = takeAssignments(rest, variables);
    const [program, ...args] = rest;
    if (program === undefined) return withLoose(findings, variables);
    const name = basename(program.text);
    if (isEtcdProgram(program.text) || (name === 'etcd-wrapper' && isFlagWord(args[0]?.text))) {
      if (!isServer(args)) return { ...findings, others: [shown(rest)] };
      const found = etcdWith(args, { ...context, version: versionIn(program.text) });
      for (const [variable, value] of variables) found.variables.set(variable, value);
      return { ...findings, found: [found] };
    }
    if (name === 'busybox' || name === 'doas') rest = args;
    else if (SHELL.test(name)) {
      const inner = ofShell(args, context);
      if (inner === undefined) rest = afterScript(args);
      else {
        for (const found of inner.found) for (const one of variables) found.variables.set(...one);
        return inner;
      }
    } else if (name === 'su') return ofSu(args, context);
    else if (name === 'start-stop-daemon') rest = ofStartStopDaemon(args);
    else if (RUNNER.test(name)) return ofContainerRun(args, context, variables);
    else if (Object.hasOwn(WRAPPERS, name)) rest = afterWrapper(args, WRAPPERS[name] ?? { valued: '' });
    else if (/entrypoint|docker-init|wait-for/.test(name)) rest = afterEntrypoint(args);
    else {
      const dashes = args.findIndex(({ text }) => text === '--');
      const behind = args[dashes + 1];
      if (dashes === -1 || behind === undefined || !isEtcdProgram(behind.text) || /^(kubectl|oc|crictl)$/.test(name)) {
        return { ...withLoose(findings, variables), others: [shown(rest)] };
      }
      rest = args.slice(dashes + 1);
    }
    if (rest.length === 0) return { ...findings, others: [shown(words)] };
  }
  return findings;
}

/** The etcd that gets these arguments. */
export function etcdWith(args: readonly Word[], about: { as: string; subject: string; version?: string }): Found {
  const found = emptyFound(about.as, about.subject, 4);
  const { flags, leftOut } = flagsIn(args);
  found.flags = flags;
  found.leftOut.push(...leftOut);
  found.version = about.version;
  return found;
}

/** `etcd grpc-proxy` and `etcd gateway` are no members; `etcd --version` ends at once. */
function isServer(args: readonly Word[]): boolean {
  const [first] = args;
  if (first === undefined) return true;
  if (/^--?(version|help|h)$/.test(first.text) && args.length === 1) return false;
  return isFlagWord(first.text) || first.open;
}

function shown(words: readonly Word[]): string {
  const texts = words.slice(0, 2).map(({ text }) => (text.length > 40 ? `${text.slice(0, 40)}…` : text));
  return `the command \`${texts.join(' ').replace(/\s+/g, ' ')}\``;
}

function withLoose(findings: Findings, variables: ReadonlyMap<string, Word>): Findings {
  for (const [name, value] of variables) findings.loose.set(name, value);
  return findings;
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=([\s\S]*)$/;

/** `NAME=value` before a command, or after `env`. */
export function takeAssignments(words: readonly Word[], variables: Map<string, Word>): Word[] {
  let i = 0;
  for (; i < words.length; i++) {
    const [, name, value = ''] = ASSIGNMENT.exec(words[i]?.text ?? '') ?? [];
    if (name === undefined) break;
    variables.set(name, { text: value, open: words[i]?.open ?? false });
  }
  return words.slice(i);
}

function afterWrapper(args: readonly Word[], { valued, positional = 0 }: Wrapper): Word[] {
  const takesNext = new Set(valued.split(' '));
  let i = 0;
  for (; i < args.length; i++) {
    const text = args[i]?.text ?? '';
    if (text === '--') {
      i++;
      break;
    }
    if (!text.startsWith('-') || text === '-') break;
    if (takesNext.has(text)) i++;
  }
  return args.slice(i + positional);
}

/** Words of its own, such as `host:2379 -t 5`, then `--` or the command. */
function afterEntrypoint(args: readonly Word[]): Word[] {
  const dashes = args.findIndex(({ text }) => text === '--');
  return args.slice(dashes === -1 ? 0 : dashes + 1);
}

/** What `sh -c` runs; undefined for `sh FILE`. */
function ofShell(args: readonly Word[], { readScript }: Context): Findings | undefined {
  for (let i = 0; i < args.length; i++) {
    const text = args[i]?.text ?? '';
    if (/^-[a-z]*o$/.test(text) && !/c/.test(text)) i++;
    else if (/^-[a-z]*c[a-z]*$/.test(text)) {
      const script = /o$/.test(text) ? args[i + 2] : args[i + 1];
      return readScript(script?.text ?? '');
    } else if (!text.startsWith('-')) return undefined;
  }
  return undefined;
}

/** `sh /entrypoint.sh etcd …` */
function afterScript(args: readonly Word[]): Word[] {
  const script = args.findIndex(({ text }) => !text.startsWith('-'));
  const rest = args.slice(script + 1);
  return script !== -1 && isEtcdProgram(rest[0]?.text ?? '') ? rest : [];
}

function ofSu(args: readonly Word[], context: Context): Findings {
  const at = args.findIndex(({ text }) => text === '-c' || text === '--command');
  const [, joined] =
    /^--command=([\s\S]*)$/.exec(args.find(({ text }) => text.startsWith('--command='))?.text ?? '') ?? [];
  const script = joined ?? (at === -1 ? undefined : args[at + 1]?.text);
  return script === undefined
    ? { found: [], others: ['the command `su`'], loose: new Map() }
    : context.readScript(script);
}

/** `start-stop-daemon --start --exec /usr/bin/etcd -- ARGS` */
function ofStartStopDaemon(args: readonly Word[]): Word[] {
  const at = args.findIndex(({ text }) => /^(-x|--exec|-a|--startas)(=|$)/.test(text));
  const option = args[at];
  if (option === undefined) return [];
  const [, joined] = /=([\s\S]*)$/.exec(option.text) ?? [];
  const program = joined === undefined ? args[at + 1] : { ...option, text: joined };
  const dashes = args.findIndex(({ text }) => text === '--');
  return program === undefined ? [] : [program, ...(dashes === -1 ? [] : args.slice(dashes + 1))];
}

/** `docker run`'s own options end at the image; what follows is etcd's, after the program if it is named. */
function ofContainerRun(args: readonly Word[], context: Context, before: ReadonlyMap<string, Word>): Findings {
  const run = args.findIndex(({ text }) => text === 'run' || text === 'create');
  if (run === -1) return { found: [], others: [`the command \`docker ${args[0]?.text ?? ''}\``], loose: new Map() };
  const variables = new Map<string, Word>();
  const notes: string[] = [];
  let entrypoint: Word | undefined;
  for (let i = run + 1; i < args.length; i++) {
    const { text, open } = args[i] ?? { text: '', open: false };
    if (text.startsWith('{%')) continue;
    if (!text.startsWith('-')) {
      const command = [...(entrypoint ? [entrypoint] : []), ...args.slice(i + 1)];
      const findings = ofContainer(text, command, context);
      for (const found of findings.found) {
        for (const one of variables) found.variables.set(...one);
        for (const what of notes) found.leftOut.push({ what, why: 'not read: import it as well' });
      }
      return findings;
    }
    const [, option = text, joined] = /^(--[\w-]+|-[a-z])=([\s\S]*)$/.exec(text) ?? [];
    if (joined === undefined && CONTAINER_SWITCHES.test(text)) continue;
    const attached = joined ?? (/^-e./.test(text) ? text.slice(2) : undefined);
    const value = attached === undefined ? args[i + 1] : { text: attached, open };
    if (attached === undefined) i++;
    if (value === undefined) continue;
    if (option === '-e' || option === '--env' || /^-e./.test(option)) {
      const [, name, set] = ASSIGNMENT.exec(value.text) ?? [];
      if (name !== undefined) variables.set(name, { text: set ?? '', open: value.open });
      else variables.set(value.text, before.get(value.text) ?? { text: `$${value.text}`, open: true });
    } else if (option === '--env-file') notes.push(`the environment file ${value.text}`);
    else if (option === '--entrypoint') entrypoint = value;
  }
  return { found: [], others: ['the command `docker run`'], loose: new Map() };
}

/** A container of an image, with the words that it is started with. */
export function ofContainer(image: string, words: readonly Word[], context: Context & { name?: string }): Findings {
  const version = versionIn(image);
  const [first] = words;
  const startsWithFlags = first === undefined || isFlagWord(first.text);
  const isNamed = /(^|-)etcd\d*$/.test(context.name ?? '') && first !== undefined;
  if (startsWithFlags && (isEtcdImage(image) || isNamed)) {
    const found = etcdWith(words, { ...context, version });
    found.rank = first === undefined ? 2 : isEtcdImage(image) ? 3 : 2;
    return { found: [found], others: [], loose: new Map() };
  }
  const findings = etcdOf(words, context);
  for (const found of findings.found) found.version ??= version;
  return findings;
}
