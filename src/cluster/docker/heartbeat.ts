/** A run's signs of life, for those that share its engine or its temporary folder and can't see its process. */
import type Dockerode from 'dockerode';
import { abortable, after, formatDuration } from '../../clock';
import { EnvironmentError } from '../../errors';
import { engineCall, statusOf } from './engine';
import { refreshFolders } from './folders';
import { LABEL, ownerLabels } from './labels';
import { LEASE, type Lease } from './lease';

/** A machine that slept looks at its clock soon: timers do not count the time of its sleep. */
const TICK_MS = 5000;
/** How long the end of a run waits for the removal of the last sign; the next run removes what stays. */
const STOP_MS = 3000;

export interface HeartbeatOptions {
  docker: Dockerode;
  run: string;
  lease?: Lease;
  /** Told when the run was taken for dead: what it made is being removed by somebody else. */
  onSwept: (error: EnvironmentError) => void;
}

export class Heartbeat {
  private readonly lease: Lease;
  private readonly timer: NodeJS.Timeout;
  private lastMs = Date.now();
  private count = 0;
  private volume: string | undefined;
  private beating: Promise<void> = Promise.resolve();
  private isBeating = false;

  /** The first sign comes after a while: until then what the run makes is young itself. */
  constructor(private readonly options: HeartbeatOptions) {
    this.lease = options.lease ?? LEASE;
    this.timer = setInterval(() => this.tick(), Math.min(TICK_MS, this.lease.beatMs));
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    const ending = this.beating.then(() => this.remove(this.volume));
    await abortable(ending, after(STOP_MS)).catch(() => undefined);
  }

  private tick(): void {
    if (this.isBeating || Date.now() - this.lastMs < this.lease.beatMs) return;
    this.isBeating = true;
    // An engine that is gone is told by the steps; the next tick tries again.
    const done = (): void => void (this.isBeating = false);
    this.beating = this.beat().then(done, done);
  }

  private async beat(): Promise<void> {
    const { docker, run } = this.options;
    refreshFolders();
    await this.lookWhetherSwept();
    const before = this.volume;
    const Name = `etcd-scenarios-heartbeat-${run}-${++this.count}`;
    const Labels = { ...ownerLabels(run, ''), [LABEL.heartbeat]: 'true' };
    await engineCall('renew the heartbeat', () => docker.createVolume({ Name, Labels }));
    this.volume = Name;
    this.lastMs = Date.now();
    await this.remove(before);
  }

  private async lookWhetherSwept(): Promise<void> {
    const { volume } = this;
    const silentMs = Date.now() - this.lastMs;
    if (volume === undefined || silentMs < this.lease.staleMs) return;
    try {
      await this.options.docker.getVolume(volume).inspect();
    } catch (thrown) {
      if (statusOf(thrown) === 404) this.options.onSwept(swept(silentMs));
    }
  }

  private async remove(volume: string | undefined): Promise<void> {
    if (volume === undefined) return;
    await engineCall('remove the old heartbeat', () => this.options.docker.getVolume(volume).remove());
  }
}

function swept(silentMs: number): EnvironmentError {
  return new EnvironmentError(
    `this run stood still for ${formatDuration(silentMs)}, and another one took it for dead and removed its containers`,
    'run it again on a machine that does not sleep meanwhile',
  );
}
