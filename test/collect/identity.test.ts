import { describe, expect, it } from 'vitest';
import { integer, text } from './device-of-rows.ts';
import { entry, readLab } from './lab.ts';

describe('who a device is', () => {
  const rows = {
    '1.3.6.1.2.1.1.1.0': text('Lab OS 7 Version 4.2.1, built'),
    '1.3.6.1.2.1.1.2.0': { type: 'oid', oid: '1.3.6.1.4.1.99.7.3' } as const,
    '1.3.6.1.4.1.99.8.0': integer(3),
    '1.3.6.1.4.1.99.9.3': text('X-9'),
    '1.3.6.1.4.1.99.7.3.5.0': text('below its own id'),
    [`${entry}.5.1`]: integer(9),
    [`${entry}.5.2`]: integer(3),
    [`${entry}.11.1`]: text('SN-OF-FAN'),
    [`${entry}.11.2`]: text('SN-OF-CHASSIS'),
  };
  it.each([
    ['a scalar with another word for it', "{ get: 1.3.6.1.4.1.99.8.0, map: { 3: 'X-3' } }", 'X-3'],
    ['a scalar that another one points to', '{ get: 1.3.6.1.4.1.99.9, by: 1.3.6.1.4.1.99.8.0 }', 'X-9'],
    [
      'the row of the chassis',
      `{ column: ${entry}.11, where: { column: ${entry}.5, is: [3] } }`,
      'SN-OF-CHASSIS',
    ],
    ['the first row that says something', `{ column: ${entry}.11, re: '(FAN|PSU)' }`, 'FAN'],
    ['a pattern in the description', "{ descr: 'Version ([0-9.]+)' }", '4.2.1'],
    [
      'the longest prefix of the object id',
      '{ objectID: { 1.3.6.1.4.1.99: family, 1.3.6.1.4.1.99.7: model } }',
      'model',
    ],
    [
      'several parts',
      "{ join: [Lab, { get: 1.3.6.1.4.1.99.99.0 }, { descr: 'OS ([0-9])' }], with: '-' }",
      'Lab-7',
    ],
    ['nothing when a part is missing', '{ join: [Lab, { get: 1.3.6.1.4.1.99.99.0 }], all: true }', undefined],
    [
      'the first that exists',
      "{ first: [{ get: 1.3.6.1.4.1.99.99.0 }, { after: 'Lab ', until: ' Version' }] }",
      'OS 7',
    ],
    ['a scalar below its own object id', '{ get: sysObjectID.5.0 }', 'below its own id'],
    ['a scalar below its series', '{ get: sysObjectIDParent.3.5.0 }', 'below its own id'],
  ])('comes from %s', async (_what, source, hardware) => {
    const reading = await readLab(`id: lab\nidentity: { hardware: ${source} }\n`, rows, '1.3.6.1.4.1.99.7.3');
    expect(reading.device.hardware).toBe(hardware);
  });
});
