/**
 * Runs the drills of a test file, in a process of its own: jest may end a test file's process at any time, and what was
 * started has to be removed even then. This one notices that it was left alone, ends its runs in order, and exits.
 */
import { asError, EnvironmentError, Interrupted } from '../errors';
import { run } from '../library/run';
import { inSlot } from '../library/slots';
import { messageOfError } from '../problems';
import type { Answer, Order } from './protocol';

/** How often it looks whether jest is still there. */
const LOOK_MS = 500;

const ending = new AbortController();
const abandoning = new AbortController();

async function serve({ id, request, jobs }: Order): Promise<Answer> {
  try {
    const { cases } = await inSlot(jobs, ending.signal, () =>
      run({
        ...request,
        sharesReports: true,
        jobs: 1,
        env: process.env,
        signal: ending.signal,
        abandon: abandoning.signal,
      }),
    );
    const [finished] = cases;
    if (!finished) return { id, refused: 'it was skipped when it was to be run: has the file changed meanwhile?' };
    const { verdict, failure, further } = finished;
    return { id, verdict, failure, further };
  } catch (thrown) {
    return { id, refused: messageOfError(thrown) };
  }
}

function answer(message: Answer): void {
  // Nobody listens any more once jest is gone.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** A bug of ours: whatever runs is ended in order, and the tests fail with what was thrown. */
function crash(thrown: unknown): void {
  process.exitCode = 3;
  process.stderr.write(`${asError(thrown).stack ?? String(thrown)}\n`);
  const reason = new EnvironmentError(`the runner itself broke: ${asError(thrown).message}`);
  ending.abort(reason);
  abandoning.abort(reason);
}

function leftAlone(): void {
  ending.abort(new Interrupted('jest ended'));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

process.stderr.on('error', () => undefined);
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);
process.on('message', (order: Order) => void serve(order).then(answer));
process.on('disconnect', leftAlone);
setInterval(() => void (isAlive(Number(process.argv[2])) || leftAlone()), LOOK_MS).unref();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    const again = ending.signal.aborted;
    (again ? abandoning : ending).abort(new Interrupted(`interrupted ${again ? 'twice ' : ''}by ${signal}`));
  });
}
