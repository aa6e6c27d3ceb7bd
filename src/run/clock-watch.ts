/** Whether this machine's clock was set while a case ran: deadlines, `within` and `for` are counted by it. */
import { formatDuration } from '../clock';
import { EnvironmentError } from '../errors';

/** What a clock may be off after a case: NTP slews by half a millisecond each second. */
const JUMP_MS = 2000;
const SAMPLES = 5;

export class ClockWatch {
  private readonly before = offset();

  /** What is to be said of a jump since this watch was made; undefined where there was none. */
  trouble(): EnvironmentError | undefined {
    const jumpMs = offset() - this.before;
    if (Math.abs(jumpMs) < JUMP_MS) return undefined;
    const way = jumpMs > 0 ? 'forward' : 'back';
    return new EnvironmentError(
      `the clock of this machine jumped ${way} by ${formatDuration(Math.abs(jumpMs))} while the case ran: its time limits did not hold`,
      'run it again; a machine that sleeps, is moved or paused jumps, and so does one whose time is set by hand',
    );
  }
}

/** The wall clock less the steady one. Between its two readings this process may be paused: the closest sample counts. */
function offset(): number {
  const samples = Array.from({ length: SAMPLES }, () => {
    const before = performance.now();
    const wall = Date.now();
    const after = performance.now();
    return { offset: wall - (before + after) / 2, width: after - before };
  });
  return samples.reduce((best, one) => (one.width < best.width ? one : best)).offset;
}
