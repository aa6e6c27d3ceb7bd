/** The pieces that actions' arguments are described with. One schema serves reading, checking, editors and types. */
import { DURATION_PATTERN } from '../clock';

/** JSON Schema as far as it is used here. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  /** What an editor offers. */
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly minLength?: number;
  readonly uniqueItems?: boolean;
  /** How to say what is right, where the pattern would not: `a duration such as 3s`. */
  readonly expects?: string;
  /**
   * Members are named here: by a selector, by one that means exactly one member, by what `start` takes, by one plain
   * name, by `any`, `none` or a name, or by the items and keys of a list or map.
   */
  readonly names?: 'selector' | 'single' | 'startable' | 'one' | 'leader' | 'plain';
  /** The value is the path of a file that has to be there before anything starts. */
  readonly path?: boolean;
  /** The value is a list of steps. */
  readonly steps?: boolean;
  /** The value is one step with this action. */
  readonly step?: string;
}

/** A scalar that is one expression keeps the value's type; anything else may hold expressions inside. */
export const EXPRESSION = /^\$\{[^{}]+\}$/;

export const text = { type: 'string' } as const;
export const key = { ...text, description: 'the key' } as const;
export const flag = { type: 'boolean' } as const;
export const count = { type: 'integer', minimum: 0 } as const;
export const duration = {
  type: 'string',
  pattern: DURATION_PATTERN,
  expects: 'a duration such as 500ms, 3s or 2m',
} as const;
export const version = {
  type: 'string',
  pattern: '^\\d+\\.\\d+\\.\\d+(-[\\w.]+)?$',
  expects: 'a full version such as 3.5.35',
} as const;
/** As etcdctl prints it, or in decimal; other lengths can be no ID. */
export const id = {
  type: 'string',
  pattern: '^([0-9a-fA-F]{1,16}|\\d{17,20})$',
  expects: 'an ID: up to 16 hex digits, or 17 to 20 decimal ones',
} as const;
export const leaseId = {
  ...text,
  pattern: '^[0-9a-f]{1,16}$',
  expects: 'a lease ID in hex, as `as` keeps it',
  description: 'its ID: ${results.NAME.id}',
} as const;
export const revision = { type: 'string', pattern: '^\\d+$', expects: 'a revision, a whole number' } as const;

/** Any selector: all, leader, follower, followers, majority, minority, a name, or a list of names. */
export const selector = {
  type: ['string', 'array'],
  items: { type: 'string' },
  minItems: 1,
  names: 'selector',
} as const;
/** A selector that means one member: a name, leader, follower, and the other words where they mean one. */
export const single = { ...selector, maxItems: 1, names: 'single' } as const;
/** What `start` and `resume` take: names, lists, all and results. */
export const startable = {
  type: ['string', 'array'],
  items: { type: 'string' },
  minItems: 1,
  uniqueItems: true,
  names: 'startable',
} as const;
/** One plain member name. */
export const memberName = { type: 'string', names: 'one' } as const;
/** Plain member names. */
export const memberNames = {
  type: 'array',
  items: { type: 'string' },
  minItems: 1,
  uniqueItems: true,
  names: 'plain',
} as const;

export const flagMap = {
  type: 'object',
  additionalProperties: { type: ['string', 'null'], description: 'a flag of etcd, without the dashes; null drops it' },
} as const;

/** Values of variables: a text, or for `flags` a map. */
export const variableValues = {
  type: 'object',
  additionalProperties: {
    type: ['string', 'object'],
    additionalProperties: flagMap.additionalProperties,
    expects: 'a text, or a map of flags',
    description: 'a variable: a text, or a map for `flags`',
  },
} as const;

export const textPatterns = {
  type: ['string', 'array', 'object'],
  items: {
    type: ['string', 'object'],
    properties: { matches: { type: 'string', description: 'a regular expression' } },
    required: ['matches'],
    additionalProperties: false,
    minLength: 1,
  },
  properties: { matches: { type: 'string', description: 'a regular expression' } },
  required: ['matches'],
  additionalProperties: false,
  minLength: 1,
  minItems: 1,
} as const;

/** The schema of a map with these properties and no others. */
export function objectSchema(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema {
  return { type: 'object', properties, required, additionalProperties: false };
}
