/** What an author sees in an editor: the real yaml-language-server with the schema that ships. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual as equal } from 'node:util';
import { MODIFIERS, TOP_LEVEL } from '../src/scenario/top-level';
import { STEPS } from '../src/steps';
import { EditorClient, placeOf, type Diagnostic, type Position } from './editor-client';
import { allPlaces, OWN_KEY } from './editor-places';
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

test('after `- `, and below an action, every action and every modifier is offered', async () => {
  const known = [...STEPS.keys(), ...Object.keys(MODIFIERS.properties ?? {})];
  for (const text of ['  - |', '  - start: all\n  - |', '  - repeat:\n      times: 2\n      steps:\n        - |']) {
    const offered = await editor.completions(`${HEAD}steps:\n${text}`);
    expect({ text, missing: known.filter((one) => !offered.includes(one)) }).toEqual({ text, missing: [] });
  }
});

test('at the beginning of a line every key of a drill is offered', async () => {
  const offered = await editor.completions(`${LINE}\n|`);
  expect(Object.keys(TOP_LEVEL.properties ?? {}).filter((one) => !offered.includes(one))).toEqual([]);
});

test('the words of an argument are offered', async () => {
  expect(await editor.completions(`${HEAD}steps:\n  - start:\n      member: all\n      waitFor: |`)).toEqual(
    expect.arrayContaining(['healthy', 'running', 'none']),
  );
});

const WORDS = ['all', 'leader', 'follower', 'followers', 'majority', 'minority'];
const NAMES = ['etcd-1', 'etcd-2', 'etcd-3'];

test.each([
  ['- kill: |', [...WORDS, ...NAMES]],
  ['- kill:\n    member: |', [...WORDS, ...NAMES]],
  ['- kill: [etcd-1, |]', NAMES],
  ['- stop:\n    - |', NAMES],
  ['- get:\n    key: foo\n    from: |', [...WORDS, ...NAMES]],
  ['- start: |', ['all', ...NAMES]],
  ['- put:\n    key: foo\n    to: |', ['leader', 'follower', ...NAMES]],
  ['- member-add: |', NAMES],
  ['- expect:\n    leader: |', ['any', 'none', ...NAMES]],
  ['- expect:\n    running:\n      - |', NAMES],
  ['- expect:\n    clusterId:\n      |', NAMES],
  ['- expect:\n    log:\n      member: |', NAMES],
])('where members are named, they are offered, and no other type of value: %j', async (text, names) => {
  const offered = await editor.completions(`${HEAD}steps:\n  ${text.replace(/\n/g, '\n  ')}`);
  expect(offered).toEqual(expect.arrayContaining([...names]));
  expect(offered.filter((one) => ![...WORDS, ...NAMES, 'any', 'none'].includes(one))).toEqual([]);
});

test('the values of true or false are offered', async () => {
  expect(await editor.completions(`${HEAD}steps:\n  - get:\n      key: foo\n      absent: |`)).toEqual([
    'true',
    'false',
  ]);
});

test('whoever waits for a server that ends is told', async () => {
  const lost = new EditorClient(folder);
  const waiting = lost.begin();
  lost.end();
  await expect(waiting).rejects.toThrow('the yaml-language-server is gone: it ended with SIGTERM');
  await expect(lost.hover('name: |x')).rejects.toThrow('the yaml-language-server is gone');
});

const PLACES = allPlaces();

/** What the server has against drills, all opened at once. */
async function diagnosed<T extends { marked: string }>(drills: readonly T[]): Promise<(T & Diagnosed)[]> {
  return Promise.all(
    drills.map(async (one) => {
      const { text, position } = placeOf(`${LINE}\n${one.marked}`);
      return { ...one, position, found: (await editor.open(text)).diagnostics };
    }),
  );
}

interface Diagnosed {
  found: Diagnostic[];
  position: Position;
}

