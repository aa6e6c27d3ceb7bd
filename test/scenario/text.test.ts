/** Text stays text, and `${…}`: what is written is what is meant. */
import { messagesOf, boundStep, drill, load, scenarioOf } from './fixture';
import { readNode } from '../../src/scenario/read';
import type { LoadedStep } from '../../src/scenario/scenario';

/** The arguments of the last step as its action gets them. */
function argsOf(step: LoadedStep | undefined): unknown {
  return step && JSON.parse(JSON.stringify(readNode(step.args, step.step.schema)));
}

function value(written: string): unknown {
  const { steps } = scenarioOf(drill('start: all', `put: {key: k, value: ${written}}`));
  return (argsOf(steps[1]) as { value: unknown }).value;
}

describe('a value is the text as it is written', () => {
  it.each([
    ['007', '007'],
    ['0o17', '0o17'],
    ['0x1F', '0x1F'],
    ['1_000', '1_000'],
    ['1e3', '1e3'],
    ['3.10', '3.10'],
    ['.5', '.5'],
    ['+5', '+5'],
    ['-0', '-0'],
    ['yes', 'yes'],
    ['No', 'No'],
    ['on', 'on'],
    ['true', 'true'],
    ['TRUE', 'TRUE'],
    ['null', 'null'],
    ['~', '~'],
    ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
    ['2002-12-14', '2002-12-14'],
    ['12:30:45', '12:30:45'],
    ['.inf', '.inf'],
    ['.NaN', '.NaN'],
    ['18446744073709551615', '18446744073709551615'],
    ['99999999999999999999', '99999999999999999999'],
    ['"007"', '007'],
    ["'null'", 'null'],
    ["'it''s'", "it's"],
    ['"tab\\t, line\\n, \\u263a, \\x41"', 'tab\t, line\n, ☺, A'],
    ["'\\n'", '\\n'],
    ['""', ''],
    ['', ''],
    ['"  blanks  "', '  blanks  '],
    ['a#b', 'a#b'],
    ['"0x00\\0"', '0x00\0'],
    ['ключ 钥匙 🔑', 'ключ 钥匙 🔑'],
  ])('value: %s', (written, expected) => {
    expect(value(written)).toBe(expected);
  });

  it('keeps the lines of a block as YAML has them', () => {
    const { steps } = scenarioOf(
      drill(
        'start: all',
        'put:\n  key: a\n  value: |\n    one\n      two\n',
        'put:\n  key: a\n  value: >-\n    one\n    two\n',
      ),
    );
    expect(steps.slice(1).map((step) => (argsOf(step) as { value: string }).value)).toEqual([
      'one\n  two\n',
      'one two',
    ]);
  });

  it.each(['1052f362c31a5266', '1176270058202747494', '18446744073709551615', '0000000000000001', '1e15', '007'])(
    'an ID is exact, quoted or not: %s',
    (id) => {
      const ids = [id, `"${id}"`].map((written) => {
        const { steps } = scenarioOf(drill('start: all', `expect: {clusterId: ${written}}`));
        return (argsOf(steps[1]) as { clusterId: string }).clusterId;
      });
      expect(ids).toEqual([id, id]);
    },
  );

  it('flags, versions, variables and names are text as well', () => {
    const scenario = scenarioOf(
      'name: 3.10\nmembers: 3\netcd: 3.5.35\nflags: {snapshot-count: 010, pre-vote: yes, metrics: 1e3, logger: null}\n' +
        'vars: {v: 0x10}\nsteps:\n  - start: all\n  - put: {key: 1.0, value: "${vars.v}"}\n',
    );
    expect(scenario.name).toBe('3.10');
    expect(scenario.etcd).toEqual(['3.5.35']);
    // `null` drops a flag.
    expect(scenario.flags).toEqual({ 'snapshot-count': '010', 'pre-vote': 'yes', metrics: '1e3' });
    expect(argsOf(scenario.steps[1])).toEqual({ key: '1.0', value: '0x10' });
  });

  it('a version that looks like a number is the text as written, and no full version', () => {
    expect(messagesOf('name: x\nmembers: 3\netcd: 3.10\nsteps: [start: all]\n')).toEqual([
      '3:7 `etcd` takes a full version such as 3.5.35, not "3.10"',
    ]);
  });
});

