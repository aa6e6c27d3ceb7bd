/** Whom a client asks: in turn all members that may be asked, and after a failure another one for a while. */
import type { EtcdClient } from '../cluster/client';

/** One process of a member. */
export interface Target {
  readonly member: string;
  readonly incarnation: number;
  /** Throws where the process has just ended. */
  readonly client: EtcdClient;
}

/** How long a process that failed is left alone while there are others. */
const AVOID_MS = 1000;

export class Targets {
  private turn: number;
  private readonly avoided = new Map<string, number>();

  /** `first`: where to begin, so that clients spread. `candidates`: those that may be asked now, in declared order. */
  constructor(
    first: number,
    private readonly candidates: () => readonly Target[],
  ) {
    this.turn = first;
  }

  /** Undefined where there is nobody to ask. */
  next(nowMs: number): Target | undefined {
    const all = this.candidates();
    if (this.avoided.size === 0) return all[this.turn++ % Math.max(1, all.length)];
    const good = all.filter((one) => (this.avoided.get(identity(one)) ?? 0) <= nowMs);
    const among = good.length > 0 ? good : all;
    return among[this.turn++ % Math.max(1, among.length)];
  }

  failed(target: Target, nowMs: number): void {
    this.avoided.set(identity(target), nowMs + AVOID_MS);
  }
}

function identity({ member, incarnation }: Target): string {
  return `${member}/${incarnation}`;
}
