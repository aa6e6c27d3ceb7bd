/** Options that several commands have, each described once, and each with an environment variable. */
import { withVariables, type Options } from './usage';

/** Which drills, and which of those that were read. */
export const SELECTING = withVariables({
  shipped: { type: 'flag', text: 'the scenarios that ship with etcd-scenarios, instead of scenarios/' },
  tag: { type: 'text', value: 'EXPR', text: "only drills with these tags: 'recovery and not slow', '(a or b) and c'" },
  grep: { type: 'text', value: 'TEXT', text: 'only drills with this in their name' },
});

/** The file that sets the defaults of a project. */
export const CONFIG = withVariables({
  config: {
    type: 'text',
    value: 'FILE',
    text: 'the configuration file',
    otherwise: 'etcd-scenarios.config.json in this directory or above it, up to the root of the repository',
  },
});

/** Values for `vars`. */
export const VARIABLES = withVariables({
  var: {
    type: 'texts',
    value: 'NAME=VALUE',
    text: "a value for one of the drill's vars; may stand several times",
  },
  'var-file': {
    type: 'texts',
    value: 'FILE',
    text: 'values for vars from a file, YAML or JSON; of several the last one wins, and --var wins over all',
  },
});

export const ETCD = withVariables({
  etcd: {
    type: 'versions',
    value: 'V,V',
    text:
      'versions of etcd: 3.5.35, the newest of a line (3.5), all of a range (">=3.5.21 <3.7"), latest; a drill that ' +
      'names its own takes those among them',
    otherwise: 'the configuration, else 3.5.35',
  },
});

/** Where images come from. */
export const IMAGES = withVariables({
  image: {
    type: 'text',
    value: 'TEMPLATE',
    text: "the image, {version} is replaced: 'registry.example/etcd:{version}'",
    otherwise: 'the configuration, else what is found',
  },
  pull: {
    type: 'choice',
    of: ['missing', 'never'],
    text:
      'ask registries for an image that is not there, or never: it is built then; with --image too it has to be there, ' +
      'and nothing is built',
    otherwise: 'the configuration, else missing',
  },
});

export const REPORTS = withVariables({
  reports: {
    type: 'text',
    value: 'FOLDER',
    text: "where reports and members' logs are; {run} stands for the run's id: 'reports/{run}'",
    otherwise: 'the configuration, else reports',
  },
});

/** How drills are run. */
export const RUNNING = withVariables({
  jobs: {
    type: 'number',
    minimum: 1,
    value: 'N',
    text: 'so many cases side by side',
    otherwise: "the configuration, else what the engine's cores and memory carry",
  },
  timeout: {
    type: 'duration',
    value: 'D',
    text: "a drill's deadline where it names none: 90s, 10m",
    otherwise: 'the configuration, else 5m',
  },
  'show-values': {
    type: 'flag',
    text: 'show the values of a snapshot from outside; without it their length and SHA-256 stand for them',
  },
  ...IMAGES,
  bind: {
    type: 'text',
    value: 'ADDRESS',
    text: 'where ports are bound, for an engine on another machine; 0.0.0.0 is every address of it',
    otherwise: 'the configuration, else 127.0.0.1',
  },
});

export const JSON_OUTPUT = {
  json: { type: 'flag', text: 'print it as JSON' },
} as const satisfies Options;
