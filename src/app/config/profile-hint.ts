/** The profile that was probably meant by a name that none has. */
import { didYouMean } from '../../base/problem.ts';
import type { Profiles } from '../../collect/collect.ts';

/** `smartax` for `huawei/smartax` is as near as a slip of the pen. */
export function profileHint(written: string, { byId }: Profiles): string | undefined {
  const ids = [...byId.keys()].filter((id) => !id.startsWith('base/'));
  const family = (id: string): string => id.slice(id.indexOf('/') + 1);
  const own = family(written).toLowerCase();
  const near =
    ids.find((id) => family(id).toLowerCase() === own) ??
    didYouMean(written, ids) ??
    ids.find((id) => family(id) === didYouMean(own, ids.map(family)));
  return near === undefined ? undefined : `did you mean "${near}"?`;
}
