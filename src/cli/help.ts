/** What `--help` prints: of everything, and of one command. Loads no command. */
import { GROUPS } from './synopses';
import { asTyped, variableOf, type Option, type Usage } from './usage';

const WIDTH = 80;
/** An option that is longer has its text below it. */
const WIDEST_TERM = 26;

/** All commands, a line each. */
export function overview(): string {
  const groups = Object.entries(GROUPS).map(([title, commands]) => {
    const lines = Object.entries(commands).map(([name, { takes, summary }]) =>
      entry(calledAs(name, takes), summary, 19),
    );
    return titled(title, lines);
  });
  return [
    'etcd-scenarios: disaster drills and upgrade tests for etcd, as YAML, on real\netcd containers\n',
    ...groups,
    ABOUT_HELP,
    ABOUT_PATHS,
    EXIT_CODES,
    CONFIGURATION,
  ].join('\n');
}

const ABOUT_HELP = `\`etcd-scenarios help COMMAND\` tells all about one: its options, and an example.
\`etcd-scenarios --version\` prints the version. In a project that has the package
installed it is \`npx etcd-scenarios\`.
`;

const ABOUT_PATHS = `PATH is a file, a folder, a pattern ('drills/*.yaml'), or FILE:LINE as reports
print it. Default: scenarios/ of this folder. --shipped takes the scenarios that
ship with etcd-scenarios instead.
`;

const EXIT_CODES = `Exit codes
  0    all passed
  1    an expectation failed
  2    a file or the command line is wrong, or nothing was selected
  3    the environment failed: no engine, no image, no room
  130  interrupted
`;

const CONFIGURATION = `Configuration
  The command line overrides the environment, the environment overrides the
  configuration file, and the file overrides the defaults.
  Environment: ETCD_SCENARIOS_JOBS is --jobs, and so on (\`help run\` has all of
  them). A flag takes 1 or 0; --no-keep overrides ETCD_SCENARIOS_KEEP=1.
  File: etcd-scenarios.config.json in this directory or above it, up to the root
  of the repository, or --config FILE. Paths in it are relative to it. Its keys:
  etcd, image, pull, jobs, timeouts, reports, bind.
  FORCE_COLOR=0 or NO_COLOR=1 turns color off, FORCE_COLOR=1 turns it on.
`;

/** All about one command. */
export function helpOf({ name, takes, about, options, examples, exits }: Usage): string {
  const all = Object.entries(options);
  const width = widthOf(all);
  const blocks = [
    `etcd-scenarios ${calledAs(name, takes)}${all.length === 0 ? '' : ' [OPTION…]'}\n`,
    wrapped(about, WIDTH).join('\n') + '\n',
    titled(
      'Options',
      all.map(([word, option]) => entry(asTyped(word, option), textOf(word, option), width)),
    ),
    titled(
      examples.length === 1 ? 'Example' : 'Examples',
      examples.map(({ says, line }) => `  # ${says}\n  ${line}\n`),
    ),
    titled(
      'Exit codes',
      Object.entries(exits ?? {}).map(([code, meaning]) => entry(code, meaning, 3)),
    ),
  ];
  return blocks.filter((block) => block !== '').join('\n');
}

function calledAs(name: string, takes: string): string {
  return takes === '' ? name : `${name} ${takes}`;
}

function titled(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.join('')}`;
}

/** A blank at which no line is broken; it is printed as a blank. */
const UNBROKEN = '\u00a0';

function textOf(name: string, option: Option): string {
  const env = option.env ? ` [env:${UNBROKEN}${variableOf(name)}]` : '';
  if (option.type === 'flag') return `${option.text}${env}`;
  const left = option.default ?? option.otherwise;
  const always = option.required ? ' (required)' : '';
  return `${option.text}${always}${left === undefined ? '' : ` (default: ${left})`}${env}`;
}

function widthOf(options: readonly [string, Option][]): number {
  const lengths = options.map(([name, option]) => asTyped(name, option).length);
  return Math.max(0, ...lengths.filter((length) => length <= WIDEST_TERM));
}

/** A term and its text beside it, which goes on below itself. */
function entry(name: string, text: string, width: number): string {
  const gap = ' '.repeat(width + 4);
  const [first = '', ...rest] = wrapped(text, WIDTH - gap.length);
  const head = name.length > width ? `  ${name}\n${gap}${first}\n` : `  ${name.padEnd(width)}  ${first}\n`;
  return `${head}${rest.map((line) => `${gap}${line}\n`).join('')}`;
}

/** Lines of at most so many characters, broken at blanks. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.map((line) => line.replaceAll(UNBROKEN, ' '));
}
