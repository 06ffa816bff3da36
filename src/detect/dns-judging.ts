/** What one round says of each resolver, view and zone: good or bad, kind by kind, with what was seen. */
import type { DnsFindingKind, DnsPlatform, DnsResolver, DnsRound, DnsSeen, DnsZone } from '../model/dns.ts';
import { type ResourceId, resourceId } from '../model/ids.ts';
import { said, type WrongAnswer, wrongAnswers } from './dns-answers.ts';
import { codeOf, type DnsFigures, isOrdinary } from './dns-figures.ts';
import { over, type Word } from './steady.ts';

export interface Judged {
  readonly kind: DnsFindingKind;
  /** Resolver, view or zone. */
  readonly about: string;
  readonly resource: ResourceId;
  readonly by: ResourceId;
  readonly word: Word;
  readonly name?: string | undefined;
  readonly seen: readonly string[];
  readonly expected: readonly string[];
}

/** Fewer answers than this make no share. */
const leastAnswers = 10;

/** Nothing of what a subscriber might ask was answered. */
export function isSilent(seen: readonly DnsSeen[]): boolean {
  const ordinary = seen.filter(({ check }) => isOrdinary(check));
  return ordinary.length > 0 && ordinary.every(({ outcome }) => outcome.kind !== 'answer');
}

export function judgeRound(
  platform: DnsPlatform,
  round: DnsRound,
  figuresOf: (resolver: DnsResolver) => DnsFigures,
): Judged[] {
  const wrong = wrongAnswers(round.resolvers, ({ name, type }) => {
    const written = platform.checks.answers.find((one) => one.name === name && one.type === type);
    return written?.expect ?? [];
  });
  return [
    ...viewsOf(platform, round),
    ...round.resolvers.flatMap(({ resolver, seen }) =>
      judgeResolver(platform, {
        resolver,
        seen,
        figures: figuresOf(resolver),
        wrong: wrong.get(resolver.id),
      }),
    ),
  ];
}

function viewsOf(platform: DnsPlatform, { resolvers }: DnsRound): Judged[] {
  const views = [...new Set(resolvers.map(({ resolver }) => resolver.view))];
  return views.map((view) => {
    const inView = resolvers.filter(({ resolver }) => resolver.view === view);
    const isDown = inView.every(({ seen }) => isSilent(seen));
    const { resource } = platform;
    return {
      kind: 'viewDown',
      about: view,
      resource,
      by: resourceId(`${resource}/view/${view}`),
      word: isDown ? { bad: 'critical' } : 'good',
      seen: inView.map(({ resolver }) => resolver.id).slice(0, 16),
      expected: [],
    };
  });
}

interface Resolved {
  readonly resolver: DnsResolver;
  readonly seen: readonly DnsSeen[];
  readonly figures: DnsFigures;
  readonly wrong: WrongAnswer | undefined;
}

function judgeResolver(platform: DnsPlatform, now: Resolved): Judged[] {
  const { resolver, seen, wrong } = now;
  const { limits } = platform;
  const judged = (kind: DnsFindingKind, word: Word, rest: Partial<Judged> = {}): Judged => ({
    kind,
    about: resolver.id,
    resource: resolver.resource,
    by: resourceId(`${resolver.resource}/dns/${resolver.id}`),
    word,
    seen: [],
    expected: [],
    ...rest,
  });
  const silent = isSilent(seen);
  const list = [judged('silent', silent ? { bad: 'major' } : 'good')];
  // Who says nothing cannot be judged by what he says.
  if (silent) return list;
  list.push(
    judged('wrongAnswer', wrong === undefined ? 'good' : { bad: 'critical' }, wrong),
    ...speed(now, platform).map(([word, text]) => judged('slow', word, text)),
    ...shares(now, limits).map(([kind, word, text]) => judged(kind, word, text)),
  );
  const validation = dnssecOf(seen);
  if (validation !== undefined)
    list.push(
      judged('dnssec', validation === 'validates' ? 'good' : { bad: 'major' }, { seen: [validation] }),
    );
  const open = isOpen(seen);
  if (open !== undefined) list.push(judged('open', open ? { bad: 'major' } : 'good'));
  const ratio = amplificationOf(seen);
  if (ratio !== undefined) {
    const text = { seen: [ratio.toFixed(1)], expected: [String(limits.amplification)] };
    list.push(judged('amplification', over(ratio, limits.amplification, 'warning'), text));
  }
  return list;
}

