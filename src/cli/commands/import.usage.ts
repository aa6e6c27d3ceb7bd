import { defineUsage } from '../usage';

export const usage = defineUsage('import', {
  about:
    'Reads a Kubernetes manifest, a configuration file of etcd or a command line, and prints its flags and version as ' +
    'YAML. What a drill decides itself (names, addresses, folders) is left out, and said. FILE - is standard input.',
  options: { to: { type: 'version', value: 'V', text: 'the version that you want to go to, as the variable `to`' } },
  examples: [
    {
      says: 'of a control plane, for scenarios/upgrade/rehearsal.yaml',
      line: 'etcd-scenarios import /etc/kubernetes/manifests/etcd.yaml --to 3.6.16 > flags.yaml',
    },
  ],
});
