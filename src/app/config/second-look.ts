/** The values of a configuration that need a second look: secrets, files, places; what was wrong with them is kept. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Problem } from '../../base/problem.ts';
import { Secret } from '../../base/secret.ts';
import type { DocumentPath, SourceDocument } from '../../base/source-document.ts';
import { type HostPort, parseHostPort, readSecret, type SecretSource } from './values.ts';

export class Reader {
  readonly problems: Problem[] = [];
  readonly #document: SourceDocument;
  readonly #folder: string;

  constructor(document: SourceDocument, folder: string) {
    this.#document = document;
    this.#folder = folder;
  }

  problem(path: DocumentPath, code: string, message: string, hint?: string): void {
    this.problems.push(this.#document.problemAt(path, { code, message, hint }));
  }

  warning(path: DocumentPath, code: string, message: string, hint?: string): void {
    this.problems.push({ ...this.#document.problemAt(path, { code, message, hint }), severity: 'warning' });
  }

  lineOf(path: DocumentPath): number {
    return this.#document.problemAt(path, { code: 'config/not-valid', message: '' }).line;
  }

  secret(source: SecretSource, path: DocumentPath): Secret {
    const read = readSecret(source, this.#folder);
    if (read instanceof Secret) return read;
    this.problem(path, 'config/missing-secret', read.missing);
    return new Secret('');
  }

  file(name: string, path: DocumentPath): string | undefined {
    try {
      return readFileSync(resolve(this.#folder, name), 'utf8');
    } catch {
      this.problem(path, 'config/file-unreadable', `${name} cannot be read`);
      return undefined;
    }
  }

  wrongPort(name: string, standard: string): HostPort {
    this.problem([name], 'config/not-valid', `"${name}" has a port above 65535`);
    return parseHostPort(standard)!;
  }
}
