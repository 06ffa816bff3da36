/** What the transport counts of all devices together. */
export const noCounts = {
  requests: 0,
  retries: 0,
  replies: 0,
  timeouts: 0,
  /** Replies to what was already answered or given up. */
  late: 0,
  /** Replies with a request id that was never given out. */
  unknownId: 0,
  /** Replies from another address than the one asked. */
  foreign: 0,
  /** Right id and address, wrong version, community or PDU type. */
  mismatched: 0,
  malformed: 0,
  /** Requests that were not even sent: no address, or too many wait. */
  refused: 0,
  sendErrors: 0,
  /** Requests that left the window because they waited long for their answer. */
  slowed: 0,
  bytesIn: 0,
  bytesOut: 0,
};

export type TransportCounters = Readonly<typeof noCounts>;
