import type { NestedSteps } from './context';
import { text, variableValues } from './schema';
import { defineStep } from './step';

export const use = defineStep({
  name: 'use',
  summary: 'Runs the steps of another file, a part, in this place. They are read before anything starts.',
  example: ['- use: {file: parts/write.yaml, with: {value: bar}}', '- get: {key: foo, value: bar}'],
  exampleFiles: {
    'parts/write.yaml': ['vars: {value: something}', 'steps:', '  - put: {key: foo, value: "${vars.value}"}'],
  },
  main: 'file',
  args: {
    file: { ...text, minLength: 1, description: 'the part, relative to the folder of this file' },
    with: { ...variableValues, description: 'values for the `vars` that the part declares' },
  },
  required: ['file'],
  timeoutMs: 0,
  sentence: ({ file }) => `use ${file}`,
  runbook: () => ({ commands: [] }),
  // The loader has put the part's steps beside the arguments.
  run: (args, context) => context.runSteps((args as unknown as { steps: NestedSteps }).steps),
});
