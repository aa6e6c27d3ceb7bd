import { CONFIG, ETCD, VARIABLES } from '../options';
import { defineUsage } from '../usage';

export const usage = defineUsage('runbook', {
  about:
    'Prints one drill with the commands of one version of etcd: what to type, ' +
    'what to see after it, what to do if not.',
  options: {
    format: {
      type: 'choice',
      of: ['md', 'sh'],
      text: 'a document in Markdown, or a bash script of docker and etcdctl commands that runs by itself',
      default: 'md',
    },
    out: { type: 'text', value: 'FILE', text: 'write it there', otherwise: 'print it' },
    etcd: { ...ETCD.etcd, text: 'the version of etcd that it is for; of several, the first that fits' },
    ...VARIABLES,
    ...CONFIG,
  },
  examples: [
    {
      says: 'the document, for etcd 3.6',
      line: 'etcd-scenarios runbook scenarios/recovery/minority-without-data.yaml --etcd 3.6.16',
    },
    {
      says: 'the script; bash runbook.sh runs it',
      line: 'etcd-scenarios runbook scenarios/first.yaml --format sh --out runbook.sh',
    },
  ],
});
