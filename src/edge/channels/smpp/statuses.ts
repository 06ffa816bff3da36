/** What the status of an answer means for the message it is about (SMPP 3.4 section 5.1.3). */

export const statuses = {
  ok: 0x00,
  invalidLength: 0x02,
  invalidCommand: 0x03,
  wrongState: 0x04,
  throttled: 0x58,
  /** A temporary error of the one who was to receive: the centre tries again. */
  temporarilyNotTaken: 0x64,
} as const;

/** Of submits. What is in no list may be meant for now: vendors keep 0x400 to 0x4FF for their own. */
const names = new Map<number, string>([
  [0x01, 'ESME_RINVMSGLEN'],
  [0x02, 'ESME_RINVCMDLEN'],
  [0x03, 'ESME_RINVCMDID'],
  [0x04, 'ESME_RINVBNDSTS'],
  [0x05, 'ESME_RALYBND'],
  [0x06, 'ESME_RINVPRTFLG'],
  [0x07, 'ESME_RINVREGDLVFLG'],
  [0x08, 'ESME_RSYSERR'],
  [0x0a, 'ESME_RINVSRCADR'],
  [0x0b, 'ESME_RINVDSTADR'],
  [0x0d, 'ESME_RBINDFAIL'],
  [0x0e, 'ESME_RINVPASWD'],
  [0x0f, 'ESME_RINVSYSID'],
  [0x14, 'ESME_RMSGQFUL'],
  [0x15, 'ESME_RINVSERTYP'],
  [0x43, 'ESME_RINVESMCLASS'],
  [0x45, 'ESME_RSUBMITFAIL'],
  [0x48, 'ESME_RINVSRCTON'],
  [0x49, 'ESME_RINVSRCNPI'],
  [0x50, 'ESME_RINVDSTTON'],
  [0x51, 'ESME_RINVDSTNPI'],
  [0x53, 'ESME_RINVSYSTYP'],
  [0x58, 'ESME_RTHROTTLED'],
  [0x61, 'ESME_RINVSCHED'],
  [0x62, 'ESME_RINVEXPIRY'],
  [0x64, 'ESME_RX_T_APPN'],
  [0x65, 'ESME_RX_P_APPN'],
  [0x66, 'ESME_RX_R_APPN'],
  [0xc0, 'ESME_RINVOPTPARSTREAM'],
  [0xc1, 'ESME_ROPTPARNOTALLWD'],
  [0xc2, 'ESME_RINVPARLEN'],
  [0xc3, 'ESME_RMISSINGOPTPARAM'],
  [0xc4, 'ESME_RINVOPTPARAMVAL'],
]);

const throttling: ReadonlySet<number> = new Set([0x14, 0x58]);
const temporary: ReadonlySet<number> = new Set([0x04, 0x05, 0x08, 0x0d, 0x0e, 0x0f, 0x45, 0x64]);

export type StatusClass = 'ok' | 'throttled' | 'temporary' | 'permanent';

export function statusClass(status: number): StatusClass {
  if (status === statuses.ok) return 'ok';
  if (throttling.has(status)) return 'throttled';
  return temporary.has(status) || !names.has(status) ? 'temporary' : 'permanent';
}

export const statusName = (status: number): string =>
  `SMPP 0x${status.toString(16).padStart(2, '0').toUpperCase()}${names.has(status) ? ` ${names.get(status)}` : ''}`;
