/** A drill as a document that an operator follows in an incident. */
import { formatDuration } from '../clock';
import { PLAIN, PORTS, url } from '../cluster/security';
import { textMatcher } from '../match';
import type { Scenario } from '../scenario/scenario';
import { allSteps } from '../scenario/scenario';
import { andList, type Command } from '../steps/instruction';
import { snapshotTool } from '../steps/tool';
import { allEntries, entriesOf, type Entry } from './entries';

export interface RunbookOf {
  scenario: Scenario;
  version: string;
  /** Every version that a member of it runs. */
  versions: readonly string[];
}

/** The whole document. */
export function runbookMarkdown(drill: RunbookOf): string {
  const { scenario, version } = drill;
  const entries = entriesOf(scenario, version);
  const main = entries.filter(({ step }) => step.phase === 'steps');
  const last = entries.filter(({ step }) => step.phase === 'finally');
  const after = entries.filter(({ step }) => step.phase === 'onFailure');
  const blocks = [
    `# ${scenario.name}`,
    scenario.description.trim(),
    origin(drill),
    '## Before you begin',
    ...prerequisites(drill, entries),
    '## Steps',
    situation(main),
    leftOut(scenario, entries, version),
    ...main.flatMap((entry) => entryBlocks(entry, 3)),
    ...(after.length === 0 ? [] : ['## If a step does not come out', ...after.flatMap((one) => entryBlocks(one, 3))]),
    ...(last.length === 0 ? [] : ['## At the end, whatever happened', ...last.flatMap((one) => entryBlocks(one, 3))]),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function origin({ scenario, version }: RunbookOf): string {
  const { file } = scenario.place;
  return (
    `This page is for etcd ${version}. It was written by \`etcd-scenarios runbook\` from the drill \`${file}\`; ` +
    `\`etcd-scenarios run ${file} --etcd ${version}\` does the same on containers and says whether it still works.`
  );
}

function prerequisites({ scenario, version, versions }: RunbookOf, entries: readonly Entry[]): string[] {
  const rows = scenario.members.map(
    (member) => `| ${member} | ${url(PLAIN, member, PORTS.client)} | ${url(PLAIN, member, PORTS.peer)} |`,
  );
  const restores = allEntries(entries).some(
    ({ step }) => step.step.name.startsWith('snapshot') || step.step.name === 'restore',
  );
  const tools =
    restores && snapshotTool(version) === 'etcdutl' ? '`etcd`, `etcdctl` and `etcdutl`' : '`etcd` and `etcdctl`';
  const others = versions.filter((other) => other !== version);
  const [first = ''] = scenario.members;
  const { auth } = scenario;
  const points = [
    `Each member's name is its host name, and every machine and yours can resolve it (DNS, \`/etc/hosts\`).`,
    `On each machine: ${tools} ${version}${others.length === 0 ? '' : `, and ${andList(others)} for the steps that say so`}.`,
    `“On ${first}” means: in a shell on its machine, in the folder that holds its data directory \`${first}.etcd\`. “Anywhere” means: wherever \`etcdctl\` reaches the members.`,
    ...(auth
      ? [
          `\`${auth.passwordEnv}\` holds the password of the user ${auth.user}: \`read -rs ${auth.passwordEnv}\` takes it without showing it. It is on no page and in no script.`,
        ]
      : []),
    `\`etcd …\` runs until it is ended: give it a terminal of its own. Where systemd or Kubernetes starts etcd, the flags are what counts: change them there.`,
  ];
  return [
    ['| member | clients reach it at | peers reach it at |', '|---|---|---|', ...rows].join('\n'),
    points.map((point) => `- ${point}`).join('\n'),
  ];
}

const FAILING = ['kill', 'wipe'];
const PREPARING = ['start', 'put', 'snapshot', 'note', 'snapshot-status', 'lease-grant'];

/** Where a drill first makes a failure, its first steps are for a rehearsal only. */
function situation(entries: readonly Entry[]): string {
  const actions = entries.map(({ step }) => step.step.name);
  const failure = actions.findIndex((action) => !PREPARING.includes(action));
  if (actions[failure] !== 'kill') return '';
  const after = actions.findIndex((action, i) => i > failure && !FAILING.includes(action));
  const [begin, end] = [entries[after], entries[after - 1]];
  if (!begin || !end) return '';
  const saved = entries.slice(0, failure).find(({ step }) => step.step.name === 'snapshot');
  return (
    `${after === 1 ? 'Step 1 makes' : `Steps 1 ${after === 2 ? 'and' : 'to'} ${end.step.id} make`} the situation, for a rehearsal. In an incident it is there already: ` +
    `begin at step ${begin.step.id}.${saved ? ` The snapshot of step ${saved.step.id} has to have been taken before it.` : ''}`
  );
}

function leftOut({ steps, finally: last }: Scenario, entries: readonly Entry[], version: string): string {
  const kept = new Set(allEntries(entries).map(({ step }) => step.id));
  const ids = allSteps([...steps, ...last])
    .filter(({ id, modifiers }) => !kept.has(id) && modifiers.when)
    .map(({ id }) => id);
  if (ids.length === 0) return '';
  return `Left out: step${ids.length === 1 ? '' : 's'} ${andList(ids)}, for other versions than ${version}.`;
}

function entryBlocks(entry: Entry, depth: number): string[] {
  const { step, title, instruction, nested } = entry;
  if (step.step.name === 'note') return [sentence(title)];
  const heading = `${'#'.repeat(Math.min(depth, 6))} ${step.id}. ${capital(headingOf(entry, title))}`;
  const rest = nested.flatMap((one) => entryBlocks(one, depth + 1));
  const failed = step.modifiers.expectError !== undefined;
  return [
    heading,
    ...(nested.length > 0 ? [blockIntro(step.step.name, title)] : []),
    before(entry),
    ...commandBlocks(instruction.commands),
    afterwards(entry, failed),
    ...(failed || !instruction.otherwise ? [] : [`**If not:** ${instruction.otherwise}`]),
    ...rest,
  ];
}

/** The rows of an `expect` are told below its commands: a heading that says them all would be no heading. */
function headingOf({ step }: Entry, title: string): string {
  return step.step.name === 'expect' && step.modifiers.name === undefined ? 'look at the cluster' : title;
}

function blockIntro(action: string, title: string): string {
  if (action === 'parallel') return 'Do these side by side; all of them have to come out well.';
  if (action === 'repeat') return `Do this ${title.replace(/^repeat /, '')}:`;
  return '';
}

function before({ instruction, open }: Entry): string {
  const names = open.map(({ variable, result }) => `\`${variable}\` ${meaning(result)}.`);
  return [instruction.before, ...names].filter((part) => part).join(' ');
}

function meaning(result: string): string {
  if (result === 'repeat.index') return 'counts the rounds, from 0';
  if (result.startsWith('secrets.')) return 'is a secret: set it in your shell';
  const [name = '', key = '', item] = result.split('.');
  const which = item === undefined ? 'the' : `item ${item} (counted from 0) of the`;
  return `is ${which} \`${key}\` of what an earlier step left, called ${name}`;
}

/** One fenced block for each place where they are typed, in order. */
function commandBlocks(commands: readonly Command[]): string[] {
  const groups: { at: string; texts: string[] }[] = [];
  for (const { on, where, text } of commands) {
    const at = `${on === undefined ? 'Anywhere' : `On ${on}`}${whereWords(where)}`;
    const last = groups.at(-1);
    if (last && last.at === at) last.texts.push(text);
    else groups.push({ at, texts: [text] });
  }
  return groups.map(({ at, texts }) => `${at}:\n\n\`\`\`sh\n${texts.join('\n')}\n\`\`\``);
}

/** For whom of those that a variable may stand for. */
export function whereWords(where: Command['where']): string {
  return where === undefined ? '' : `, where that is ${where.join(' or ')}`;
}

function afterwards({ step, instruction }: Entry, failed: boolean): string {
  const { expectError, withinMs, forMs } = step.modifiers;
  const time = withinMs === undefined ? '' : `It may take up to ${formatDuration(withinMs)}: try again until then.`;
  const lasting = forMs === undefined ? '' : `It has to stay so for ${formatDuration(forMs)}.`;
  if (failed && expectError !== undefined) {
    const said = `**See:** This is refused, with ${textMatcher(expectError).description}. ${time}`.trim();
    const open = instruction.leavesOpen === undefined ? '' : ` ${instruction.leavesOpen}`;
    return `${said}${open}\n\n**If not:** Where it is not refused, stop: the cluster is not in the state that this page is about.`;
  }
  const see = instruction.see ?? [];
  const more = [time, lasting].filter((part) => part !== '').join(' ');
  if (see.length === 0) return more;
  if (see.length === 1) return `**See:** ${[see[0], more].filter((part) => part !== '').join(' ')}`;
  return [`**See:**`, '', ...[...see, ...(more === '' ? [] : [more])].map((one) => `- ${one}`)].join('\n');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? capital(text) : `${capital(text)}.`;
}
