/** A straight drill as a bash script of docker and etcdctl commands that runs by itself, its assertions included. */
import { builtReference, officialReferences } from '../../cluster/docker/images/names';
import type { Problem } from '../../errors';
import { unescape } from '../../scenario/expressions';
import { walkDrill, type Visit } from '../../scenario/follow';
import { problemAt } from '../../scenario/parse';
import { readNode } from '../../scenario/read';
import type { LoadedStep } from '../../scenario/scenario';
import { andList, quote } from '../../steps/instruction';
import type { Need } from '../../steps/step';
import { titleOf } from '../entries';
import type { RunbookOf } from '../markdown';
import { functionsFor } from './library';
import { NotInScript, OpenInScript } from './line';
import { translation } from './steps';

export interface Script {
  text: string;
  /** The steps that a script can't do; the text is of no use where there are any. */
  problems: Problem[];
}

/** The whole script. */
export function drillScript(drill: RunbookOf & { needs: ReadonlySet<Need> }): Script {
  const { scenario, version } = drill;
  const refusals: Refusal[] = [];
  const steps: string[] = [];
  const refused = new Set<string>();
  walkDrill(scenario, version, (visit) => {
    const { step } = visit;
    const parent = step.id.slice(0, Math.max(0, step.id.lastIndexOf('.')));
    if (refused.has(parent)) return void refused.add(step.id);
    try {
      steps.push(stepLines(visit));
    } catch (thrown) {
      if (!(thrown instanceof NotInScript)) throw thrown;
      refused.add(step.id);
      refusals.push({ step, because: thrown });
    }
  });
  const pinned = drill.needs.has('pinned-addresses');
  const body = [
    'prepare',
    ...(pinned ? ['pin_addresses', `for member in "\${MEMBERS[@]}"; do another_address "$member"; done`] : []),
    '',
    ...steps,
    `echo ${quote(`passed: ${steps.length} steps came out as written, on etcd ${version}`)}`,
  ].join('\n');
  const text = `${head(drill)}\n\n${functionsFor(`${body}\nclean_up`)}\n\n${BEGIN}\n\n${body}\n`;
  return { text, problems: problemsOf(refusals) };
}

interface Refusal {
  step: LoadedStep;
  because: NotInScript;
}

const RESULT = 'a result, which is known only while it runs';

/** One problem for each cause, at the first step that has it: the others are named in it. */
function problemsOf(refusals: readonly Refusal[]): Problem[] {
  const unsettled = refusals.findIndex(({ because }) => because.message === RESULT);
  const causes = new Map<string, Refusal[]>();
  for (const [i, refusal] of refusals.entries()) {
    const { step, because } = refusal;
    // After a step that is open nobody knows who runs: that is no cause of its own.
    if (because instanceof OpenInScript && unsettled !== -1 && unsettled < i) continue;
    const cause = because.message === THIS_ACTION ? step.step.name : because.message;
    causes.set(cause, [...(causes.get(cause) ?? []), refusal]);
  }
  return [...causes.values()].flatMap(([first, ...more]) => (first ? [problemOf(first, more)] : []));
}

function problemOf({ step, because }: Refusal, more: readonly Refusal[]): Problem {
  const start = step.source.offset(step.place);
  const at = { start, end: start + step.step.name.length };
  const others =
    more.length === 0
      ? ''
      : `; so it is with step${more.length === 1 ? '' : 's'} ${andList(more.map((other) => other.step.id))}`;
  const message = `step ${step.id} (\`${step.step.name}\`) has no form as a script: ${because.message}${others}`;
  return problemAt(step.source, at, 'not-in-script', message, '`--format md` prints every drill');
}

const THIS_ACTION = 'this action';

function stepLines({ step, bound, state }: Visit): string {
  if (step.nested.length > 0) throw new NotInScript('steps inside of a step');
  if (step.phase !== 'steps') throw new NotInScript(`\`${step.phase}\``);
  if (!bound) throw new NotInScript(RESULT);
  const translate = translation(step.step.name);
  if (!translate) throw new NotInScript(THIS_ACTION);
  const args = readNode(unescape(step.args), step.step.schema);
  const title = titleOf(step, step.modifiers.name ?? bound.sentence(), state);
  const { leavesOpen } = bound.runbook(state);
  const open = step.modifiers.expectError === undefined || leavesOpen === undefined ? [] : [`# ${leavesOpen}`];
  const place = `${step.place.file}:${step.place.line}`;
  const lines = translate(args as never, { state, modifiers: step.modifiers });
  return [`step ${step.id} ${quote(place)} ${quote(title)}`, ...open, ...lines, ''].join('\n');
}

function head({ scenario, version }: RunbookOf): string {
  const images = [...officialReferences('{version}'), builtReference('{version}')];
  const about = [scenario.name, '', ...wrapped(scenario.description)];
  const how = [
    `The drill ${scenario.place.file} for etcd ${version}, written by etcd-scenarios runbook --format sh.`,
    'It needs bash 4.4 or later and a Docker engine on this machine, makes containers, volumes and a network of its',
    'own, and removes them again.',
    'Exit code 0: all came out as written. 1: something differed, and it says what. 3: the engine failed.',
    'ETCD_IMAGE=registry.example/etcd:{version} names another image.',
  ];
  return [
    '#!/usr/bin/env bash',
    ...[...about, '', ...how].map((line) => `# ${line}`.trimEnd()),
    '# shellcheck disable=SC2034,SC2043,SC2046,SC2086,SC2119,SC2120,SC2317',
    'set -euo pipefail',
    '',
    `MEMBERS=(${scenario.members.join(' ')})`,
    `IMAGES=(${images.map(quote).join(' ')})`,
    'RUN=etcd-drill-$$-$RANDOM # begins the name of all that is made',
    'LABEL=etcd-scenarios.script=$RUN',
    'TIMEOUT=10 # seconds, of one request',
    `PUBLISH=${usesMetrics(scenario.steps.map(({ step, args }) => (step.name === 'expect' ? JSON.stringify(readNode(args, step.schema)) : ''))) ? '2381' : "''"} # the port of the metrics, where they are looked at`,
    ...userLines(scenario.auth),
    "STEP=0 PLACE='' SENTENCE='' SAID='' OUTPUT='' STDIN='' SUBNET='' ADDRESSES=0",
    'DIFFERENCES=()',
    'declare -A INCARNATION=() VERSION=() DISK=() ADDRESS=()',
  ].join('\n');
}

/** Who the clients are: the password comes from outside, and is on no command line. */
function userLines(auth: RunbookOf['scenario']['auth']): string[] {
  if (!auth) return ["LOGIN='' # not empty: etcdctl logs in as ETCDCTL_USER"];
  const { user, passwordEnv } = auth;
  return [
    `export ETCDCTL_USER=${user}:"\${${passwordEnv}:?it has to hold the password of the user ${user}}"`,
    'LOGIN=1 # not empty: etcdctl logs in as ETCDCTL_USER',
  ];
}

const BEGIN = ['SCRATCH=$(mktemp)', 'trap clean_up EXIT', "trap 'exit 130' INT TERM"].join('\n');

function usesMetrics(expected: readonly string[]): boolean {
  return expected.some((one) => one.includes('"leader":"none"'));
}

/** Prose in lines of a comment's width. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 110) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
