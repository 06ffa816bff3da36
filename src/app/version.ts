/** The version of the product, as its package names it. */
import { readFileSync } from 'node:fs';
import { packageFile } from './product-files.ts';

export const version = (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;
