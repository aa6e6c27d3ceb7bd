import { Secrecy } from '../../src/steps/secrecy';

const SECRET = `s3cr'et "of<prod>" ünter/+x`;
const secrecy = new Secrecy({ hidesValues: false, secrets: new Map([['TOKEN', SECRET]]) });
const json = JSON.stringify(SECRET).slice(1, -1);

describe('a secret variable is redacted', () => {
  it.each<[string, string]>([
    ['as it is', SECRET],
    ['in JSON', json],
    ['in JSON within JSON', JSON.stringify(json).slice(1, -1)],
    ['in JSON as Go writes it', json.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e')],
    ['in a request of a log at debug level', JSON.stringify(json.replace('ü', '\\303\\274')).slice(1, -1)],
    ['in a shell', SECRET.replaceAll("'", "'\\''")],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64 for URLs', Buffer.from(SECRET).toString('base64url')],
    ['in hex', Buffer.from(SECRET).toString('hex')],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in a form', encodeURIComponent(SECRET).replaceAll('%20', '+')],
  ])('%s', (_, form) => {
    const scrubbed = secrecy.scrub({ text: `before ${form} after`, [`key ${form}`]: [form] });
    expect(scrubbed).toMatchObject({ text: expect.stringMatching(/^before \(secret TOKEN\)=* after$/) as unknown });
    expect(JSON.stringify(scrubbed)).not.toMatch(/s3cr|prod|dMOcbnRlci8/);
  });

  it.each(['', 'a', 'ab'])('in base64 of a longer text that begins with "%s"', (before) => {
    const told = secrecy.scrub(Buffer.from(`${before}${SECRET}, and more`).toString('base64'));
    expect(told).toContain('(secret TOKEN)');
    const left = told.split('(secret TOKEN)').map((part) => Buffer.from(part, 'base64').toString());
    expect(left.join('')).not.toMatch(/3cr|prod/);
  });

  it('where a text was cut in the middle of it', () => {
    const cut = {
      head: `it is ${SECRET.slice(0, 9)}…`,
      tail: `… ${SECRET.slice(9)}`,
      both: `…${SECRET.slice(-8)} it was`,
    };
    expect(secrecy.scrub(cut)).toEqual({
      head: 'it is (secret TOKEN)…',
      tail: `… ${SECRET.slice(9)}`,
      both: '…(secret TOKEN) it was',
    });
  });

  it('before a value is cut', () => {
    const long = `${'x'.repeat(195)}${SECRET}`;
    expect(secrecy.shown(long)).not.toContain('s3');
    expect(secrecy.shown(Buffer.from(long))).not.toContain('s3');
  });

  it('in each line of one that has several', () => {
    const lines = new Secrecy({ hidesValues: false, secrets: new Map([['KEY', 'first line\nsecond line\n}']]) });
    expect(lines.scrub('| second line\n| }')).toBe('| (secret KEY)\n| }');
  });

  it('in the log of a member', () => {
    expect(secrecy.logLine(JSON.stringify({ msg: `it is ${SECRET}` }))).toBe('{"msg":"it is (secret TOKEN)"}');
  });

  it('but not in the words by which a program reads an event', () => {
    const short = new Secrecy({ hidesValues: false, secrets: new Map([['S', 'step']]) });
    expect(short.scrub({ type: 'step-started', step: { action: 'step', sentence: 'step on' } })).toEqual({
      type: 'step-started',
      step: { action: 'step', sentence: '(secret S) on' },
    });
  });
});