/** One word over both: how near the nearer of the two limits is. */
function speed({ figures }: Resolved, { limits }: DnsPlatform): [Word, Partial<Judged>][] {
  const measured = (['hit', 'miss'] as const).flatMap((check) => {
    const value = figures.recent(check);
    const limit = check === 'hit' ? limits.hitMs : limits.missMs;
    return value === undefined ? [] : [{ check, value, limit }];
  });
  const worst = measured.sort((a, b) => b.value / b.limit - a.value / a.limit)[0];
  if (worst === undefined) return [];
  const { check, value, limit } = worst;
  const text = { name: check, seen: [`${Math.round(value)} ms`], expected: [`${limit} ms`] };
  return [[over(value, limit, 'minor'), text]];
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

function shares(
  { figures, seen }: Resolved,
  limits: DnsPlatform['limits'],
): [DnsFindingKind, Word, Partial<Judged>][] {
  const found: [DnsFindingKind, Word, Partial<Judged>][] = [];
  const all = figures.shares();
  const isEnough = figures.answers >= leastAnswers;
  if (isEnough) {
    const failing = 1 - (all['NOERROR'] ?? 0) - (all['NXDOMAIN'] ?? 0);
    const codes = seen
      .filter(({ check }) => isOrdinary(check))
      .map(({ outcome }) => codeOf(outcome))
      .filter((code) => code !== 'NOERROR' && code !== 'NXDOMAIN');
    const text = { seen: [percent(failing), ...new Set(codes)], expected: [percent(limits.failures)] };
    found.push(['failures', over(failing, limits.failures, 'major'), text]);
  }
  // What everybody asks says more than our own few questions.
  const nxdomain = (figures.served ?? (isEnough ? all : undefined))?.['NXDOMAIN'] ?? 0;
  if (isEnough || figures.served !== undefined) {
    const text = { seen: [percent(nxdomain)], expected: [percent(limits.nxdomain)] };
    found.push(['nxdomain', over(nxdomain, limits.nxdomain, 'warning'), text]);
  }
  return found;
}

export type Validation = 'validates' | 'notValidating' | 'refusesSigned';

/** Undefined: what was asked does not settle it. */
export function dnssecOf(seen: readonly DnsSeen[]): Validation | undefined {
  const signed = seen.find(({ check }) => check === 'signed')?.outcome;
  const broken = seen.find(({ check }) => check === 'broken')?.outcome;
  const isRefused = signed?.kind === 'answer' && signed.rcode === 2;
  // A resolver that is broken for everything says nothing of signatures.
  const worksElse = seen.some(({ check, outcome }) => check !== 'signed' && said(outcome) !== undefined);
  if (isRefused) return worksElse ? 'refusesSigned' : undefined;
  if (signed?.kind === 'answer' && signed.rcode === 0 && !signed.isAuthentic) return 'notValidating';
  if (broken?.kind === 'answer' && broken.rcode === 0) return 'notValidating';
  const isAuthentic = signed?.kind === 'answer' && signed.isAuthentic;
  return isAuthentic || (broken?.kind === 'answer' && broken.rcode === 2) ? 'validates' : undefined;
}

/** Undefined where the question could not be sent; no answer to a stranger is as it should be. */
export function isOpen(seen: readonly DnsSeen[]): boolean | undefined {
  const outcome = seen.find(({ check }) => check === 'open')?.outcome;
  if (outcome === undefined || outcome.kind === 'unreachable') return undefined;
  return (
    outcome.kind === 'answer' && outcome.rcode === 0 && (outcome.isRecursive || outcome.records.length > 0)
  );
}

export function amplificationOf(seen: readonly DnsSeen[]): number | undefined {
  const outcome = seen.find(({ check }) => check === 'amplification')?.outcome;
  return outcome?.kind === 'answer' ? outcome.answerBytes / outcome.questionBytes : undefined;
}

/** How many changes `serial` is behind `primary` in the arithmetic of RFC 1982; 0 when it is not. */
export const serialLag = (primary: number, serial: number): number => Math.max(0, (primary - serial) | 0);

export function judgeZone(
  zone: DnsZone,
  {
    serials,
    late,
    isUnsettled,
  }: {
    readonly serials: readonly (number | undefined)[];
    readonly late: readonly { readonly address: string; readonly serial: number }[];
    readonly isUnsettled: boolean;
  },
): Judged {
  return {
    kind: 'staleZone',
    about: zone.name,
    resource: zone.resource,
    by: resourceId(`${zone.resource}/zone/${zone.name}`),
    word: late.length > 0 ? { bad: 'major' } : isUnsettled ? 'between' : 'good',
    seen: late.map(({ address, serial }) => `${address} ${serial}`).slice(0, 16),
    expected: [String(serials[0] ?? '')],
  };
}
