/** Ctrl-C within a verb that asks devices: what is under way ends, and the verb says how far it came. */
import { machine } from '../world.ts';

export interface BreakingOff {
  hasBegun(): boolean;
  /** Whoever is through listens no longer; twice is harmless. */
  end(): void;
}

/** `stop` makes what is under way fail at once. A second Ctrl-C ends the process as ever. */
export function whenBrokenOff(stop: () => void): BreakingOff {
  let hasBegun = false;
  const begin = (): void => {
    machine.off('SIGINT', begin);
    hasBegun = true;
    stop();
  };
  machine.on('SIGINT', begin);
  return { hasBegun: () => hasBegun, end: () => void machine.off('SIGINT', begin) };
}
