import { SourceFile, codeFrame, formatPlace, onOneLine, stripControl } from '../../src/source';

const file = (text: string): SourceFile => new SourceFile('a.yaml', text);

describe('places', () => {
  const source = file('one\ntwo\r\n\n  four\n');

  it.each([
    [0, 1, 1],
    [2, 1, 3],
    [3, 1, 4],
    [4, 2, 1],
    [9, 3, 1],
    [12, 4, 3],
    [17, 5, 1],
  ])('offset %d is line %d, column %d', (offset, line, column) => {
    expect(source.place(offset)).toEqual({ file: 'a.yaml', line, column });
    expect(source.offset({ line, column })).toBe(offset);
  });

  it('end with their line', () => {
    expect(source.place(4, 6).endColumn).toBe(3);
    expect(source.place(4, 99).endColumn).toBe(4);
    expect(source.place(3, 4).endColumn).toBe(5);
    expect(source.place(4, 4).endColumn).toBeUndefined();
  });

  it('are printed as editors understand them', () => {
    expect(formatPlace(source.place(12))).toBe('a.yaml:4:3');
  });

  it('have lines without their breaks', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((n) => source.line(n))).toEqual(['', 'one', 'two', '', '  four', '', '']);
  });
});

describe('a frame', () => {
  const frame = (text: string, start: number, end?: number, context = { before: 1, after: 1 }): string =>
    codeFrame(file(text), file(text).place(start, end), context);

  it('shows the lines around, numbered, and a caret under what is meant', () => {
    const text = Array.from({ length: 12 }, (_, i) => `line ${i + 1}`).join('\n');
    expect(frame(text, text.indexOf('10') - 5, text.indexOf('10') - 1)).toBe(
      ['   9 | line 9', '> 10 | line 10', '     | ^^^^', '  11 | line 11'].join('\n'),
    );
    expect(frame('a\nb\nc\nd', 4, 5, { before: 9, after: 0 })).toBe('  1 | a\n  2 | b\n> 3 | c\n    | ^');
  });

  it('leaves out an empty line at the end, and has no blanks there', () => {
    expect(frame('a\n', 0, 1)).toBe('> 1 | a\n    | ^');
    expect(frame('\na', 0)).toBe('> 1 |\n    | ^\n  2 | a');
    expect(frame('', 0)).toBe('> 1 |\n    | ^');
  });

  it('keeps tabs, so that the caret stays under what is meant', () => {
    expect(frame('\ta\tb', 3, 4)).toBe('> 1 | \ta\tb\n    | \t \t^');
  });

  it('counts a character of two units as one', () => {
    expect(frame('🔑🔑 x', 5, 6)).toBe('> 1 | 🔑🔑 x\n    |    ^');
    expect(frame('🔑 x', 0, 2)).toBe('> 1 | 🔑 x\n    | ^');
  });

  it('shows of a long line the part that is meant', () => {
    const [first = ''] = frame('a'.repeat(1000), 3, 900).split('\n');
    expect(first).toHaveLength('> 1 | '.length + 161);
    const [line = '', caret = ''] = frame(`${'a'.repeat(5000)}xyz${'b'.repeat(5000)}`, 5000, 5003).split('\n');
    expect(line).toMatch(/^> 1 \| …a{79}xyzb{78}…$/);
    expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('xyz');
  });

  it('never acts on a terminal', () => {
    expect(frame('a\u001b[31m\u202e\u0007b', 0, 1)).toBe('> 1 | a␛[31m\ufffd␇b\n    | ^');
  });
});

describe('what would act on a terminal', () => {
  it.each([
    ['\u0000\u0007\u001b\u007f\u0085\u009b', '␀␇␛␡\ufffd\ufffd'],
    ['a\tb\nc', 'a\tb\nc'],
    ['a\rb', 'a␍b'],
    ['\u202eabc\u2066\u200f', '\ufffdabc\ufffd\ufffd'],
    ['žluťoučký 🔑 钥匙', 'žluťoučký 🔑 钥匙'],
  ])('%j becomes %j', (text, expected) => {
    expect(stripControl(text)).toBe(expected);
  });

  it('on one line has no line at all', () => {
    expect(onOneLine('a\nb\tc\u2028d\r\n\ud800')).toBe('a␊b c␊d␍␊\ufffd');
  });
});
