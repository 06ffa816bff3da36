/** The package behind a socket of ours: what it would send is held, what it hears is what it is handed. */
import {
  type Authorizer,
  netSnmp,
  type PackagePdu,
  type PackageSocket,
  type Sender,
} from './net-snmp-package.ts';

/** What the package did with a datagram. */
export interface Outcome {
  readonly pdu: PackagePdu | undefined;
  /** The package called back with an error, and whether that is about who sent it. */
  readonly error: 'sender' | 'message' | undefined;
  readonly answer: Buffer | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class PackageReceiver {
  readonly authorizer: Authorizer;
  #outcome: Mutable<Outcome> = nothing();
  #listener: (bytes: Buffer, sender: Sender) => void = () => {};

  constructor(engineID: Buffer) {
    const socket: PackageSocket = {
      on: (event, listener) => {
        if (event === 'message') this.#listener = listener;
      },
      bind: () => {},
      send: (bytes, offset, length) => {
        this.#outcome.answer = Buffer.from(bytes.subarray(offset, offset + length));
      },
      close: () => {},
    };
    const receiver = netSnmp.createReceiver(
      { dgramModule: { createSocket: () => socket }, engineID, disableAuthorization: false },
      (error, notification) => {
        if (error) this.#outcome.error = isAboutSender(error) ? 'sender' : 'message';
        else this.#outcome.pdu = notification?.pdu;
      },
    );
    this.authorizer = receiver.getAuthorizer();
  }

  /** Never throws. */
  hand(bytes: Buffer, sender: Sender): Outcome {
    this.#outcome = nothing();
    try {
      this.#listener(bytes, sender);
    } catch {
      // The package throws while it writes answers to what it could read; its texts may hold secrets.
      this.#outcome.error = 'message';
    }
    return this.#outcome;
  }
}

const nothing = (): Mutable<Outcome> => ({ pdu: undefined, error: undefined, answer: undefined });

/** Codes of the package: a digest that does not match, or what its key does not open. */
const isAboutSender = (error: Error & { readonly code?: number }): boolean =>
  error.name === 'RequestFailedError' || error.code === 4 || error.code === 5;
