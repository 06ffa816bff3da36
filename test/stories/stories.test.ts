import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Story, tell } from '../support/story.ts';

const folder = dirname(fileURLToPath(import.meta.url));
const stories = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => parse(readFileSync(join(folder, name), 'utf8')) as Story);

test('there are stories', () => {
  expect(stories.length).toBeGreaterThan(15);
});

test.each(stories.map((story) => [story.story, story] as const))('%s', (_, story) => {
  tell(story);
});
