/** Arguments as commands read them, and what is said of each mistake. */
import { parse, parseVariables } from '../../src/cli/args';
import { usage as bisect } from '../../src/cli/commands/bisect.usage';
import { usage as clean } from '../../src/cli/commands/clean.usage';
import { usage as images } from '../../src/cli/commands/images.usage';
import { usage as run } from '../../src/cli/commands/run.usage';
import { usage as runbook } from '../../src/cli/commands/runbook.usage';
import type { Usage } from '../../src/cli/usage';

test('every kind of option is read as what it is', () => {
  const argv = [
    'a.yaml',
    '--etcd',
    '3.5, >=3.6',
    '--jobs=3',
    '--timeout',
    '1m30s',
    '--keep',
    '--var',
    'a=b=c',
    'b.yaml',
  ];
  const { paths, options } = parse([...argv, '--var', 'x=', '--pull', 'never', '--reporter', 'console,junit'], run);
  expect(paths).toEqual(['a.yaml', 'b.yaml']);
  expect(options).toMatchObject({
    etcd: ['3.5', '>=3.6'],
    jobs: 3,
    timeout: 90_000,
    keep: true,
    'fail-fast': false,
    var: ['a=b=c', 'x='],
    'var-file': [],
    pull: 'never',
    reporter: ['console', 'junit'],
    tag: undefined,
  });
  expect(parseVariables(options.var)).toEqual({ a: 'b=c', x: '' });
});

test('what is left out has its default; after -- everything is a path; - is one', () => {
  expect(parse(['x.yaml'], runbook).options.format).toBe('md');
  expect(parse(['--', '--keep'], run)).toMatchObject({ paths: ['--keep'], options: { keep: false } });
  expect(parse(['-'], run).paths).toEqual(['-']);
  expect(parse(['--grep=--x'], run).options.grep).toBe('--x');
});

const HELP = (name: string): string => `\n  etcd-scenarios help ${name} tells what there is`;

test.each<[string[], Usage, string]>([
  [['--tagg', 'x'], run, `run: there is no option --tagg; did you mean --tag?${HELP('run')}`],
  [['--tagg=x'], run, `run: there is no option --tagg; did you mean --tag?${HELP('run')}`],
  [['-etcd', '3.5'], run, `run: there is no option -etcd; did you mean --etcd?${HELP('run')}`],
  [['-j', '3'], run, `run: there is no option -j${HELP('run')}`],
  [['--__proto__'], run, `run: there is no option --__proto__${HELP('run')}`],
  [['--constructor'], run, `run: there is no option --constructor${HELP('run')}`],
  [['--etcd'], run, `run: --etcd needs a value: --etcd V,V${HELP('run')}`],
  [['--etcd='], run, `run: --etcd needs a value: --etcd V,V${HELP('run')}`],
  [
    ['--etcd', '--keep'],
    run,
    `run: --etcd needs a value, and --keep looks like an option; where it is the value: --etcd=…${HELP('run')}`,
  ],
  [['--keep=yes'], run, `run: --keep takes no value: "yes"${HELP('run')}`],
  [
    ['--etcd', '3.5.35', '--etcd', '3.6.16'],
    run,
    `run: --etcd stands twice; several go in one: --etcd 3.5.35,3.6.16${HELP('run')}`,
  ],
  [['--jobs', '1', '--jobs', '2', '--jobs', '3'], run, `run: --jobs stands 3 times${HELP('run')}`],
  [['--jobs', '0'], run, '--jobs takes a whole number from 1 on, not "0"'],
  [['--jobs', '1e3'], run, '--jobs takes a whole number from 1 on, not "1e3"'],
  [['--repeat=-1'], run, '--repeat takes a whole number from 1 on, not "-1"'],
  [['--timeout', '5'], run, '--timeout takes a duration such as 30s, 5m or 1h30m, not "5"'],
  [['--pull', 'nevr'], run, '--pull takes missing or never, not "nevr"; did you mean never?'],
  [['--pull', 'always'], run, '--pull takes missing or never, not "always"'],
  [['--reporter', ','], run, '--reporter names nothing'],
  [
    ['--etcd', '3.5.35,v3.6'],
    run,
    '--etcd: "v3.6" is not an etcd version such as 3.5.35, a line such as 3.5, a range such as ">=3.5.21 <3.7", or latest',
  ],
  [[''], run, `run: an empty argument stands for PATH: is a variable of the shell empty?${HELP('run')}`],
  [[], runbook, `runbook: FILE is missing, as in: ${runbook.examples[0].line}${HELP('runbook')}`],
  [['a', 'b'], runbook, `runbook: it takes one FILE: "b" is too much${HELP('runbook')}`],
  [['now'], clean, `clean: it takes options alone: "now" is too much${HELP('clean')}`],
  [
    ['x.yaml', '--good', '3.5.16'],
    bisect,
    `bisect: --bad V is missing, as in: ${bisect.examples[0].line}${HELP('bisect')}`,
  ],
  [['x.yaml', '--good', '3.5', '--bad', '3.5.35'], bisect, '--good takes a full version such as 3.5.35, not "3.5"'],
  [['--save'], images, `images: --save needs a value: --save FILE${HELP('images')}`],
])('%j is refused', (argv, usage, message) => {
  expect(() => parse(argv, usage)).toThrow(new Error(message));
});

test.each([
  ['x', '--var takes NAME=VALUE, not "x"'],
  ['=x', '--var takes NAME=VALUE, not "=x"'],
])('--var %s is refused', (written, message) => {
  expect(() => parseVariables([written])).toThrow(message);
});

test('a variable that has two values is refused', () => {
  expect(() => parseVariables(['a=1', 'b=2', 'a=3'])).toThrow('--var a stands twice: 1, then 3');
});
