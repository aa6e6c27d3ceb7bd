import { defineUsage } from '../usage';

export const usage = defineUsage('init', {
  about:
    'Writes scenarios/first.yaml, etcd-scenarios.config.json, a workflow for GitHub Actions and a line of .gitignore to ' +
    'FOLDER, or to this folder. A file that is there is kept as it is.',
  options: {},
  examples: [{ says: 'in this folder', line: 'etcd-scenarios init' }],
});
