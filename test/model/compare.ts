/** What a run started, process by process, against what the plan prints for it. */
import type { RunEvent } from '../../src/events';
import type { PlannedCase } from '../../src/run/plan';
import { allEntries, entriesOf, type Entry } from '../../src/runbook/entries';

/** A process as one text: its binary's version, its environment and its words, in an order of their own. */
interface Started {
  member: string;
  text: string;
}

type Event = Partial<RunEvent> & { type: RunEvent['type'] };

/** The differences, each a sentence; empty where the run started what the plan says. */
export function differencesOf(planned: PlannedCase, events: readonly Event[]): string[] {
  const entries = new Map(allEntries(entriesOf(planned.scenario, planned.version)).map((one) => [one.step.id, one]));
  const active: { id: string; started: Started[] }[] = [];
  const differences: string[] = [];
  for (const event of events as readonly RunEvent[]) {
    if (event.type === 'step-started') active.push({ id: event.step.id, started: [] });
    if (event.type === 'member-started') keep(active, entries, memberText(event));
    if (event.type === 'tool-started') keep(active, entries, toolText(event));
    if (event.type !== 'step-finished') continue;
    const at = active.findLastIndex(({ id }) => id === event.step.id);
    const [done] = at === -1 ? [] : active.splice(at, 1);
    const entry = entries.get(event.step.id);
    if (!done || !entry || event.status === 'skipped') continue;
    differences.push(...compare(entry, done.started).map((one) => `step ${done.id} (${entry.title}): ${one}`));
  }
  return [...differences, ...proseDifferences(entries, events as readonly RunEvent[])];
}

/** Gives a process to the step that started it: of several side by side the one that plans it for this member. */
function keep(active: { id: string; started: Started[] }[], entries: Map<string, Entry>, started: Started): void {
  const leaves = active.filter(({ id }) => !active.some((other) => other.id.startsWith(`${id}.`)));
  const planning = leaves.find(({ id }) => plannedOf(entries.get(id)).some(({ text }) => text === started.text));
  (planning ?? leaves.at(-1))?.started.push(started);
}

function compare(entry: Entry, started: readonly Started[]): string[] {
  const { action, expectsError } = about(entry);
  // The status tool of a snapshot whose result is used is the runner's own.
  if (action === 'snapshot') return [];
  const planned = plannedOf(entry);
  const left = [...planned];
  const differences: string[] = [];
  for (const { member, text } of started) {
    const at = left.findIndex((one) => substituted(one, member).text === text);
    if (at !== -1 && left[at]?.isOpen !== true) left.splice(at, 1);
    else if (at === -1)
      differences.push(
        `the run started\n    ${text}\n  and the plan has\n    ${planned.map((one) => one.text).join('\n    ')}`,
      );
  }
  // What is expected to fail may fail before anything is started.
  const missing = expectsError ? [] : left.filter(({ isOpen }) => !isOpen);
  return [...differences, ...missing.map(({ text }) => `the plan has, and the run did not start\n    ${text}`)];
}

function about({ step }: Entry): { action: string; expectsError: boolean } {
  return { action: step.step.name, expectsError: step.modifiers.expectError !== undefined };
}

interface Planned {
  text: string;
  /** The member, or the variable that stands for it. */
  on: string | undefined;
  /** The members that the variable may stand for here; left out: any. */
  where?: readonly string[];
  isOpen: boolean;
}

/** With the member in the place of the variable. */
function substituted(planned: Planned, member: string): Planned {
  if (planned.where?.includes(member) === false) return { ...planned, text: '' };
  if (!planned.isOpen || planned.on === undefined) return planned;
  const text = planned.text.replaceAll(planned.on, member);
  return { ...planned, text: text.split(' ').toSorted().join(' ') };
}

