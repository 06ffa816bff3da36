/** Profiles of folders and files, with what the build has made of the shipped ones already. */
import { readParsedProfiles } from '../../edge/files/parsed-profiles.ts';
import { loadProfiles } from '../../edge/files/profiles.ts';
import { parsedProfilesFile } from '../product-files.ts';

export async function installedProfiles(paths: readonly string[]): ReturnType<typeof loadProfiles> {
  return loadProfiles(paths, await readParsedProfiles(parsedProfilesFile));
}
