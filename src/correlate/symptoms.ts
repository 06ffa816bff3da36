/** What an alarm may say of the plant: the words that rules use and that causes are found with. */

/** Of several symptoms of one resource the first here speaks: a gasp comes before the loss of light it announces. */
export const symptoms = [
  'gasp',
  'power',
  'card',
  'port',
  'los',
  'link',
  'silent',
  'degraded',
  'session',
  'service',
  'probe',
  'other',
] as const;

export type Symptom = (typeof symptoms)[number];

/** Evidence of one population is explained together; a degraded leaf says nothing about a dark one. */
export const populations = ['down', 'degraded', 'session'] as const;
export type Population = (typeof populations)[number];

export function populationOf(symptom: Symptom): Population | undefined {
  if (symptom === 'degraded' || symptom === 'session') return symptom;
  return symptom === 'other' || symptom === 'service' || symptom === 'probe' ? undefined : 'down';
}

const rank = Object.fromEntries(symptoms.map((symptom, at) => [symptom, at])) as Readonly<
  Record<Symptom, number>
>;

/** The one of these that speaks for their resource. */
export const speakerOf = <Said extends { readonly symptom: Symptom }>(said: readonly Said[]): Said =>
  said.reduce((best, one) => (rank[one.symptom] < rank[best.symptom] ? one : best));

/** Through which kind of supply the cause lies above the evidence. */
export type Family = 'signal' | 'power';
