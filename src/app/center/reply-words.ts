/** What a short reply says, where it says it in a word or two of the question's own; anything else is for a person. */
import type { Answer } from '../../model/confirmation.ts';

const sayings: Readonly<Record<Answer | 'stop', readonly string[]>> = {
  fixed: [
    '1',
    'да',
    'есть',
    'работает',
    'все работает',
    'да работает',
    'yes',
    'y',
    'works',
    'it works',
    'ok',
    'ок',
  ],
  notFixed: [
    '2',
    'нет',
    'не работает',
    'нет не работает',
    'no',
    'n',
    'not working',
    'still down',
    'still out',
  ],
  contactMe: ['3', 'перезвоните', 'позвоните', 'перезвоните мне', 'call', 'call me'],
  stop: ['стоп', 'stop', 'отписка', 'unsubscribe'],
};

const known = new Map(
  Object.entries(sayings).flatMap(([says, words]) => words.map((word) => [word, says as Answer | 'stop'])),
);

export const saidIn = (text: string): Answer | 'stop' | undefined =>
  known.get(
    text
      .slice(0, 100)
      .toLowerCase()
      .replaceAll('ё', 'е')
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim(),
  );
