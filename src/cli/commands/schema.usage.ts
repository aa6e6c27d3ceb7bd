import { defineUsage } from '../usage';

export const usage = defineUsage('schema', {
  about:
    'Prints the schema that completes drills in an editor. Where the package is installed it is there already: ' +
    'node_modules/etcd-scenarios/schema/scenario.schema.json.',
  options: {
    configuration: { type: 'flag', text: 'print the schema of etcd-scenarios.config.json instead' },
  },
  examples: [
    {
      says: 'for a drill that begins with `# yaml-language-server: $schema=./drill.schema.json`',
      line: 'etcd-scenarios schema > drill.schema.json',
    },
  ],
});
