import { ProcessLog, isFatal, isWarning, lastWords, parseLogLine, readings } from '../../src/cluster/log';

describe('a log', () => {
  it('is cut into lines, wherever its pieces end', () => {
    const log = new ProcessLog();
    for (const piece of ['on', 'e\ntw', 'o\r\n\n', 'three']) log.append(piece);
    expect(log.lines).toEqual(['one', 'two', '']);
    log.end();
    log.end();
    expect(log.lines).toEqual(['one', 'two', '', 'three']);
    expect(log.tail(2)).toEqual(['', 'three']);
  });

  it('hands everything on as it came, until its end', () => {
    let written = '';
    const log = new ProcessLog((text) => (written += text));
    log.append('a\r\nb');
    log.end();
    log.append('late\n');
    expect(written).toBe('a\r\nb');
  });

  it.each(['embed: ready to serve client requests', '{"msg":"serving client traffic insecurely; this is …"}'])(
    'tells when the client port opens: %s',
    async (line) => {
      const log = new ProcessLog();
      const opening = log.portOpening();
      log.append(`not yet\n${line.slice(0, 9)}`);
      await new Promise(setImmediate);
      expect(log.portOpened).toBe(false);
      log.append(`${line.slice(9)}\n`);
      await opening;
      expect(log.portOpened).toBe(true);
      await log.portOpening();
    },
  );

  it('tells who waits for a change, also that it has ended', async () => {
    const log = new ProcessLog();
    const changes = [log.change(), log.change()];
    log.append('x\n');
    await Promise.all(changes);
    const change = log.change();
    log.end();
    await change;
  });

  it('finds the first line that fits, raw or decoded', () => {
    const log = new ProcessLog();
    log.append('2020 E | one\n{"level":"warn","msg":"say \\"hi\\"","error":"two\\nlines"}\n');
    expect(log.find((text) => text.includes('one'))).toEqual({ line: '2020 E | one', said: '2020 E | one' });
    expect(log.find((text) => text === 'say "hi"')?.said).toBe('say "hi"');
    expect(log.find((text) => text.startsWith('two'))?.said).toBe('two\nlines');
    expect(log.find((text) => text.includes('three'))).toBeUndefined();
  });
});

describe('the readings of a line', () => {
  it.each([
    ['plain text', ['plain text']],
    ['{"msg":"a","error":"b","other":"c"}', ['{"msg":"a","error":"b","other":"c"}', 'a', 'b']],
    ['{"msg":3,"error":null}', ['{"msg":3,"error":null}']],
    ['{broken', ['{broken']],
    ['[1]', ['[1]']],
    ['', ['']],
    ['{"__proto__":{"msg":"x"}}', ['{"__proto__":{"msg":"x"}}']],
  ])('%s', (line, expected) => {
    expect(readings(line)).toEqual(expected);
  });

  it('is JSON only where it is an object', () => {
    expect(['{"a":1}', 'null', '3', 'x', '{'].map(parseLogLine)).toEqual([
      { a: 1 },
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('the end of a process', () => {
  it.each([
    ['{"level":"fatal","ts":"2024","msg":"discovery failed"}', true],
    ['{"level":"panic","msg":"x"}', true],
    ['2024-01-01 10:00:00.000000 C | etcdmain: member count is unequal', true],
    ['{"level":"error","msg":"\\"level\\":\\"fatal\\""}', false],
    ['2024-01-01 10:00:00.000000 E | rafthttp: fatal', false],
    ['', false],
  ])('is announced by %s: %s', (line, expected) => {
    expect(isFatal(line)).toBe(expected);
  });

  it.each([
    [
      [
        '{"level":"info","msg":"a"}',
        '{"level":"fatal","msg":"discovery failed","error":"member count is unequal"}',
        '{"level":"info","msg":"closed"}',
      ],
      'member count is unequal',
    ],
    [['{"level":"fatal","msg":"no error here"}'], 'no error here'],
    [['2024-01-01 10:00:00.0 C | etcdmain: member count is unequal'], 'etcdmain: member count is unequal'],
    [['panic: runtime error', '', 'goroutine 1 [running]:', 'main.go:3'], 'panic: runtime error'],
    [['flag provided but not defined: -x', 'Usage:', '  etcd [flags]'], 'flag provided but not defined: -x'],
    [['one', 'two'], 'two'],
    [[], 'nothing'],
  ])('is told in a word: %j', (lines, expected) => {
    expect(lastWords(lines)).toBe(expected);
  });
});

test.each([
  ['{"level":"warn","msg":"slow fdatasync"}', true],
  ['{"level":"info","msg":"it said \\"level\\":\\"warn\\""}', false],
  ['2026-01-02 03:04:05.678901 W | rafthttp: lost the stream', true],
  ['2026-01-02 03:04:05.678901 I | raft: W | became leader', false],
])('whether %s warns', (line, expected) => {
  expect(isWarning(line)).toBe(expected);
});
