/** Every command in a line. The overview has to be fast: it loads this, and no command's usage. */

interface Synopsis {
  /** What stands behind the name: `FILE`, `[PATH…]`, nothing. */
  takes: '' | 'FILE' | '[FOLDER]' | '[NAME]' | '[PATH…]' | '[VERSION…]';
  summary: string;
}

const WRITING = {
  init: { takes: '[FOLDER]', summary: 'begin: a first drill, the configuration, a CI workflow' },
  new: { takes: 'FILE', summary: 'write a drill that passes, to change into your own' },
  validate: { takes: '[PATH…]', summary: 'find the mistakes in drills, without Docker' },
  steps: { takes: '[NAME]', summary: 'the actions of a drill, or all about one' },
  rules: { takes: '[NAME]', summary: 'what drills are checked by, or all about one rule' },
  schema: { takes: '', summary: 'the JSON Schema of a drill, for editors' },
} as const satisfies Record<string, Synopsis>;

const RUNNING = {
  list: { takes: '[PATH…]', summary: 'the drills that there are' },
  plan: { takes: '[PATH…]', summary: 'what would run, step by step, without Docker' },
  run: { takes: '[PATH…]', summary: 'run drills, and say what held and what did not' },
  bisect: { takes: 'FILE', summary: 'between which two versions of etcd a verdict changes' },
} as const satisfies Record<string, Synopsis>;

const REHEARSING = {
  runbook: { takes: 'FILE', summary: 'a drill as a document for an incident, or a script' },
  import: { takes: 'FILE', summary: 'flags and version of an etcd that runs, for --var-file' },
} as const satisfies Record<string, Synopsis>;

const MACHINE = {
  doctor: { takes: '', summary: 'whether this machine and its engine can run drills' },
  images: { takes: '[VERSION…]', summary: 'make images of etcd available, list, save or load them' },
  clean: { takes: '', summary: 'remove leftovers of killed runs' },
} as const satisfies Record<string, Synopsis>;

/** Grouped by what one wants to do. */
export const GROUPS: Readonly<Record<string, Readonly<Record<string, Synopsis>>>> = {
  'Write drills': WRITING,
  'Run them': RUNNING,
  'For your own cluster': REHEARSING,
  'This machine': MACHINE,
};

export const SYNOPSES = { ...WRITING, ...RUNNING, ...REHEARSING, ...MACHINE };

export type CommandName = keyof typeof SYNOPSES;
