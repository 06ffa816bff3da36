import { expect, test } from 'vitest';
import { ratingCauses } from '../../src/edge/http/public-words.ts';
import { feedbackCauses } from '../../src/model/feedback-cause.ts';

const ids = feedbackCauses.map(({ id }) => id);

test('each cause stands below a group that there is, and none twice', () => {
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(ids).toContain(id.split('.')[0]);
});

test('what the page of subscribers offers are groups of them', () => {
  expect(ratingCauses.filter((cause) => !ids.includes(cause))).toEqual([]);
});

test('ids that are in journals stay', () => {
  expect(ids).toEqual(
    expect.arrayContaining([
      ...['network', 'network.outage', 'network.speed', 'network.instability', 'network.wifi', 'network.dns'],
      ...[
        'cpe',
        'cable',
        'tv',
        'telephony',
        'engineer',
        'engineer.late',
        'engineer.missed',
        'engineer.quality',
      ],
      ...[
        'engineer.untidy',
        'contact',
        'contact.waiting',
        'contact.rudeness',
        'contact.repeat',
        'information',
      ],
      ...['information.none', 'information.wrongTime', 'information.unclear', 'billing', 'billing.charge'],
      ...['billing.credit', 'billing.tariff', 'repeat', 'thirdParty', 'thirdParty.power', 'thirdParty.house'],
      ...['praise', 'other'],
    ]),
  );
});
