/** `new` writes drills that are accepted as they stand, and nothing over a file that is there. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { command } from '../src/cli/commands/new';
import { usage } from '../src/cli/commands/new.usage';
import { UsageError } from '../src/errors';
import { check } from '../src/library/check';
import { templateNames } from '../src/library/templates';

const NAMES = ['bootstrap', 'lose-a-member', 'lose-the-majority', 'restore', 'upgrade'];
const HELP = '\n  etcd-scenarios help new tells what there is';
const PACKAGE = path.resolve(__dirname, '..');

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(os.tmpdir(), 'new-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command in `cwd`; answers what it printed. */
async function create(args: string[], cwd = folder): Promise<string> {
  let out = '';
  const stream = { write: (text: string) => void (out += text) };
  const io = { cwd, env: {}, in: process.stdin, out: stream, err: stream, terminal: false, colour: false };
  expect(await command(args, { ...io, columns: () => 80 })).toBe(0);
  return out;
}

/** What it refuses with. */
async function refusal(args: string[]): Promise<string> {
  const thrown: unknown = await Promise.resolve()
    .then(() => create(args))
    .catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(UsageError);
  return (thrown as UsageError).message;
}

const firstLine = (file: string): string | undefined => readFileSync(path.join(folder, file), 'utf8').split('\n')[0];

test('the templates are those that the help names', () => {
  expect(templateNames()).toEqual(NAMES);
  for (const name of NAMES) expect(usage.options.template.text).toContain(name);
});

test.each(NAMES)('%s is a drill without an error or a warning', async (name) => {
  await create([`${name}.yaml`, '--template', name]);
  const { problems, cases, remarks } = await check({ paths: [`${name}.yaml`], cwd: folder });
  expect({ problems, remarks }).toEqual({ problems: [], remarks: [] });
  expect(cases).toHaveLength(1);
});

test('folders are made, and what to do next is said; the bootstrap is what one gets', async () => {
  expect(await create(['scenarios/b.yaml'])).toBe(
    'wrote scenarios/b.yaml; next: npx etcd-scenarios run scenarios/b.yaml\n',
  );
  expect(await create(['a/b/first.yaml'])).toBe(
    'wrote a/b/first.yaml; next: npx etcd-scenarios run a/b/first.yaml\n' +
      'note: without a path `run` takes the drills of scenarios/ alone\n',
  );
  await create(['same.yaml', '--template', 'bootstrap']);
  const [got, same] = ['a/b/first.yaml', 'same.yaml'].map((file) => readFileSync(path.join(folder, file), 'utf8'));
  expect(got).toBe(same);
});

test('the first line names the schema: of the package where it is installed, from where the file lies', async () => {
  await create(['before.yaml']);
  expect(firstLine('before.yaml')).toBe(`# yaml-language-server: $schema=${PACKAGE}/schema/scenario.schema.json`);

  const schema = path.join(folder, 'node_modules/etcd-scenarios/schema');
  mkdirSync(schema, { recursive: true });
  writeFileSync(path.join(schema, 'scenario.schema.json'), '{}');
  await create(['top.yaml']);
  await create(['a/b/deep.yaml']);
  mkdirSync(path.join(folder, 'below'));
  await create(['c/from-below.yaml'], path.join(folder, 'below'));
  const way = 'node_modules/etcd-scenarios/schema/scenario.schema.json';
  expect(firstLine('top.yaml')).toBe(`# yaml-language-server: $schema=./${way}`);
  expect(firstLine('a/b/deep.yaml')).toBe(`# yaml-language-server: $schema=../../${way}`);
  expect(firstLine('below/c/from-below.yaml')).toBe(`# yaml-language-server: $schema=../../${way}`);
});

test('a file that is there stays as it is', async () => {
  writeFileSync(path.join(folder, 'mine.yaml'), 'mine');
  expect(await refusal(['mine.yaml'])).toBe('mine.yaml is there already, and stays as it is');
  expect(readFileSync(path.join(folder, 'mine.yaml'), 'utf8')).toBe('mine');
});

test.each([
  [
    ['x.yaml', '--template', 'boostrap'],
    `there is no template "boostrap" (did you mean bootstrap?); there are ${NAMES.join(', ')}`,
  ],
  [['x.yaml', '--template', 'chaos monkey'], `there is no template "chaos monkey"; there are ${NAMES.join(', ')}`],
  [['x.yaml', '--template', '../package'], `there is no template "../package"; there are ${NAMES.join(', ')}`],
  [[], `new: FILE is missing, as in: ${usage.examples[0].line}${HELP}`],
  [['x.yaml', 'y.yaml'], `new: it takes one FILE: "y.yaml" is too much${HELP}`],
  [['x'], 'a drill\'s file ends in .yaml or .yml, "x" does not'],
])('%j is refused, and nothing is written', async (args, message) => {
  expect(await refusal(args)).toBe(message);
  expect(existsSync(path.join(folder, args[0] ?? 'x.yaml'))).toBe(false);
});

test('a folder that can not be made is told', async () => {
  writeFileSync(path.join(folder, 'file'), '');
  expect(await refusal(['file/x.yaml'])).toMatch(/^can't write .*file\/x\.yaml: .*E(EXIST|NOTDIR)/);
});
