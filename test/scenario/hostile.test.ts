/** Files that somebody made to do harm, or a broken disk: a clear error or their plain meaning, soon, and nothing else. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { formatProblems } from '../../src/problems';
import { ScenarioError } from '../../src/errors';
import { readSource } from '../../src/scenario/load';
import { boundStep, drill, load, allProblemsIn, messagesOf, scenarioOf } from './fixture';

// They take some 10 to 300 ms; what grows with the square of its input takes minutes. A busy machine is neither.
const MOST_MS = 15_000;
jest.setTimeout(60_000);

/** The messages for a text, found in time. */
function soon(text: string): string[] {
  const began = performance.now();
  const { problems } = load(text);
  const printed = formatProblems(problems);
  expect(performance.now() - began).toBeLessThan(MOST_MS);
  expect(printed.length).toBeLessThan(200_000);
  return problems.map(({ message }) => message);
}

describe('a hostile text ends soon, with a message', () => {
  const lol = Array.from(
    { length: 20 },
    (_, i) =>
      `x-${i}: &a${i} [${Array(9)
        .fill(i === 0 ? 'lol' : `*a${i - 1}`)
        .join(',')}]`,
  );
  const merges = Array.from(
    { length: 20 },
    (_, i) =>
      `x-${i}: &m${i} {<<: [${
        i === 0
          ? '{a: b}'
          : Array(9)
              .fill(`*m${i - 1}`)
              .join(',')
      }], k${i}: v}`,
  );
  const deepened = Array.from(
    { length: 50 },
    (_, i) => `x-${i}: &d${i} ${'['.repeat(60)}${i === 0 ? '' : `*d${i - 1}`}${']'.repeat(60)}`,
  );

  it.each([
    ['an alias bomb', `${lol.join('\n')}\n${drill('start: all')}`, /more than 200000 nodes/],
    ['a bomb of merge keys', `${merges.join('\n')}\n${drill('start: all')}`, /more than 200000 nodes/],
    ['aliases that nest', `${deepened.join('\n')}\n${drill('start: all')}`, /nested deeper than 64 levels/],
    ['an alias of itself', 'a: &a [*a]\n', /no anchor `&a` stands before this/],
    ['100 000 levels in a line', `a: ${'['.repeat(100_000)}`, /nested deeper than 64 levels/],
    ['100 000 maps in a line', `a: ${'{a: '.repeat(100_000)}`, /nested deeper than 64 levels/],
    [
      '100 000 levels in lines',
      Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      /nested deeper than 64/,
    ],
    ['100 000 dashes', '- '.repeat(100_000), /nested deeper than 64 levels/],
    ['100 000 question marks', '? '.repeat(100_000), /nested deeper than 64 levels/],
    [
      '30 000 unknown keys',
      drill(`put: {key: k, value: v, ${Array.from({ length: 30_000 }, (_, i) => `k${i}: v`).join(', ')}}`),
      /`put` has no `k0`/,
    ],
    ['60 000 unknown top-level keys', Array.from({ length: 60_000 }, (_, i) => `k${i}: v`).join('\n'), /a scenario/],
    ['60 000 unknown actions', drill(...Array.from({ length: 60_000 }, (_, i) => `k${i}: v`)), /no action `k0`/],
    [
      '60 000 duplicate keys',
      `${Array.from({ length: 60_000 }, () => 'name: b').join('\n')}\nmembers: 3\nsteps: [start: all]\n`,
      /`name` stands twice/,
    ],
    ['60 000 tags', drill(`put: {key: a, value: [${'!!str a, '.repeat(60_000)}]}`), /tags such as/],
    [
      '60 000 undeclared members',
      drill(`start: [${Array.from({ length: 60_000 }, (_, i) => `m-${i}`).join(', ')}]`),
      /no member/,
    ],
    [
      '60 000 members',
      `name: x\nmembers: [${Array.from({ length: 60_000 }, (_, i) => `m-${i}`).join(', ')}]\nsteps: [start: all]\n`,
      /at most 100 members/,
    ],
    [
      '60 000 unknown variables',
      `vars: {${Array.from({ length: 20_000 }, (_, i) => `v${i}: x`).join(', ')}}\n${drill(...Array.from({ length: 20_000 }, (_, i) => `get: "\${vars.w${i}}"`))}`,
      /no variable `w0`/,
    ],
    [
      '60 000 unknown results',
      drill('get: a\nas: first', ...Array.from({ length: 30_000 }, (_, i) => `get: "\${results.w${i}.x}"\nas: r${i}`)),
      /`as: w0`/,
    ],
    [
      '60 000 expressions in one text',
      drill(`put: {key: k, value: "${'${vars.x} '.repeat(60_000)}"}`),
      /no variable `x`/,
    ],
    ['dollars and brackets', drill(`put: {key: k, value: "${'${${$${'.repeat(60_000)}"}`), /is not closed/],
    ['a name of 500 000 letters', drill(`${'k'.repeat(500_000)}: x`), /there is no action `k{60}…`/],
    ['a member of 500 000 letters', drill(`start: ${'k'.repeat(500_000)}`), /"k{60}…" is no member/],
    ['a duration of 500 000 digits', drill(`sleep: ${'1'.repeat(500_000)}`), /takes a duration/],
    ['a number of 500 000 digits', drill(`get: {key: k, count: ${'1'.repeat(500_000)}}`), /takes a whole number/],
    [
      'a range of 500 000 clauses',
      drill(`get: k\nwhen: {etcd: "${'>=3.4 '.repeat(150_000)}x"}`),
      /is no range of versions/,
    ],
    ['a line of 900 000 characters', `${'#'.repeat(900_000)}\n${drill('kil: x')}`, /no action `kil`/],
    [
      '900 000 blanks before a mistake',
      `name: x\nmembers: 3\nsteps: [start: all, ${' '.repeat(900_000)}kil: x]\n`,
      /no action `kil`/,
    ],
    ['900 000 empty lines', `${'\n'.repeat(900_000)}a`, /a scenario is a map/],
    ['a NUL', 'name: a\0b\n', /U\+0000/],
    ['an escape character', 'name: "a\u001b[31mb"\n', /U\+001B/],
    ['a form feed', 'name: a\fb\n', /U\+000C/],
  ])('%s', (_, text, message) => {
    const messages = soon(text);
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.length).toBeLessThanOrEqual(101);
    expect(messages[0]).toMatch(message);
  });

  it('more problems than anyone reads are cut short, and the last one says so', () => {
    const messages = soon(drill(...Array.from({ length: 500 }, () => 'kil: x')));
    expect(messages).toHaveLength(101);
    expect(messages.at(-1)).toBe('there may be more problems; these are the first 100');
  });
});

