/** What would be told of an incident, as words, in English. */
import type { PluralForms } from '../plural-forms.ts';

const messages: PluralForms = { one: '# message', other: '# messages' };
const parts: PluralForms = { one: '# part', other: '# parts' };

export const previewWordsEn = {
  messages,
  parts,
  stopped: 'Sending is stopped for everybody: allclear notice resume lets it go on.',
  dryRun: 'Trial run: everything is planned and counted, and nothing is sent.',
  guard: {
    secondPerson: 'More recipients than one person may release alone.',
    staleInventory:
      'Stopped: topology or subscribers were not written for twice as long as their source says.',
    stopAboveShare: 'Stopped: so many of all subscribers that the cause may be a mistake of ours.',
  },
  leaves: 'Leaves by itself at',
  total: 'Together',
  heldBack: 'Not told',
  reason: {
    noChannel: 'no way to reach them',
    optedOut: 'want no notices',
    alreadyTold: 'know already',
    cap: 'told often enough today',
    planned: 'know of the works',
    dryRun: 'trial run',
    clearedBeforeHold: 'over before it left',
    saidInApology: 'said with the apology',
    saidInMorning: 'in one message in the morning',
    neverTold: 'never told of the outage',
  },
};
