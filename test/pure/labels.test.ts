import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { LABEL, ownerIsDead, ownerLabels, ownerState } from '../../src/cluster/docker/labels';

const linux = process.platform === 'linux' ? describe : describe.skip;

linux('the owner of what carries our labels', () => {
  const own = ownerLabels('run', 'case');

  it('is alive while its process runs', () => {
    expect(ownerState(own)).toBe('alive');
    expect(ownerIsDead(own)).toBe(false);
  });

  it('is dead when its pid has gone to another process', () => {
    expect(ownerState({ ...own, [LABEL.started]: '1' })).toBe('dead');
  });

  it('is dead when it has ended and nobody has reaped it', async () => {
    // The shell becomes `sleep`, which never asks for its child: the child stays a zombie.
    const child = spawn('sh', ['-c', 'sleep 30 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const pid = await new Promise<string>((resolve) => {
      child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
    });
    const fields = (): string[] => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const labels = { ...own, [LABEL.pid]: pid, [LABEL.started]: fields()[19] ?? '' };
    // Until then it is a shell, which reaps its children.
    const parent = (): string => readFileSync(`/proc/${child.pid}/comm`, 'utf8').trim();
    try {
      for (let looks = 0; parent() !== 'sleep' && looks < 500; looks++)
        await new Promise((next) => setTimeout(next, 10));
      process.kill(Number(pid), 'SIGKILL');
      for (let looks = 0; fields()[0] !== 'Z' && looks < 500; looks++)
        await new Promise((next) => setTimeout(next, 10));
      expect(fields()[0]).toBe('Z');
      expect(ownerState(labels)).toBe('dead');
    } finally {
      child.kill('SIGKILL');
    }
  });

  it.each([LABEL.boot, LABEL.pidNamespace])('is not to be known where %s is another: it is left alone', (label) => {
    const elsewhere = { ...own, [label]: 'another', [LABEL.started]: '1' };
    expect(ownerState(elsewhere)).toBe('unknown');
    expect(ownerIsDead(elsewhere)).toBe(false);
  });

  it('is not to be known where the pid is none', () => {
    expect(ownerState({ ...own, [LABEL.pid]: 'x' })).toBe('unknown');
  });
});
