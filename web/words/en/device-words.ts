/** What the page of a device says besides its readings, in English. */
import type { PluralForms } from '../plural-forms.ts';

export interface DeviceWords {
  readonly interfaces: string;
  readonly sensors: string;
  readonly noReading: string;
  /** Said of a resolver, with a link to the page of the platform. */
  readonly resolver: string;
  readonly alarms: string;
  readonly noAlarms: string;
  readonly incidents: string;
  readonly hardware: string;
  readonly version: string;
  readonly serial: string;
  readonly upTime: string;
  readonly poll: string;
  readonly every: string;
  readonly late: string;
  readonly inTime: string;
  readonly next: string;
  readonly waiting: string;
  readonly asked: string;
  readonly problems: string;
  /** By `polling.refusal`. */
  readonly refusals: Readonly<Record<string, string>>;
  readonly silentRounds: PluralForms;
  readonly neverAnswered: string;
  readonly incomplete: string;
  /** By `polling.incomplete[].problem`. */
  readonly tableProblems: Readonly<Record<string, string>>;
  readonly limits: string;
  readonly speed: string;
  readonly traffic: string;
  readonly lastHour: string;
  readonly alias: string;
  readonly received: string;
  readonly sent: string;
  readonly bad: string;
  readonly all: string;
  readonly fewer: string;
}

export const deviceWordsEn: DeviceWords = {
  interfaces: 'Interfaces',
  sensors: 'Readings',
  noReading: 'No full reading yet.',
  resolver: 'a resolver of the platform',
  alarms: 'Open alarms',
  noAlarms: 'No open alarm on this device.',
  incidents: 'Open incidents',
  hardware: 'Model',
  version: 'Version',
  serial: 'Serial number',
  upTime: 'Up for',
  poll: 'Polling',
  every: 'every',
  late: 'late by',
  inTime: 'in time',
  next: 'next in',
  waiting: 'waiting for the first poll in',
  asked: 'is being asked now',
  problems: 'Polling has trouble',
  refusals: {
    unreachable: 'The address cannot be reached, or the name does not resolve.',
    authentication: 'It refuses the user or its keys. Try: npx allclear poll, which says what is wrong.',
    noAccess: 'It refuses access: the community or user may not read this.',
    unknownUser: 'It does not know the user (SNMPv3).',
    authKey: 'The authentication key or protocol is wrong (SNMPv3).',
    privKey: 'Authentication passed; the privacy key or protocol is wrong (SNMPv3).',
    securityLevel: 'It does not allow the user this security level (SNMPv3).',
    timeWindow: 'Its clock of messages does not settle (SNMPv3).',
    engineId: 'It speaks under another engine id (SNMPv3).',
    context: 'It does not have the context (SNMPv3).',
    unknownProfile: 'The profile that is configured does not exist.',
    overBudget: 'It has more than one reading may take.',
  },
  silentRounds: {
    one: '# round without an answer: address, community, keys, or SNMP is off.',
    other: '# rounds without an answer: address, community, keys, or SNMP is off.',
  },
  neverAnswered:
    'It has not answered since the start. With SNMPv3 a wrong privacy key is met with silence: npx allclear poll says whether it is that.',
  incomplete: 'A table did not arrive whole',
  tableProblems: {
    timeout: 'no answer',
    malformed: 'malformed answer',
    oidNotIncreasing: 'answers go round in a circle',
    tooBig: 'every answer too big',
    errorStatus: 'answered with an error',
    requests:
      'needs more requests than one reading may cost; a profile of your own can leave it out: tables: { NAME: null }',
    rows: 'has more than 160,000 rows or is still let grow; a profile of your own can leave it out: tables: { NAME: null }',
    time: 'takes too long; a longer snmp: interval gives it time',
    overBudget: 'more than one reading may take',
  },
  limits: 'Limits',
  speed: 'Speed',
  traffic: 'In / out',
  lastHour: 'Last hour',
  alias: 'Description',
  received: 'in',
  sent: 'out',
  bad: 'need a look',
  all: 'Show all',
  fewer: 'Show fewer',
};
