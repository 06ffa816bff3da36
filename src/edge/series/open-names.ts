/** Opens the names of series; what cannot be read is set aside, so that a damaged file costs names and no start. */
import { Fault } from '../../base/fault.ts';
import { fileProblem, type Problem } from '../../base/problem.ts';
import { isMissing, realFiles } from '../disk/file-system.ts';
import { Names } from './names.ts';

/** A damaged file of names is set aside: what comes from now on is kept, under new numbers. */
export async function openNames(
  file: string,
): Promise<{ readonly value: Names; readonly problems: Problem[] }> {
  try {
    const value = new Names(file);
    const message = 'the index of the names of series was damaged and is made again';
    return { value, problems: value.isMended ? [fileProblem(file, 'series/names-mended', message)] : [] };
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'disk/sqlite-damaged')) throw error;
    for (const suffix of ['', '-wal', '-shm']) {
      await realFiles.rename(`${file}${suffix}`, `${file}.damaged${suffix}`).catch((reason: unknown) => {
        if (!isMissing(reason)) throw reason;
      });
    }
    const message = `the names of series cannot be read and are set aside as ${file}.damaged: ${error.message}`;
    return { value: new Names(file), problems: [fileProblem(file, 'series/names-damaged', message)] };
  }
}