/** The processes that the commands of an entry start: members, and tools where the run starts one as well. */
function plannedOf(entry: Entry | undefined): Planned[] {
  if (!entry) return [];
  return entry.instruction.commands.flatMap(({ on, where, text, etcd }): Planned[] => {
    const words = shellWords(text);
    const env = words.filter((word) => /^[A-Z_]+=/.test(word));
    const rest = words.slice(env.length);
    const isOpen = on?.startsWith('$') === true;
    if (rest[0] === 'etcd') return [{ on, where, isOpen, text: textOf(etcd, [], joined(rest)) }];
    const api = env.includes('ETCDCTL_API=2') ? 2 : 3;
    if (rest[1] === 'snapshot' && rest[2] === 'restore') {
      return [{ on, isOpen, text: textOf(etcd, [`api=${api}`], [...rest.slice(0, 3), ...joined(rest.slice(4))]) }];
    }
    if (rest[1] === 'snapshot' && rest[2] === 'status')
      return [{ on, isOpen, text: textOf(undefined, [], rest.slice(0, 3)) }];
    if (about(entry).action !== 'etcdctl') return [];
    const asked = /^--endpoints=http:\/\/([^:]+):/.exec(rest[1] ?? '')?.[1];
    const typed = rest.slice(2).filter((word) => !word.startsWith('--user='));
    return [{ on: asked, isOpen: true, text: textOf(undefined, [`api=${api}`], typed) }];
  });
}

function textOf(version: string | undefined, env: readonly string[], words: readonly string[]): string {
  return [...(version === undefined ? [] : [`version=${version}`]), ...env, ...words].toSorted().join(' ');
}

/** The runner's own flags left out: an operator has defaults in their place. */
const OWN = /^--(data-dir|listen-metrics-urls)=|^--initial-cluster-state=new$/;

function memberText({ member, version, command }: Extract<RunEvent, { type: 'member-started' }>): Started {
  const isOwnLogger = version.startsWith('3.4.');
  const words = command.filter((word) => !OWN.test(word) && !(isOwnLogger && word === '--logger=zap'));
  return { member, text: textOf(version, [], words) };
}

function toolText({ member, version, command, env }: Extract<RunEvent, { type: 'tool-started' }>): Started {
  // Without the variable etcdctl speaks API 2 up to 3.3, and API 3 from 3.4 on.
  const api = env.find((one) => one.startsWith('ETCDCTL_API='))?.slice(-1) ?? (version.startsWith('3.3.') ? '2' : '3');
  if (command[2] === 'restore') {
    const words = [...command.slice(0, 3), ...command.slice(4).filter((word) => !OWN.test(word))];
    return { member, text: textOf(version, [`api=${api}`], words) };
  }
  if (command[2] === 'status') return { member, text: textOf(undefined, [], command.slice(0, 3)) };
  return { member, text: textOf(undefined, [`api=${api}`], command.slice(2)) };
}

/** `--name value` as `--name=value`, each flag a word. */
function joined(words: readonly string[]): string[] {
  return words.reduce<string[]>((all, word) => {
    const last = all.at(-1);
    if (last?.startsWith('--') && !last.includes('=') && !word.startsWith('--'))
      return [...all.slice(0, -1), `${last}=${word}`];
    return [...all, word];
  }, []);
}

/** The words of a command as a shell takes them: folded lines, single and double quotes. */
export function shellWords(text: string): string[] {
  const words = text.replace(/\\\n\s*/g, '').match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+/g) ?? [];
  return words.map((word) =>
    word.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
  );
}

/** `of 3 members 2 are needed`, against the member list that etcd answered just before. */
function proseDifferences(entries: Map<string, Entry>, events: readonly RunEvent[]): string[] {
  let voters: number | undefined;
  return events.flatMap((event) => {
    if (event.type !== 'step-finished') return [];
    if (event.step.action === 'etcdctl') voters = votersIn(event.output ?? '');
    if (event.step.action !== 'member-add' || voters === undefined) return [];
    const before = entries.get(event.step.id)?.instruction.before ?? '';
    const [, size, needed] = /of (\d+) members (\d+) are needed/.exec(before) ?? [];
    const actual = voters + 1;
    voters = undefined;
    if (size === undefined || (Number(size) === actual && Number(needed) === Math.floor(actual / 2) + 1)) return [];
    return [`step ${event.step.id}: "${before}", and etcd has ${actual} voters then`];
  });
}

/** `id, started, name, peers, clients, is learner`; etcd 3.3 knows no learners. */
function votersIn(list: string): number | undefined {
  const lines = list.split('\n').filter((line) => /^[0-9a-f]+, (un)?started, /.test(line));
  return lines.length === 0 ? undefined : lines.filter((line) => !line.endsWith(', true')).length;
}
