/** Golden files: what a reporter writes, kept beside the tests. UPDATE_GOLDEN=1 writes them anew. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export function expectGolden(name: string, actual: string): void {
  const file = path.join(__dirname, 'golden', name);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, actual);
  expect(existsSync(file) ? readFileSync(file, 'utf8') : `${file} is missing: UPDATE_GOLDEN=1`).toBe(actual);
}

/** A folder for one test, gone afterwards. */
export async function inTemporaryFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'report-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// eslint-disable-next-line no-control-regex -- looking for them is the point
const ACTING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu;

/** What a terminal or a CI would act on, in a text that is shown; the escape sequences that we write ourselves left out. */
export function harmIn(text: string): string[] {
  // eslint-disable-next-line no-control-regex -- our own colours and cursor movements
  const ours = text.replace(/\r\u001b\[\d+A\u001b\[0J|\u001b\[\d+m/g, '');
  const found: string[] = [];
  for (const match of ours.matchAll(ACTING)) found.push(`U+${match[0].charCodeAt(0).toString(16)}`);
  for (const match of text.matchAll(/^[^\S\n]*::.*/gm)) found.push(match[0]);
  for (const match of text.matchAll(/##\w*\[/g)) found.push(match[0]);
  return found;
}