describe('a drill of very many steps', () => {
  const STEPS = 18_000;
  const put = (i: number): string => `put: {key: k${i}, value: v}`;
  const list = (line: (i: number) => string): string[] => Array.from({ length: STEPS }, (_, i) => line(i));
  const plain = drill('start: all', ...list(put));
  const half = list((i) => `${put(i)}\nas: r${i}`).slice(STEPS / 2);
  const beside = list((i) => `      - {${put(i)}, as: r${i}}\n`).slice(0, STEPS / 2);

  /** CPU time, which a busy machine stretches less than the clock. */
  const cost = (text: string): number => {
    const before = process.cpuUsage();
    expect(load(text).problems).toEqual([]);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };

  it.each([
    ['that all keep a result', drill('start: all', ...list((i) => `${put(i)}\nas: r${i}`))],
    [
      'that keep a result, the second half of them side by side',
      `${drill('start: all', ...half)}  - parallel:\n${beside.join('')}`,
    ],
    ['that all use a result', drill('start: all', 'get: k\nas: r', ...list(() => 'compact: "${results.r.revision}"'))],
  ])('costs little more for those %s', (_, text) => {
    load(plain);
    // What grew with the square of its steps took ten times as long.
    expect(cost(text) / cost(plain)).toBeLessThan(4);
  });
});

describe('the frame of a very long line', () => {
  it('shows the part that is meant, with the caret under it', () => {
    const { problems } = load(`name: x\nmembers: 3\nsteps: [${'note: x, '.repeat(1000)}kil: x]\n`);
    const [, line = '', caret = ''] = problems[0]?.frame?.split('\n') ?? [];
    expect(line.length).toBeLessThan(200);
    expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('kil');
  });
});

describe('what the terminal would act on', () => {
  const ESC = '\\e[31m\\x07';

  it.each([
    ['a key', `"${ESC}": x\n${drill('start: all')}`],
    ['an action', drill(`"${ESC}kil": x`)],
    ['a modifier', drill(`get: k\n"${ESC}": 3s`)],
    ['a value', drill(`get: {key: k, count: "${ESC}"}`)],
    ['a member', `name: x\nmembers: ["${ESC}"]\nsteps: [start: "${ESC}"]\n`],
    ['an undeclared member', drill(`start: "${ESC}"`)],
    ['a flag', `flags: {"--${ESC}": 1}\n${drill('start: all')}`],
    ['a range', `requires: {etcd: "${ESC}"}\n${drill('start: all')}`],
    ['a variable', drill(`get: "\${vars.${ESC}}"`)],
    ['a result', drill(`get: "\${results.${ESC}.x}"`)],
    ['a regular expression', drill(`get: k\nexpectError: {matches: "(${ESC}"}`)],
    ['a tag', drill('put: {key: k, value: !\u202e x}')],
    ['a turn of direction', drill('kil\u202e: x', 'start: "\\u2066x"')],
    ['a line break, and a command for GitHub', drill('"kil\\n::set-output name=x::y\\r": x', 'start: "\\n::error::x"')],
  ])('is not printed: %s', (_, text) => {
    const { problems } = load(text);
    expect(problems.length).toBeGreaterThan(0);
    const printed = formatProblems(problems);
    // eslint-disable-next-line no-control-regex -- looking for them is the point
    expect(printed).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(printed).not.toMatch(/^\s*::/m);
  });

  it('is not printed from the path of a file either', () => {
    const { problems } = load('a: b\n', {}, 'x\u001b[31m.yaml');
    expect(formatProblems(problems)).not.toContain('\u001b');
  });
});

