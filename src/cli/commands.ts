/** Every command and its usage; each is loaded when it is needed. */
import type { Command } from './io';
import type { CommandName } from './synopses';
import type { Usage } from './usage';

interface CommandEntry {
  usage: () => Promise<{ usage: Usage }>;
  load: () => Promise<{ command: Command }>;
}

export const COMMANDS: Readonly<Record<CommandName, CommandEntry>> = {
  init: { usage: () => import('./commands/init.usage'), load: () => import('./commands/init') },
  new: { usage: () => import('./commands/new.usage'), load: () => import('./commands/new') },
  validate: { usage: () => import('./commands/validate.usage'), load: () => import('./commands/validate') },
  steps: { usage: () => import('./commands/steps.usage'), load: () => import('./commands/steps') },
  rules: { usage: () => import('./commands/rules.usage'), load: () => import('./commands/rules') },
  schema: { usage: () => import('./commands/schema.usage'), load: () => import('./commands/schema') },
  list: { usage: () => import('./commands/list.usage'), load: () => import('./commands/list') },
  plan: { usage: () => import('./commands/plan.usage'), load: () => import('./commands/plan') },
  run: { usage: () => import('./commands/run.usage'), load: () => import('./commands/run') },
  bisect: { usage: () => import('./commands/bisect.usage'), load: () => import('./commands/bisect') },
  runbook: { usage: () => import('./commands/runbook.usage'), load: () => import('./commands/runbook') },
  import: { usage: () => import('./commands/import.usage'), load: () => import('./commands/import') },
  doctor: { usage: () => import('./commands/doctor.usage'), load: () => import('./commands/doctor') },
  images: { usage: () => import('./commands/images.usage'), load: () => import('./commands/images') },
  clean: { usage: () => import('./commands/clean.usage'), load: () => import('./commands/clean') },
};

/** The command of this name; undefined where there is none. */
export function commandNamed(name: string): CommandEntry | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name as CommandName] : undefined;
}
