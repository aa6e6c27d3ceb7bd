/** A test file's end of the line to the process that runs its drills. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Answer, Order } from './protocol';

/** The process is started with the first drill that is run: a file whose drills `-t` leaves out costs nothing. */
export class RunnerClient {
  private child: ChildProcess | undefined;
  private exited: Promise<void> = Promise.resolve();
  private said = '';
  private orders = 0;
  private readonly waiting = new Map<number, (answer: Answer) => void>();

  run(order: Omit<Order, 'id'>): Promise<Answer> {
    const id = ++this.orders;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.started().send({ id, ...order } satisfies Order);
    });
  }

  /** Ends what still runs, and waits until it is removed. */
  async close(): Promise<void> {
    if (this.child?.connected) this.child.disconnect();
    await this.exited;
  }

  private started(): ChildProcess {
    if (this.child) return this.child;
    // Detached, in a process group of its own: a Ctrl-C for jest is none for it, it ends when jest is gone.
    const child = fork(join(__dirname, 'runner.js'), [String(jestItself())], {
      detached: true,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    child.on('message', (answer: Answer) => this.settle(answer));
    this.exited = new Promise((resolve) => {
      child.on('error', (error) => this.lost(error.message, resolve));
      child.on('exit', (code, signal) => this.lost(`it ended with ${signal ?? `code ${code}`}`, resolve));
    });
    return (this.child = child);
  }

  private settle(answer: Answer): void {
    this.waiting.get(answer.id)?.(answer);
    this.waiting.delete(answer.id);
  }

  private lost(why: string, done: () => void): void {
    const refused = `the process that runs the drills is gone: ${[why, this.said.trim()].join('\n').trimEnd()}`;
    for (const id of this.waiting.keys()) this.settle({ id, refused });
    done();
  }
}

/** The process that a person ends: one of jest's workers lives on where that is killed. */
function jestItself(): number {
  return process.connected ? process.ppid : process.pid;
}