describe('numbers, booleans and null count only where they are asked for', () => {
  it.each([
    ['get: {key: k, count: 3}', { key: 'k', count: 3 }],
    ['get: {key: k, count: 003}', { key: 'k', count: 3 }],
    ['get: {key: k, count: 9007199254740991}', { key: 'k', count: 9007199254740991 }],
    ['get: {key: k, absent: True}', { key: 'k', absent: true }],
    ['get: {key: true}', { key: 'true' }],
    ['get: {key: k, revision: 12345678901234567890}', { key: 'k', revision: '12345678901234567890' }],
    ['get: null', { key: 'null' }],
    ['start: {member: etcd-1, waitFor: none, flags: {a: null, b: ~, c: "null", d: 1}}', undefined],
  ])('%s', (step, expected) => {
    const { steps } = scenarioOf(drill('start: {member: [etcd-2, etcd-3], waitFor: none}', step));
    const flags = { a: null, b: null, c: 'null', d: '1' };
    expect(argsOf(steps[1])).toEqual(expected ?? { member: 'etcd-1', waitFor: 'none', flags });
  });

  it.each(['9007199254740992', '12345678901234567890', '99999999999999999999999999', '0x10', '1e999', '"3"', '3.5'])(
    'a number that would not be exact, or is none, is refused: %s',
    (written) => {
      expect(messagesOf(drill('start: all', `get: {key: k, count: ${written}}`))).toEqual([
        expect.stringMatching(/^5:26 `count` takes a whole number from 0 on, not /),
      ]);
    },
  );
});

describe('an expression', () => {
  const vars = 'vars: {n: 3, quoted: "3", text: a b, yes: true, nothing: null, odd: "$${x} [1, {a: b}]"}\n';
  const withVars = (...steps: string[]): string => vars + drill('start: all', ...steps);
  const args = (step: string, variables = {}): unknown => argsOf(scenarioOf(withVars(step), variables).steps[1]);

  it('that is the whole scalar keeps the type of the value', () => {
    expect(args('get: {key: "${vars.n}", count: "${vars.n}"}')).toEqual({ key: '3', count: 3 });
    expect(args('get:\n  key: ${vars.n}\n  absent: ${vars.yes}')).toEqual({ key: '3', absent: true });
    expect(args('get: {key: "${ vars.n }"}')).toEqual({ key: '3' });
    expect(messagesOf(withVars('get: {key: k, count: "${vars.quoted}"}'))).toHaveLength(1);
    expect(messagesOf(withVars('get: {key: k, count: "${vars.n}0 "}'))).toHaveLength(1);
  });

  it('inside of a text is replaced by the text', () => {
    expect(args('put: {key: "a-${vars.n}-${vars.text}", value: "${vars.nothing}"}')).toEqual({
      key: 'a-3-a b',
      value: 'null',
    });
  });

  it('never becomes structure, nor a further expression', () => {
    expect(boundStep(scenarioOf(withVars('put: {key: k, value: "${vars.odd}"}')).steps[1])).toBe(
      'put k = "${x} [1, {a: b}]"',
    );
    const sly = '${results.x.y} ${vars.n}';
    const step = scenarioOf(withVars('put: {key: "<${vars.text}>", value: "${vars.text}"}'), { text: sly }).steps[1];
    expect(boundStep(step)).toBe('put <${results.x.y} ${vars.n}> = "${results.x.y} ${vars.n}"');
    const halves = scenarioOf(withVars('put: {key: k, value: "${vars.text}{vars.n}"}'), { text: '$' }).steps[1];
    expect(boundStep(halves)).toBe('put k = "${vars.n}"');
  });

  it('with two dollars is literal, in a head and in a step', () => {
    const { name, steps } = scenarioOf(
      `${withVars('put: {key: "$${a}", value: "$${vars.n} costs $5"}')}`.replace('A drill', () => '$${x}'),
    );
    expect(name).toBe('${x}');
    expect(boundStep(steps[1])).toBe('put ${a} = "${vars.n} costs $5"');
  });

  it('is replaced in heads, modifiers and nested steps', () => {
    const text =
      'name: Drill ${vars.n}\nmembers: 3\nvars: {n: 3, t: 4s, v: 3.5.35}\netcd: ${vars.v}\ntimeout: ${vars.t}\nsteps:\n' +
      '  - start: all\n  - get: a\n    within: ${vars.t}\n    name: ${vars.n} times\n' +
      '  - repeat: {times: "${vars.n}", steps: [put: {key: "${vars.n}", value: "${repeat.index}"}]}\n';
    const { name, etcd, timeoutMs, steps } = scenarioOf(text);
    expect({ name, etcd, timeoutMs }).toEqual({ name: 'Drill 3', etcd: ['3.5.35'], timeoutMs: 4000 });
    expect(steps[1]?.modifiers).toMatchObject({ withinMs: 4000, name: '3 times' });
    expect(boundStep(steps[2])).toBe('3 times');
    expect(boundStep(steps[2]?.nested[0])).toBe('put 3 = "7"');
  });

  it('takes what the command line says instead', () => {
    expect(args('get: {key: "${vars.text}", count: "${vars.n}"}', { text: 'x y', n: '5' })).toEqual({
      key: 'x y',
      count: 5,
    });
    const { problems } = load(withVars('get: {key: k, count: "${vars.n}"}'), { n: 'many' });
    expect(problems.map(({ message }) => message)).toEqual(['`count` takes a whole number from 0 on, not "many"']);
  });
});

