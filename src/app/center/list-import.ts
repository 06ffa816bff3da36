/** A list of subscribers handed in to the running daemon: what it would change, or the change, in force at once. */
import { tooMuch } from '../../edge/book/subscriber-import.ts';
import type { ImportOutcome, ImportWish } from '../../edge/http/import-port.ts';
import { impliedParentIndex } from '../../topology/topology.ts';
import type { Config } from '../config/config.ts';
import { keepMapping, readMapping } from '../config/import-mappings.ts';
import { runList } from '../config/list-run.ts';
import { networkInForce } from './network-port.ts';
import { renewSubscribers, type Subscribed } from './setup.ts';

interface ListImport extends Subscribed {
  readonly config: Pick<Config, 'language' | 'data' | 'country'>;
  readonly list: string;
  readonly wish: ImportWish;
}

/** A list with a wrong line is not applied: the subscriber on it would count as gone. */
export async function importList(given: ListImport): Promise<ImportOutcome> {
  const { book, list, wish } = given;
  const { data } = given.config;
  const kept = wish.source === undefined ? {} : await readMapping(data, wish.source);
  const country = wish.country ?? kept.country ?? given.config.country;
  const mapping = { ...kept.mapping, ...wish.mapping };
  const network = networkInForce(given.host);
  const isResource = (id: string): boolean =>
    network === undefined || network.indexOf(id) >= 0 || impliedParentIndex(network, id) >= 0;
  const run = (mode: 'dry' | 'apply') =>
    runList(book, {
      ...{ source: [list], file: 'the list', options: { mapping, country }, mode },
      ...{ isWhole: !wish.isPart, isResource },
    });
  const dry = await run('dry');
  const refused = wish.allowLarge ? undefined : tooMuch(dry.diff);
  const isSound = dry.problems.every(({ severity }) => severity !== 'error');
  if (!isSound || !wish.apply || refused !== undefined) return { ...dry, applied: false, refused };
  const done = await run('apply');
  if (wish.source !== undefined)
    await keepMapping(data, wish.source, {
      mapping: dry.mapping,
      country: wish.country ?? kept.country,
    });
  await renewSubscribers(given);
  return { ...done, applied: true };
}

/** Two lists at once would each take the other's people for gone: the second is refused, not kept waiting for minutes. */
export function oneAtOnce(
  take: (list: string, wish: ImportWish) => Promise<ImportOutcome>,
): (list: string, wish: ImportWish) => Promise<ImportOutcome | 'busy'> {
  let isTaking = false;
  return async (list, wish) => {
    if (isTaking) return 'busy';
    isTaking = true;
    try {
      return await take(list, wish);
    } finally {
      isTaking = false;
    }
  };
}
