/** A rehearsal with the flags that `import` makes of people's files: members accept them, before and after the upgrade. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chosenOf } from './selection';
import { cli, ROOT, temporaryFolder } from './helpers';

/** One of each kind of file; the versions are those whose images are here. */
const FILES = [
  'files/kubeadm-1.28.yaml',
  'files/rke2-config.yaml',
  'files/etcd.conf.yml',
  'cases/compose-env-only.yml',
  'cases/default-etcd-opts.env',
  'cases/k3s-config.yaml',
  'cases/multi-document.yaml',
  'cases/shell-then.yaml',
  'cases/unit-comment-in-continuation.service',
];
/** As many as CI has time for; all with ETCD_SCENARIOS_SUITE=all. */
const IN_CI = 2;
const [FROM, TO] = ['3.5.35', '3.6.16'];

const folder = temporaryFolder();

test.each(chosenOf(FILES, IN_CI, 'rehearsals of imported files'))(
  'rehearses an upgrade with what is imported from %s',
  async (file) => {
    const imported = await cli(['import', join(ROOT, 'test/import', file), '--to', TO], { cwd: folder });
    expect(imported.exitCode).toBe(0);
    const values = join(folder, `${file.replaceAll('/', '-')}.flags.yaml`);
    writeFileSync(values, imported.stdout);
    const versions = ['--var', `from=${FROM}`, '--var', `to=${TO}`];
    const drill = join(ROOT, 'scenarios/upgrade/rehearsal.yaml');
    const run = await cli(['run', drill, '--pull', 'never', '--var-file', values, ...versions], { cwd: folder });
    expect(`${run.stdout}${run.exitCode === 0 ? '' : run.stderr}`).toContain('1 passed');
    expect(run.exitCode).toBe(0);
  },
  5 * 60_000,
);
