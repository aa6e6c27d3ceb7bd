/** XML 1.0 as text: elements with attributes, everything escaped, characters that XML does not allow replaced. */
import { clean } from './text';

export interface Element {
  name: string;
  attributes: Record<string, string | number | undefined>;
  children: (Element | string)[];
}

/** An element; attributes that are undefined are left out. */
export function element(
  name: string,
  attributes: Element['attributes'] = {},
  children: Element['children'] = [],
): Element {
  return { name, attributes, children };
}

/** The whole document, indented; text stands as it is. */
export function document(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${render(root, '')}\n`;
}

function render(node: Element, margin: string): string {
  const attributes = Object.entries(node.attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`);
  const open = `${margin}<${node.name}${attributes.join('')}`;
  if (node.children.length === 0) return `${open}/>`;
  if (node.children.every((child) => typeof child === 'string')) {
    return `${open}>${node.children.map(escapeText).join('')}</${node.name}>`;
  }
  const inner = node.children.map((child) =>
    typeof child === 'string' ? escapeText(child) : render(child, `${margin}  `),
  );
  return [`${open}>`, ...inner, `${margin}</${node.name}>`].join('\n');
}

function escapeText(text: string): string {
  return allowed(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function escapeAttribute(text: string): string {
  return escapeText(text).replace(/"/g, '&quot;').replace(/\n/g, '&#10;').replace(/\t/g, '&#9;');
}

function allowed(text: string): string {
  return clean(text).replace(/[\ufffe\uffff]/g, '\ufffd');
}
