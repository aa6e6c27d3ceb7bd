/** The engine answers a pull and an import with a stream of JSON lines. */

/** One line of such a stream. */
export interface EngineLine {
  id?: string;
  status?: string;
  progressDetail?: { current?: number; total?: number };
  error?: string;
}

/** What the engine said in the stream that went wrong: it answered, and the answer is no. */
export class EngineRefusal extends Error {}

/** Reads the stream to its end; throws EngineRefusal where a line of it is an error. */
export async function readLines(stream: NodeJS.ReadableStream, onLine: (line: EngineLine) => void): Promise<void> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach((line) => take(line, onLine));
  }
  take(rest, onLine);
}

function take(text: string, onLine: (line: EngineLine) => void): void {
  if (text.trim() === '') return;
  const line = JSON.parse(text) as EngineLine;
  if (line.error !== undefined) throw new EngineRefusal(line.error);
  onLine(line);
}
