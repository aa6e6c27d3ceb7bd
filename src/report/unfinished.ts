/** What file reports say of a run that has no verdict. */

export interface Unfinished {
  /** One line. */
  message: string;
  /** More about it, on several lines. */
  text: string;
}

/** What stands in the reports from a run's first moment until it ends. */
export const DID_NOT_FINISH: Unfinished = {
  message: 'the run did not finish',
  text: 'The run is still running, or it was killed. Its verdict is not known.',
};

/** `message` is what the command line prints. */
export function nothingRanText(message: string): Unfinished {
  const [first = ''] = message.split('\n').filter((line) => line.trim() !== '');
  return { message: `nothing was run: ${first.trim()}`, text: message };
}
