/** Words about what devices say of their neighbours, in the page of one, in Russian. */
import type { discoveryWordsEn } from '../en/discovery-words.ts';

export const discoveryWordsRu: typeof discoveryWordsEn = {
  conflicts: 'Не сходится',
  neverMerged:
    'Сказанное устройствами — предложение: файл топологии не меняется, пока его не изменит человек.',
  neighbours: 'Соседи',
  noNeighbours: 'Ни это устройство, ни другие не назвали здесь соседей.',
  neighbour: 'Сосед',
  port: 'Порт',
  itsPort: 'Его порт',
  source: 'Источник',
  since: 'Впервые замечен',
  seen: 'Замечен последний раз',
  stale: 'устарело',
  members: 'Агрегаты',
  aggregate: 'Агрегат',
  ports: 'Порты',
  stations: 'Станции за портами доступа',
  sources: {
    lldp: 'LLDP',
    cdp: 'CDP',
    fdb: 'таблицы коммутации',
    ospf: 'OSPF',
    bgp: 'BGP',
    isis: 'IS-IS',
  },
};
