/** A part that said of itself, shortly before, that it was not well is the likeliest of causes that look alike. */
import type { Scene } from './deciding.ts';
import type { Explanation, RatedCause } from './explain.ts';
import { isActive } from './held-incident.ts';

/** Of causes that nothing else tells apart the one that said itself, shortly before, that it was not well. */
export function forewarned(
  { ancestry, incidents, undecided, timing }: Scene,
  found: Explanation,
  firstAt: number,
): Explanation {
  const [first, ...others] = found.candidates;
  const alike = others.filter((one) => one.alike === true);
  if (first === undefined || alike.length === 0) return found;
  const warned = new Set(undecided.chained.map(({ resource }) => resource));
  const isWarned = ({ place }: RatedCause): boolean => {
    const id = ancestry.idOf(place);
    return (
      warned.has(id) ||
      incidents
        .at(id)
        .some(
          (held) => held.scope === 'alone' && isActive(held) && firstAt - held.startedAt <= timing.staleMs,
        )
    );
  };
  const known = [first, ...alike].find(isWarned);
  if (known === undefined) return found;
  const { gain } = first;
  const rest = [first, ...others].filter((one) => one !== known);
  return {
    ...found,
    root: known.place,
    candidates: [
      { place: known.place, gain: gain + ownWarning },
      ...rest.map((one) => ({ ...one, alike: false })),
    ],
  };
}

/** How much likelier a part fails that warned of it, in thousandths of a nat. */
const ownWarning = 6_000;