describe('names that JavaScript has a use for', () => {
  const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'];

  it.each(NAMES)('%s is an unknown key like any other', (name) => {
    expect(messagesOf(`${name}: x\n${drill('start: all')}`)).toEqual([`1:1 a scenario has no \`${name}\``]);
    expect(messagesOf(drill('start: all', `put: {key: k, value: v, ${name}: x}`))).toEqual([
      `5:29 \`put\` has no \`${name}\``,
    ]);
    expect(messagesOf(drill('start: all', `expect: {healthy: all, ${name}: {a: b}}`))).toHaveLength(1);
    expect(messagesOf(drill('start: all', `${name}: x`))).toEqual([`5:5 there is no action \`${name}\``]);
    expect(messagesOf(drill('start: all', `get: k\n${name}: x`))).toEqual([`6:5 there is no modifier \`${name}\``]);
    expect(messagesOf(drill('start: all', `get: "\${${name}}"`))).toHaveLength(1);
    expect(messagesOf(drill('start: all', `get: "\${vars.${name}}"`))).toHaveLength(1);
    expect(messagesOf(drill('start: all', `get: "\${results.${name}.x}"`))).toHaveLength(1);
  });

  it.each(NAMES)('%s is an unknown flag and an undeclared member like any other', (name) => {
    const flagProblems = (head: string): string[] =>
      allProblemsIn(`${head}flags: {${name}: x}\n${drill('start: all')}`, 'x.yaml').flatMap(({ rule, message }) =>
        rule === 'unknown-flag' ? [message] : [],
      );
    expect(flagProblems('')).toEqual([expect.stringContaining(`no known version of etcd has the flag --${name}`)]);
    expect(flagProblems('etcd: 3.6.16\n')).toHaveLength(1);
    expect(messagesOf(drill('start: all', `expect: {clusterId: {${name}: abc}}`))).toEqual([
      `5:26 "${name}" is no member of this scenario`,
    ]);
    expect(messagesOf(drill('start: all', `expect: {members: {${name}: {learner: true}}}`))).toHaveLength(1);
  });

  it('may name variables and results', () => {
    const scenario = scenarioOf(
      `vars: {constructor: a, __proto__: b, toString: c}\n` +
        drill(
          'get: "${vars.constructor}${vars.__proto__}${vars.toString}"\nas: __proto__',
          'get: "${results.__proto__.value}"',
        ),
    );
    expect(boundStep(scenario.steps[0])).toBe('read abc');
    const scope = { results: new Map([['__proto__', { value: 'v' }]]), skipped: new Set<string>(), repeatIndex: 0 };
    expect(scenario.steps[1]?.bind(scope).sentence()).toBe('read v');
  });

  it('change no prototype', () => {
    load('x-a: {__proto__: {polluted: 1}}\nflags: {__proto__: {polluted: 1}}\nvars: {__proto__: {polluted: 1}}\n');
    load('<<: {__proto__: {polluted: 1}}\nconstructor: {prototype: {polluted: 1}}\n');
    load(drill('put: {__proto__: {polluted: 1}, key: k}'));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('the unusual that is allowed', () => {
  it.each([
    ['CRLF', drill('start: all', 'kil: x').replace(/\n/g, '\r\n'), ['5:5 there is no action `kil`']],
    ['a comment before', `# one\n\n# two\n${drill('kil: x')}`, ['7:5 there is no action `kil`']],
    ['a marker before and after', `%YAML 1.2\n---\n${drill('kil: x')}...\n# done\n`, ['6:5 there is no action `kil`']],
    ['a tab as separation', drill('start: all', 'kil:\tx'), ['5:5 there is no action `kil`']],
    ['astral characters before', drill('put: {key: 🔑🔑, kye: x, value: y}'), ['4:22 `put` has no `kye`']],
    [
      'keys in quotes',
      '"name": x\n\'members\': 3\nsteps: [{"start": "all"}, {\'kil\': x}]\n',
      ['3:28 there is no action `kil`'],
    ],
  ])('%s, with places that fit', (_, text, messages) => {
    expect(messagesOf(text)).toEqual(messages);
  });

  it.each(['', '\n\n', '# nothing\n', '---\n', '---\n...\n', '%YAML 1.2\n---\n', '~', 'null\n', '# a\n---\n# b\n'])(
    'a file without anything in it says so: %j',
    (text) => expect(messagesOf(text)).toEqual([expect.stringMatching(/^1:1 (the file is empty|a scenario is a map)/)]),
  );

  it.each(['a', '- a', '[a]', '"a"', '3'])('a file that is no map says what it is: %s', (text) => {
    expect(messagesOf(text)).toEqual([expect.stringMatching(/^1:1 a scenario is a map with .*, not (a list|"[a3]")$/)]);
  });

  it.each(['---\nname: x\n---\nname: y\n', 'name: x\n---\n', 'name: x\n...\n---\nname: y\n'])(
    'several documents are refused where the second begins: %j',
    (text) => expect(messagesOf(text)).toEqual([expect.stringContaining('the file holds several YAML documents')]),
  );

  it.each([
    ['in front of a key', 'name: x\nmembers: 3\nsteps:\n\t- start: all\n', 4],
    ['below a step', `${drill('put:')}\t\tkey: k\n`, 5],
  ])('a tab as indentation is refused where it stands: %s', (_, text, line) => {
    expect(messagesOf(text)).toEqual([expect.stringMatching(new RegExp(`^${line}:\\d+ .*tab`))]);
  });

  it('anchors, aliases and merge keys have their plain meaning', () => {
    const { steps } = scenarioOf(
      'x-base: &base {key: a, value: from base}\n' +
        drill(
          'start: &who [etcd-1, etcd-2, etcd-3]',
          'put: *base',
          'put: {<<: *base, value: own}',
          'put: {<<: [{key: first}, *base]}',
          'kill: *who',
        ),
    );
    expect(steps.map((step) => boundStep(step))).toEqual([
      'start etcd-1, etcd-2, etcd-3',
      'put a = "from base"',
      'put a = "own"',
      'put first = "from base"',
      'kill etcd-1, etcd-2, etcd-3',
    ]);
  });

  it('an error behind an alias points to where it is written, once', () => {
    const text = `x-base: &base {key: a, valu: b}\n${drill('start: all', 'put: *base', 'put: *base', 'put: {<<: *base}')}`;
    expect(messagesOf(text)).toEqual(['1:24 `put` has no `valu`']);
  });
});

describe('reading a file', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(path.join(os.tmpdir(), 'scenario-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const read = (content: Buffer | string): string => {
    const file = path.join(folder, 'a.yaml');
    writeFileSync(file, content);
    return readSource(file, 'a.yaml').text;
  };
  const problemsOf = (work: () => unknown): string[] => {
    try {
      work();
      return [];
    } catch (thrown) {
      return (thrown as ScenarioError).problems.map(({ message }) => message);
    }
  };

  it('leaves a byte order mark out, and places are counted after it', async () => {
    expect(read('\ufeffname: x\n')).toBe('name: x\n');
    expect(messagesOf(read(`\ufeffnaem: x\nmembers: 1\nsteps: [start: all]\n`))).toEqual([
      '1:1 a scenario has no `naem`',
    ]);
  });

  it.each([
    ['Latin 1', Buffer.from('name: caf\xe9\n', 'latin1')],
    ['UTF-16', Buffer.from('\ufeffname: x\n', 'utf16le')],
    ['half a character', Buffer.from([0x61, 0xe2, 0x98])],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
  ])('refuses what is not UTF-8: %s', async (_, content) => {
    expect(problemsOf(() => read(content))).toEqual(['the file is not UTF-8']);
  });

  it('refuses 50 MB and a device without end, soon', async () => {
    const began = performance.now();
    const message = 'the file has more than 1 MiB, the most that a scenario has';
    expect(problemsOf(() => read(Buffer.alloc(50 * 1024 * 1024, 'a: b\n')))).toEqual([message]);
    expect(problemsOf(() => readSource('/dev/zero', 'zero'))).toEqual([
      "can't read zero: it is a device, not a plain file",
    ]);
    expect(performance.now() - began).toBeLessThan(MOST_MS);
  });

  it('says in one sentence why a file could not be read', async () => {
    mkdirSync(path.join(folder, 'folder.yaml'));
    for (const [name, why] of [
      ['missing.yaml', 'no such file or folder (ENOENT)'],
      ['folder.yaml', 'it is a folder'],
    ] as const) {
      expect(problemsOf(() => readSource(path.join(folder, name), name))).toEqual([`can't read ${name}: ${why}`]);
    }
  });
});
