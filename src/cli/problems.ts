import type { Problem } from '../errors';
import { formatPlace, stripControl } from '../source';

/** Problems for people: place, message, source line with a caret, hint. */
export function formatProblems(problems: readonly Problem[]): string {
  const told = problems.map(({ place, message, frame, hint }) =>
    [
      `${formatPlace(place)}: ${message}`,
      ...(frame === undefined ? [] : [indent(frame)]),
      ...(hint === undefined ? [] : [`  = ${hint}`]),
      '',
    ].join('\n'),
  );
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return stripControl([...told, `${count}; nothing was started`, ''].join('\n'));
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