describe('a result', () => {
  const lease = ['lease-grant: 5s\nas: l', 'put: {key: k, value: v, lease: "${results.l.id}"}'] as const;
  const bind = (second: string, results: Record<string, unknown>): string =>
    boundStep(
      scenarioOf(drill('start: all', lease[0], 'get: g\nas: g', 'kill: leader\nas: m', second)).steps[4],
      results,
    );

  it('is put in its place when the step runs', () => {
    expect(bind('lease-revoke: ${results.l.id}', { l: { id: '32695410dcc0ca06' } })).toBe(
      'revoke the lease 32695410dcc0ca06',
    );
    expect(bind('start: ${results.m.members}', { m: { members: ['etcd-1', 'etcd-3'] } })).toBe('start etcd-1, etcd-3');
    expect(bind('start: ${results.m.members.1}', { m: { members: ['etcd-1', 'etcd-3'] } })).toBe('start etcd-3');
  });

  it('of 64 bits stays exact, and is a number where one is asked for', () => {
    expect(bind('compact: ${results.g.revision}', { g: { revision: '9223372036854775807' } })).toBe(
      'compact at revision 9223372036854775807',
    );
    expect(bind('get: {key: k, count: "${results.g.count}"}', { g: { count: '3' } })).toBe('read k: 3 keys');
  });

  it('that holds an expression itself is text', () => {
    expect(bind('put: {key: k, value: "${results.g.value}"}', { g: { value: '${results.l.id}' } })).toBe(
      'put k = "${results.l.id}"',
    );
  });

  it.each([
    ['is not there', 'lease-revoke: ${results.l.id}', {}, '`results.l` is not there: its step left no result'],
    ['has no such part', 'lease-revoke: ${results.l.id}', { l: { ttl: 5 } }, '`results.l` has no `id`; it has ttl'],
    [
      'has no part at all',
      'lease-revoke: ${results.l.constructor.name}',
      { l: {} },
      '`results.l` has no `constructor`',
    ],
    [
      'is nothing',
      'put: {key: k, value: "${results.g.value}"}',
      { g: { value: null } },
      '`results.g.value` is nothing: there was none',
    ],
    [
      'does not fit',
      'lease-revoke: ${results.l.id}',
      { l: { id: 'no hex' } },
      '`lease-revoke` takes a lease ID in hex, as `as` keeps it, not "no hex"',
    ],
    [
      'is too large',
      'get: {key: k, count: "${results.g.count}"}',
      { g: { count: '12345678901234567890' } },
      '`count` takes a whole number from 0 on, not "12345678901234567890"',
    ],
  ])('that %s fails the step', (_, step, results, message) => {
    expect(() => bind(step, results)).toThrow(message);
  });

  it('of a step that was skipped says so', () => {
    const step = scenarioOf(drill('start: all', ...lease)).steps[2];
    const scope = { results: new Map(), skipped: new Set(['l']), repeatIndex: undefined };
    expect(() => step?.bind(scope)).toThrow('the step that keeps `results.l` was skipped');
  });
});
