/** What an author sees in an editor: the real yaml-language-server with the schema that ships. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { MODIFIERS, TOP_LEVEL } from '../src/scenario/top-level';
import { STEPS } from '../src/steps';
import { EditorClient } from './editor-client';
import { filesIn } from './scenario/fixture';

const ROOT = path.resolve(__dirname, '..');
const LINE = '# yaml-language-server: $schema=./node_modules/etcd-scenarios/schema/scenario.schema.json';
const HEAD = `${LINE}\nname: A drill\nmembers: 3\n`;

jest.setTimeout(120_000);

let folder: string;
let editor: EditorClient;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'editor-'));
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(ROOT, path.join(folder, 'node_modules', 'etcd-scenarios'));
  editor = new EditorClient(folder);
  await editor.begin();
});

afterAll(() => {
  editor.end();
  rmSync(folder, { recursive: true, force: true });
});

test('the README shows the line that turns it on', () => {
  expect(readFileSync(path.join(ROOT, 'README.md'), 'utf8')).toContain(`\n${LINE}\n`);
});

test('after `- ` every action and every modifier is offered', async () => {
  const offered = await editor.completions(`${HEAD}steps:\n  - |`);
  expect([...STEPS.keys(), ...Object.keys(MODIFIERS.properties ?? {})].filter((one) => !offered.includes(one))).toEqual(
    [],
  );
});

test('at the beginning of a line every key of a drill is offered', async () => {
  const offered = await editor.completions(`${LINE}\n|`);
  expect(Object.keys(TOP_LEVEL.properties ?? {}).filter((one) => !offered.includes(one))).toEqual([]);
});

test.each([...STEPS.values()].map(({ name, schema }) => [name, Object.keys(schema.properties ?? {})] as const))(
  'inside of %s every argument is offered, and a hover text for it',
  async (name, keys) => {
    const offered = await editor.completions(`${HEAD}steps:\n  - ${name}:\n      |`);
    expect(keys.filter((one) => !offered.includes(one))).toEqual([]);
    expect(
      await editor.hover(`${HEAD}steps:\n  - ${name.slice(0, 1)}|${name.slice(1)}:\n      ${keys[0]}: x\n`),
    ).toContain(STEPS.get(name)?.summary.slice(0, 20).replace(/`.*/, '') ?? 'a summary');
  },
);

test('the words of an argument are offered', async () => {
  expect(await editor.completions(`${HEAD}steps:\n  - start:\n      member: all\n      waitFor: |`)).toEqual(
    expect.arrayContaining(['healthy', 'running', 'none']),
  );
});

test.each(['all', 'leader', 'follower', 'followers', 'majority', 'minority'])(
  'where members are named, `%s` is offered',
  async (word) => {
    expect(await editor.completions(`${HEAD}steps:\n  - kill: |`)).toContain(word);
    expect(await editor.completions(`${HEAD}steps:\n  - get:\n      key: foo\n      from: |`)).toContain(word);
  },
);

test.each([
  ['an action', '  - strat: all'],
  ['an argument', '  - start: {member: all, waitfor: none}'],
  ['a modifier', '  - start: all\n    whithin: 3s'],
  ['a row', '  - expect: {heathy: all}'],
  ['a word', '  - start: {member: all, waitFor: helthy}'],
  ['a duration', '  - sleep: 3 sec'],
])('a typo in %s is one error, at its line', async (_, steps) => {
  const { diagnostics } = await editor.open(`${HEAD}steps:\n${steps}\n`);
  expect(diagnostics.map(({ message }) => message)).toHaveLength(1);
  expect(diagnostics[0]?.range.start.line).toBe(3 + steps.split('\n').length);
});

test.each(filesIn('../../scenarios'))('the drill %s that ships has no error', async (_, text) => {
  const { diagnostics } = await editor.open(`${LINE}\n${text.replace(/^# yaml-language-server:.*\n/, '')}`);
  expect(diagnostics).toEqual([]);
});
