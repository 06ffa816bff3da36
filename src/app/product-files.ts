/** Where the product's own files lie: pages beside the built code, collectors and rules at the package's root. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** dist/app or src/app. */
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');

/** The entry that processes and workers of the daemon are started from. */
export const mainFile = join(here, 'main.js');
export const pagesFolder = join(root, 'dist', 'web');
export const collectorsFolder = join(root, 'collectors');
/** What the build made of the collectors. */
export const parsedProfilesFile = join(root, 'dist', 'profiles.json');
const rulesFolder = join(root, 'rules');
/** What subscribers may answer in words, for the reader to learn from. */
export const answerExamplesFile = join(rulesFolder, 'answers', 'examples.tsv');
const automationsFolder = join(root, 'automations');
/** What is in force where nothing else is configured. */
export const shippedRuleFolders: readonly string[] = [rulesFolder, automationsFolder];
export const demoPolicyFile = join(root, 'demo', 'policy.yaml');
export const demoRulesFolder = join(root, 'demo', 'rules');
export const demoAutomationsFolder = join(root, 'demo', 'automations');
export const demoCollectorsFolder = join(root, 'demo', 'collectors');
export const packageFile = join(root, 'package.json');
