/** The rules that are found in a file as it is written. */
import type { Rule } from './rules';

const shape = (about: string): Rule => ({ severity: 'error', kind: 'shape', about });

export const SHAPE_RULES: Readonly<Record<string, Rule>> = {
  alias: shape('A YAML alias (`*name`) stands before its anchor (`&name`), or there is none.'),
  arguments: shape('Arguments of an action that do not go together.'),
  'duplicate-key': shape('A key stands twice in one map: YAML would silently keep one of the two.'),
  file: shape('The file can not be read as text: it is too large, or is not UTF-8.'),
  'flag-name': shape('A flag of etcd is written without its dashes.'),
  'lacking-flag': shape('The version of etcd that a member runs certainly lacks this flag.'),
  'late-version': shape(
    'A version has to be known before anything starts: its image is prepared then. It may come from `vars` or `matrix`, not ' +
      'from a result.',
  ),
  'member-name': shape('A member can not be named like a selector.'),
  merge: shape('`<<` merges a map, or a list of maps.'),
  misplaced: shape('An argument stands beside its action and not in it: it has to be indented further.'),
  'missing-key': shape('Something that has to be said is left out.'),
  modifier: shape('A modifier that its action does not have.'),
  'no-action': shape('A step has one action.'),
  'not-empty': shape('The file is empty.'),
  'one-document': shape('A file holds one scenario.'),
  'owned-flag': shape('This flag is the runner’s own; the message names the argument to use.'),
  parallel: shape('Steps side by side act on different members.'),
  'matches-everything': shape(
    'A text or a pattern that is part of nearly everything: the assertion can not fail. Quote what has to be said.',
  ),
  pattern: shape('A pattern that is not a regular expression.'),
  reserved: shape('The language has reserved this word for later.'),
  'result-twice': shape('Two steps keep their results under one name.'),
  'second-action': shape('A step has one action, and this one has two.'),
  tag: shape('YAML tags such as `!!int` mean nothing in a scenario: text is taken as it is written.'),
  'text-key': shape('A key is a text, not a list or a map.'),
  'too-many-steps': shape('A scenario has more steps, with its parts and combinations, than anybody runs.'),
  use: shape(
    'The file that a `use` names can not be used: it is not there, is no part, or the files use each other in a circle.',
  ),
  'unknown-variable': shape('A `use` gives a value to a variable that the part does not declare.'),
  'too-many-combinations': shape('A matrix makes more combinations than anybody looks at.'),
  'too-deep': shape('The file is nested deeper than any drill.'),
  'too-large': shape('With its aliases followed the file is larger than any drill.'),
  'too-many': shape('There may be more problems than are shown.'),
  'too-many-members': shape('More members than an engine carries.'),
  'tls-flag': shape(
    'A flag of etcd that is about TLS. Clusters with TLS are not supported yet: the runner and the members speak plain HTTP, and a member ' +
      'with certificates would never be seen to serve.',
  ),
  twice: shape('A list has the same thing twice.'),
  'undeclared-member': shape('Every member that a drill names has to be declared under `members`.'),
  'unknown-key': shape('Unknown keys are errors everywhere: a misspelt one would otherwise be ignored.'),
  'unknown-name': shape('An expression (`${…}`) that names nothing, or something that is not there yet.'),
  'variable-name': shape('A variable’s name has letters, digits, dashes and underscores.'),
  'variable-value': shape('The value of a variable holds no expression.'),
  'wrong-value': shape('A value of another kind than its key takes.'),
  yaml: shape('The file is not YAML.'),
};