describe('every key of the language', () => {
  it('is reached, at each level', () => {
    const names = new Set(PLACES.map(({ name }) => name));
    for (const one of [
      'members',
      'knownFailing[].because',
      'auth.password.env',
      ...[...STEPS].flatMap(([name, { schema }]) =>
        Object.keys(schema.properties ?? {}).map((k) => `steps[].${name}.${k}`),
      ),
      ...Object.keys(MODIFIERS.properties ?? {}).map((key) => `steps[].${key}`),
      'steps[].when.etcd',
      'steps[].expectError[].matches',
      'steps[].expect.log.contains[].matches',
      'steps[].expect.members.etcd-9.learner',
      'steps[].start.flags.etcd-9',
      'steps[].during.expect.latency.p99',
      'steps[].txn.then[].put.lease',
    ]) {
      expect(names).toContain(one);
    }
  });

  it('has a text of its own in the schema, and the editor shows it', async () => {
    const shown = await Promise.all(
      PLACES.map(async ({ name, key, value, schema, drill }) => {
        const text = drill(key, value).replace(/\|(.)/, '$1|');
        const hover = await editor.hover(`${LINE}\n${text}`);
        return { name, description: schema.description ?? '', hover };
      }),
    );
    const lacking = shown.filter(
      ({ description, hover }) => description === '' || !plain(hover).includes(plain(description)),
    );
    expect(lacking).toEqual([]);
  });

  it('is offered in its place', async () => {
    const offered = await Promise.all(
      PLACES.filter(({ key }) => key !== OWN_KEY).map(async ({ name, key, drill }) => {
        const text = drill('zzz', 'x').replace('|zzz: x', '|');
        return { name, key, labels: await editor.completions(`${LINE}\n${text}`) };
      }),
    );
    expect(offered.filter(({ key, labels }) => !labels.includes(key)).map(({ name }) => name)).toEqual([]);
  });

  it('is no error where it is right', async () => {
    const drills = PLACES.map(({ name, key, value, drill }) => ({ name, marked: drill(key, value) }));
    expect((await diagnosed(drills)).filter(({ found }) => found.length > 0)).toEqual([]);
  });

  it('misspelt, is one error that names it, and stands at it', async () => {
    const drills = PLACES.filter(({ isOwn }) => !isOwn).map(({ name, key, value, drill }) => {
      const misspelt = `${key.slice(0, -1)}qq`;
      return { name, misspelt, marked: drill(misspelt, value) };
    });
    const wrong = (await diagnosed(drills)).filter(({ misspelt, found, position }) => {
      const end = { line: position.line, character: position.character + misspelt.length };
      const [first] = found;
      const isAtIt = first?.message.includes(misspelt) && equal(first.range, { start: position, end });
      return found.length !== 1 || !isAtIt;
    });
    expect(wrong).toEqual([]);
  });

  it.each([
    ['a word', 'so what'],
    ['nothing', ''],
    ['a number', -7],
    ['a boolean', true],
    ['a map', { nonsense: 'x' }],
    ['a list', []],
  ])('with %s that it does not take, is one error in words', async (_, value) => {
    const drills = PLACES.map(({ name, key, drill }) => ({ name, marked: drill(key, value) }));
    const found = await diagnosed(drills);
    expect(found.filter((one) => one.found.length > 1)).toEqual([]);
    const messages = found.flatMap((one) => one.found.map(({ message }) => message));
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.filter((message) => !/^[A-Z][^\\^$]*\.?$/.test(message))).toEqual([]);
  });
});

test.each([
  ['a key of the drill', 'mebmers: 3', 'mebmers', 'Property mebmers is not allowed.'],
  ['a member', 'members: [etcd_1]', 'etcd_1', 'Expected a host name of small letters, digits and dashes.'],
  ['an action', 'steps: [strat: all]', 'strat', 'Property strat is not allowed.'],
  ['an argument', 'steps: [start: {member: all, waitfor: none}]', 'waitfor', 'Property waitfor is not allowed.'],
  ['the one argument', 'steps: [kill: {membr: all}]', 'membr', 'Property membr is not allowed.'],
  ['a modifier', 'steps: [{start: all, whithin: 3s}]', 'whithin', 'Property whithin is not allowed.'],
  ['a row', 'steps: [expect: {heathy: all}]', 'heathy', 'Property heathy is not allowed.'],
  [
    'a part of a row',
    'steps: [expect: {log: {member: a, contians: x}}]',
    'contians',
    'Property contians is not allowed.',
  ],
  ['a word', 'steps: [start: {member: all, waitFor: helthy}]', 'helthy', 'Expected one of healthy, running, none.'],
  [
    'a duration',
    'steps: [{expect: {leader: any}, within: 3 sec}]',
    '3 sec',
    'Expected a duration such as 500ms, 3s or 2m.',
  ],
  ['a version', 'steps: [start: {member: a, version: "3.5"}]', '"3.5"', 'Expected a full version such as 3.5.35.'],
  ['a boolean', 'steps: [get: {key: a, absent: maybe}]', 'maybe', 'Expected true or false or an expression.'],
  ['a number', 'steps: [get: {key: a, count: many}]', 'many', 'Expected a whole number from 0 on or an expression.'],
  ['a list', 'steps: [expect: {running: etcd-1}]', 'etcd-1', 'Expected a list or an expression.'],
])('a typo in %s is one error, at it, in words', async (_, line, typo, message) => {
  const rest = { name: 'A drill', members: 3, steps: '[note: x]' };
  const others = Object.entries(rest).filter(
    ([key]) => !line.startsWith(key) && !(key === 'members' && /^meb/.test(line)),
  );
  const text = [...others.map(([key, value]) => `${key}: ${value}`), line.replace(typo, `|${typo}`)].join('\n');
  const [{ found, position } = { found: [], position: undefined }] = await diagnosed([{ marked: `${text}\n` }]);
  expect(found.map((one) => [one.message, one.range.start])).toEqual([[message, position]]);
});

/** Without what Markdown makes of a text. */
function plain(text: string): string {
  return text.replace(/\\/g, '').replace(/\s+/g, ' ');
}

test('the drills that ship have no error', async () => {
  const shipped = filesIn('../../scenarios').map(([name, text]) => {
    return { name, marked: `|${text.replace(/^# yaml-language-server:.*\n/, '')}` };
  });
  expect((await diagnosed(shipped)).filter(({ found }) => found.length > 0)).toEqual([]);
});
