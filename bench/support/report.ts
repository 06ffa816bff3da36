/** One line a measured case: an object for programs, a sentence for people. */
import { cpus } from 'node:os';

export interface Measured {
  readonly case: string;
  readonly ours: number;
  readonly peer?: number | undefined;
  /** What it should be, one of them. */
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
  readonly unit: string;
}

/** Prints ours beside the peer's; `ratio` is ours divided by the peer's. */
export function reporter(bench: string, json: boolean): (line: Measured) => void {
  const machine = `${cpus().length}x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  return ({ case: name, ours, peer, atLeast, atMost, unit }) => {
    const round = (value: number): number => Number(value.toPrecision(4));
    const line = {
      bench,
      case: name,
      ours: round(ours),
      peer: peer === undefined ? null : round(peer),
      ratio: peer === undefined || peer === 0 ? null : round(ours / peer),
      unit,
      ...(atLeast === undefined ? undefined : { atLeast, isReached: ours >= atLeast }),
      ...(atMost === undefined ? undefined : { atMost, isReached: ours <= atMost }),
      machine,
    };
    if (json) console.log(JSON.stringify(line));
    else {
      const beside = line.peer === null ? '' : `, peer ${line.peer}`;
      const wanted = [
        ...(atLeast === undefined ? [] : [`at least ${atLeast}${ours >= atLeast ? '' : ', missed'}`]),
        ...(atMost === undefined ? [] : [`at most ${atMost}${ours <= atMost ? '' : ', missed'}`]),
      ].map((text) => ` (${text})`);
      console.log(`${bench}: ${name}: ${line.ours} ${unit}${beside}${wanted.join('')}`);
    }
  };
}
