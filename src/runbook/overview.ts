/** What a case would do, step by step, as plain data. */

import type { CaseRef } from '../events';
import { textMatcher } from '../match';
import type { LoadedStep, Scenario } from '../scenario/scenario';
import type { Command } from '../steps/instruction';
import { allEntries, entriesOf } from './entries';

export interface StepOverview {
  id: string;
  action: string;
  sentence: string;
  file: string;
  line: number;
  /** It has to be refused, with this: `"member count is unequal"`; absent where it has to succeed. */
  refusedWith?: string;
  /** What an operator would type instead. */
  commands: readonly Command[];
}

export interface CaseOverview {
  id: string;
  name: string;
  etcd: string;
  /** Why it will not run; absent where it will. */
  skip?: string;
  members: string[];
  /** Every version that a member of it runs. */
  versions: string[];
  /** How many containers run at once, at most; those of tools included. */
  containers: number;
  steps: StepOverview[];
}

interface Planned {
  ref: CaseRef;
  scenario: Scenario;
  version: string;
  versions: string[];
  skip: string | undefined;
}

/** Tools run in a container of their own, beside the members. */
const TOOLS: Readonly<Record<string, (members: number) => number>> = {
  restore: (members) => members,
  'snapshot-status': () => 1,
};

function toolsOf({ step, modifiers }: LoadedStep, down: number): number {
  // The status of a snapshot is looked at where somebody uses the result.
  if (step.name === 'snapshot') return modifiers.as === undefined ? 0 : 1;
  return TOOLS[step.name]?.(down) ?? 0;
}

/** The case as it would run. */
export function overview({ ref, scenario, version, versions, skip }: Planned): CaseOverview {
  const entries = allEntries(entriesOf(scenario, version));
  const size = scenario.members.length;
  return {
    id: ref.id,
    name: ref.name,
    etcd: version,
    ...(skip === undefined ? {} : { skip }),
    members: scenario.members,
    versions,
    containers: Math.max(0, ...entries.map(({ step, up }) => up + toolsOf(step, size - up))),
    steps: entries.map(({ step, title, instruction }) => ({
      id: step.id,
      action: step.step.name,
      sentence: title,
      ...(step.modifiers.expectError === undefined
        ? {}
        : { refusedWith: textMatcher(step.modifiers.expectError).description }),
      file: step.place.file,
      line: step.place.line,
      commands: instruction.commands,
    })),
  };
}
