/** Words about causes, evidence, corrections and promises of one incident, in English. */
import type { PluralForms } from '../plural-forms.ts';

export const verdictWordsEn = {
  or: 'or',
  alike: 'nothing that reports tells them apart',
  unknownCause: 'something else',
  evidence: 'Evidence',
  leaves: { one: '# terminal below', other: '# terminals below' } as PluralForms,
  spoken: {
    down: 'say they are down',
    degraded: 'say they are degraded',
    session: 'say their service is lost',
  } as Readonly<Record<string, string>>,
  spokenSince: {
    one: '# of those who spoke did so after the cause was stated.',
    other: '# of those who spoke did so after the cause was stated.',
  } as PluralForms,
  alive: 'work',
  unknown: 'not seen',
  silent: 'silent',
  against: 'Against it',
  aliveAgainst: {
    one: '# terminal below it works, although the cause would have taken it',
    other: '# terminals below it work, although the cause would have taken them',
  } as PluralForms,
  silentAgainst: {
    one: '# terminal below it has said nothing yet',
    other: '# terminals below it have said nothing yet',
  } as PluralForms,
  quiet: {
    one: '# does not bear it out, although it would have told of it or fallen silent:',
    other: '# do not bear it out, although they would have told of it or fallen silent:',
  } as PluralForms,
  nothingAgainst: 'Nothing speaks against it.',
  deciding: 'Deciding alarms',
  symptom: {
    los: 'lost light or signal',
    gasp: 'lost power (last word)',
    silent: 'went silent',
    link: 'link down',
    port: 'port down',
    card: 'card faulty',
    power: 'runs on battery',
    degraded: 'degraded',
    session: 'service lost',
    service: 'service faulty',
    probe: 'found from outside',
    other: 'other',
  } as Readonly<Record<string, string>>,
  rule: 'Rule',
  rules: {
    alone: 'one alarm by itself',
    tree: 'best explanation on the access, cable and power trees',
    reachability: 'reachability in the transport graph',
    collector: 'the collector lost its sight',
    cascade: 'alarms that follow from each other',
  } as Readonly<Record<string, string>>,
  ruleSet: 'rule set',
  topology: 'topology version',
  byHand: 'Put together by hand:',
  suspectedBy: 'Only subscribers say so; nobody is told until an alarm agrees.',
  early: 'Decided early: the margin was large and most of it had spoken.',
  outOfReach: { one: '# device out of reach', other: '# devices out of reach' } as PluralForms,
  redundancyLost: 'Redundancy lost: service goes on over the other path; a second fault would take it.',
  leftOut: 'raises are not listed: too many',
  change: 'What would change the verdict',
  likelier: 'Another cause would be the likelier:',
  turn: {
    /** By what the terminals suffer. */
    dark: {
      down: {
        one: 'if # terminal more goes down below it, outside {outside}',
        other: 'if # terminals more go down below it, outside {outside}',
      },
      degraded: {
        one: 'if # terminal more degrades below it, outside {outside}',
        other: 'if # terminals more degrade below it, outside {outside}',
      },
      session: {
        one: 'if # terminal more loses its service below it, outside {outside}',
        other: 'if # terminals more lose their service below it, outside {outside}',
      },
    } as { readonly down: PluralForms } & Readonly<Record<string, PluralForms>>,
    alive: {
      one: 'if # silent terminal below {below}, outside {outside}, proves to work',
      other: 'if # silent terminals below {below}, outside {outside}, prove to work',
    } as PluralForms,
    /** What that very cause would have to do. */
    itself: {
      silent: 'if it falls silent itself',
      down: 'if it goes down itself',
      answers: 'if it answers',
    } as Readonly<Record<string, string>>,
    one: {
      silent: 'if {of} falls silent',
      down: 'if {of} goes down, too',
      answers: 'if {of} answers',
    } as Readonly<Record<string, string>>,
    /** Their names follow. */
    several: {
      silent: 'if one of these falls silent:',
      down: 'if one of these goes down, too:',
      answers: 'if one of these answers:',
    } as Readonly<Record<string, string>>,
  },
  changeBy: {
    outsideNarrower:
      'Look below these: only the wider of the two causes reaches there. Dark there means the wider one, working means the narrower.',
    notShared:
      'Look below these: only one of the two causes reaches each of them. Dark speaks for it, working against it.',
    silentBelow: 'These below it have said nothing: dark confirms it, working speaks against it.',
    ownWord: 'These would say themselves that they failed: their own alarm settles it.',
  } as Readonly<Record<string, string>>,
  between: 'Between',
  asked: 'Asked of the collector',
  answered: 'Answer',
  noAnswer: 'no answer yet',
  sure: 'Nothing more is asked: the cause is sure enough.',
  notAsked: 'Nothing is asked of the collectors.',
  callers: {
    one: '# subscriber says that it is out.',
    other: '# subscribers say that it is out.',
  } as PluralForms,
  notFixed: {
    one: '# subscriber says that it is not fixed.',
    other: '# subscribers say that it is not fixed.',
  } as PluralForms,
  usualCalls: 'Without a fault {expected} would call from there in {minutes} minutes.',
  chain: 'How the alarms followed from each other',
  /** By `how`; the alarm that is meant follows. */
  step: {
    itself: 'by itself',
    again: 'again',
    after: '{seconds} s after',
    before: 'its cause, told of {seconds} s later:',
  } as Readonly<Record<string, string>>,
  figures: 'All figures behind it',
  nobody: 'No subscriber is known to be without service.',
  rootGone:
    'The topology in force holds no {root} any more. The incident stands as it was judged, with those it touched then.',
  rootRenamed:
    'In the topology in force {root} is called {name}. The incident keeps the name it was judged under.',
  works: 'Announced works',
  worksHint: 'Nobody is told anew while they last.',
  history: 'What changed',
  wasBefore: 'was',
  by: 'by',
  operators: {
    tookOut: 'took out',
    putIn: 'put in',
    split: 'split off',
    merged: 'merged in',
  } as Readonly<Record<string, string>>,
  kept: 'held in',
  keptOf: { one: 'of # repair', other: 'of # repairs' } as PluralForms,
  keptAim: 'aim 80 %',
  keptNone: 'no repair yet to judge it by',
  revision: { one: 'moved # time', other: 'moved # times' } as PluralForms,
  median: 'half of such repairs end by the first time, eight of ten by the second',
};
