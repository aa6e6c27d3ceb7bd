import { defineUsage } from '../usage';

export const usage = defineUsage('import', {
  about:
    'Print the flags and the version of an etcd as YAML for --var-file. FILE is a Kubernetes manifest, a compose file, a ' +
    'configuration file of etcd or of a platform (kubeadm, K3s, Talos, …), a systemd unit, a script, or what `ps` prints; ' +
    '- is standard input. What is not taken over is listed with the reason.',
  options: { to: { type: 'version', value: 'V', text: 'the version that you want to go to, as the variable `to`' } },
  examples: [
    {
      says: 'of a control plane, for scenarios/upgrade/rehearsal.yaml',
      line: 'etcd-scenarios import /etc/kubernetes/manifests/etcd.yaml --to 3.6.16 > flags.yaml',
    },
  ],
});
