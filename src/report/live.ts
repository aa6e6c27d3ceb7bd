/** The part of a terminal below the finished lines that is drawn again and again. */
import { cutToWidth, width } from './width';

const REDRAW_MS = 200;

export interface Out {
  write(text: string): void;
}

export class LiveRegion {
  private timer: NodeJS.Timeout | undefined;
  private drawn: string[] = [];
  /** What the stream threw while nobody could be told. */
  private trouble: { error: unknown } | undefined;

  constructor(
    private readonly out: Out,
    private readonly columns: () => number,
    /** The lines as they should stand now, without colour or control characters. */
    private readonly lines: () => string[],
    private readonly paint: (line: string) => string = (line) => line,
  ) {}

  /** Draws from now on, five times a second where something changed. Never keeps the process alive. */
  start(): void {
    this.timer ??= setInterval(() => this.tick(), REDRAW_MS).unref();
  }

  /** Writes text that stays, above the region. */
  print(text: string): void {
    this.complain();
    this.draw(text);
  }

  /** Takes the region away, and the timer; what could not be written is said now. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.trouble === undefined && this.drawn.length > 0) {
      const erase = this.erase();
      this.drawn = [];
      this.out.write(erase);
    }
    this.complain();
  }

  private tick(): void {
    try {
      const next = this.cut();
      if (next.join('\n') !== this.drawn.join('\n')) this.draw('');
    } catch (error) {
      clearInterval(this.timer);
      this.trouble = { error };
    }
  }

  private complain(): void {
    if (!this.trouble) return;
    const { error } = this.trouble;
    this.trouble = undefined;
    throw error;
  }

  private draw(above: string): void {
    const next = this.timer ? this.cut() : [];
    const text = this.erase() + above + next.map((line) => `${this.paint(line)}\n`).join('');
    this.drawn = next;
    if (text !== '') this.out.write(text);
  }

  /** The cursor goes to the region's first row; rows are counted anew, the terminal may be narrower by now. */
  private erase(): string {
    if (this.drawn.length === 0) return '';
    const columns = Math.max(1, this.columns());
    const rows = this.drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(width(line) / columns)), 0);
    return `\r\u001b[${rows}A\u001b[0J`;
  }

  private cut(): string[] {
    const columns = Math.max(10, this.columns() - 1);
    return this.lines().map((line) => cutToWidth(line, columns));
  }
}
