/** A drill as a list of instructions: what the runbook prints, the plan tells and the script runs. */
import { walkDrill } from '../scenario/follow';
import { readNode } from '../scenario/read';
import type { LoadedStep, Scenario } from '../scenario/scenario';
import type { DrillState } from '../steps/drill-state';
import { withoutPassword, withVariables, type Command, type Instruction } from '../steps/instruction';
import type { BoundStep } from '../steps/step';
import { bindOpen, type OpenName } from './open';

export interface Entry {
  step: LoadedStep;
  /** The name that the author gave it, else what it does. */
  title: string;
  instruction: Instruction;
  /** Results of earlier steps that its commands name: `$victim_members`. */
  open: OpenName[];
  nested: Entry[];
  /** How many members may be up while it runs. */
  up: number;
}

/** The steps that run with this version, each with its instruction, those of a block below it. */
export function entriesOf(scenario: Scenario, version: string): Entry[] {
  const top: Entry[] = [];
  const byId = new Map<string, Entry>();
  walkDrill(scenario, version, ({ step, bound, state }) => {
    const entry = entryOf(step, bound, state);
    byId.set(step.id, entry);
    const parent = byId.get(step.id.slice(0, Math.max(0, step.id.lastIndexOf('.'))));
    (parent?.nested ?? top).push(entry);
  });
  return top;
}

function entryOf(step: LoadedStep, bound: BoundStep | undefined, state: DrillState): Entry {
  const open: OpenName[] = [];
  const readable = bound ?? bindOpen(step, open);
  const title = titleOf(step, step.modifiers.name ?? readable.sentence(), state);
  const isBlock = step.nested.length > 0;
  return {
    step,
    title,
    instruction: filled(readable.runbook(state)),
    open: isBlock ? [] : open,
    nested: [],
    up: upDuring(step, state),
  };
}

/** What the author calls it, else what it does; a password that stands in the step is told as its variable. */
export function titleOf({ step }: LoadedStep, sentence: string, { auth }: DrillState): string {
  const words = step.name === 'etcdctl' ? withoutPassword(sentence.split(' '), auth) : [sentence];
  return withVariables(words.join(' '));
}

/** Nobody is left out who may be up: what is not certain counts. */
function upDuring({ step, args }: LoadedStep, state: DrillState): number {
  const named =
    step.name === 'start' ? (readNode(args, step.schema) as { member?: string | string[] }).member : undefined;
  const started = named === undefined ? [] : (state.named(named) ?? state.members);
  return new Set([...state.members.filter((member) => state.isUp(member) !== false), ...started]).size;
}

function filled({ before, commands, see, otherwise, leavesOpen }: Instruction): Instruction {
  const fill = (text: string | undefined): string | undefined => (text ? withVariables(text) : undefined);
  return {
    before: fill(before),
    commands: commands.map(({ on, text, ...rest }): Command => ({ on: fill(on), text: withVariables(text), ...rest })),
    see: see?.map(withVariables),
    otherwise: fill(otherwise),
    ...(leavesOpen === undefined ? {} : { leavesOpen }),
  };
}

/** All entries, those of blocks included, in the order of the file. */
export function allEntries(entries: readonly Entry[]): Entry[] {
  return entries.flatMap((entry) => [entry, ...allEntries(entry.nested)]);
}
