import { expect, test } from 'vitest';
import { statusClass, statusName } from '../../../../src/edge/channels/smpp/statuses.ts';

test.each([
  [0x00, 'ok', 'SMPP 0x00'],
  [0x58, 'throttled', 'SMPP 0x58 ESME_RTHROTTLED'],
  [0x14, 'throttled', 'SMPP 0x14 ESME_RMSGQFUL'],
  [0x0b, 'permanent', 'SMPP 0x0B ESME_RINVDSTADR'],
  [0x01, 'permanent', 'SMPP 0x01 ESME_RINVMSGLEN'],
  [0x65, 'permanent', 'SMPP 0x65 ESME_RX_P_APPN'],
  [0x08, 'temporary', 'SMPP 0x08 ESME_RSYSERR'],
  [0x64, 'temporary', 'SMPP 0x64 ESME_RX_T_APPN'],
  // The binding is wrong, not this number.
  [0x04, 'temporary', 'SMPP 0x04 ESME_RINVBNDSTS'],
  [0x0e, 'temporary', 'SMPP 0x0E ESME_RINVPASWD'],
  // Of vendors, and of nobody.
  [0x0400, 'temporary', 'SMPP 0x400'],
  [0xffff_ffff, 'temporary', 'SMPP 0xFFFFFFFF'],
] as const)('status %i is %s', (status, meaning, name) => {
  expect([statusClass(status), statusName(status)]).toEqual([meaning, name]);
});
