import { digest, Secrecy } from '../../src/steps/secrecy';

const SECRET = 'hunter2-of-production';

describe('values of a snapshot from outside', () => {
  const secrecy = new Secrecy({ hidesValues: true, known: 'put: {key: a, value: what the author wrote}' });

  it('are shown by their length and hash', () => {
    expect(secrecy.shown('abc')).toBe('3 bytes, sha256 ba7816bf8f01…');
    expect(secrecy.shown(Buffer.from([0, 255]))).toMatch(/^2 bytes, sha256 [0-9a-f]{12}…$/);
  });

  it('are replaced in every text, once they were seen, also where several stand in one', () => {
    secrecy.learn(`${SECRET}\nsecond line of it\n`);
    const told = {
      notes: [`it is ${SECRET}, and second line of it`],
      nested: [{ message: SECRET }],
      count: 7,
      none: null,
    };
    expect(JSON.stringify(secrecy.scrub(told))).not.toMatch(/hunter2|second line/);
    expect(secrecy.scrub(told)).toMatchObject({ count: 7, none: null });
  });

  it('are no secret where the drill itself says them', () => {
    secrecy.learn('what the author wrote');
    expect(secrecy.scrub('what the author wrote')).toBe('what the author wrote');
  });

  it('are veiled in results, and nothing else of them is', () => {
    const results = new Map<string, unknown>([['got', { value: SECRET, revision: '7', count: '1' }]]);
    expect(secrecy.veil(results).get('got')).toEqual({ value: digest(SECRET), revision: '7', count: '1' });
  });

  it.each([
    [
      '3.5',
      `{"level":"debug","msg":"applyEntryNormal","raftReq":"header:<ID:1 > put:<key:\\"k\\" value:\\"a\\\\\\"b\\" > "}`,
    ],
    [
      '3.7',
      `{"level":"debug","msg":"Apply","raftReq":"header:{ID:1}  put:{key:\\"k\\"  value:\\"a\\\\nb\\"}","more":"kept"}`,
    ],
  ])('are not in the log of %s at debug level', (_, line) => {
    const veiled = secrecy.logLine(line);
    expect(veiled).toContain('"raftReq":"(not shown)"');
    expect(veiled).not.toContain('value:');
    expect(Object.keys(JSON.parse(veiled) as object)).toEqual(Object.keys(JSON.parse(line) as object));
  });

  it('are shown where nothing is to be hidden', () => {
    const open = new Secrecy({ hidesValues: false });
    open.learn(SECRET);
    expect([open.shown(SECRET), open.scrub(SECRET), open.logLine('"raftReq":"x"')]).toEqual([
      `"${SECRET}"`,
      SECRET,
      '"raftReq":"x"',
    ]);
  });
});

it('a password is never shown, whatever else is', () => {
  const secrecy = new Secrecy({ hidesValues: false, passwords: ['pw', ''] });
  expect(secrecy.scrub({ said: ['--user root:pw'] })).toEqual({ said: ['--user root:(password)'] });
});
