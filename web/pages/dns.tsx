/** The DNS platform: what is wrong in words, each resolver in numbers, old and new platform side by side, zones. */
import type { DnsFindingJson, DnsJson, DnsLatencyJson, DnsZoneJson } from '../../src/edge/http/contract.ts';
import { PlatformComparison } from '../parts/dns-comparison.tsx';
import { Empty, Shown } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { useFetched } from '../state/api.ts';
import { number, time, timeWithSeconds, wordOf, words } from '../words/speak.ts';

const freshEveryMs = 5_000;

export function DnsPage() {
  const say = words.value;
  const fetched = useFetched<DnsJson>('/dns', freshEveryMs);
  return (
    <Shown fetched={fetched}>
      {(dns) => (
        <>
          <div class="head">
            <h1>{say.pages.dns}</h1>
            {dns.measuredAt !== null && (
              <p class="muted">
                {say.dns.measured}: {timeWithSeconds(dns.measuredAt)}
              </p>
            )}
          </div>
          {!dns.configured ? (
            <Empty text={say.dns.notConfigured} hint={say.dns.notConfiguredHint} />
          ) : dns.measuredAt === null ? (
            <Empty text={say.dns.notMeasured} />
          ) : (
            <Measured dns={dns} />
          )}
        </>
      )}
    </Shown>
  );
}

function Measured({ dns }: { readonly dns: DnsJson }) {
  return (
    <div class="panels">
      <Findings findings={dns.findings} />
      <section class="panel whole">
        <h2>
          {words.value.dns.resolvers} <b>{number(dns.resolvers.length)}</b>
        </h2>
        <p class="muted">{words.value.dns.percentiles}</p>
        <Resolvers resolvers={dns.resolvers} findings={dns.findings} />
      </section>
      <PlatformComparison resolvers={dns.resolvers} />
      {dns.zones.length > 0 && <Zones zones={dns.zones} />}
    </div>
  );
}

function Findings({ findings }: { readonly findings: readonly DnsFindingJson[] }) {
  const say = words.value.dns;
  return (
    <section class="panel whole findings" aria-label={say.findings}>
      <h2>
        {say.findings} <b>{number(findings.length)}</b>
      </h2>
      {findings.length === 0 ? (
        <p class="good">{say.nothing}</p>
      ) : (
        <ul>
          {findings.map((finding) => (
            <li
              key={`${finding.kind} ${finding.about} ${finding.name}`}
              class={finding.raised ? 'raised' : ''}
            >
              {sentence(finding)}{' '}
              <small>
                {say.since} {time(finding.since)}
                {!finding.raised && finding.kind !== 'platformsDiffer' && ` · ${say.watching}`}
              </small>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What the network said stays text: it is put into the sentence once, and never looked at again. */
function sentence(finding: DnsFindingJson): string {
  const say = words.value.dns;
  const isValidation = finding.kind === 'dnssec';
  const pattern = wordOf(say.finding, isValidation ? (finding.seen[0] ?? '') : finding.kind);
  const cache = finding.name === 'hit' ? say.fromCache : say.pastCache;
  const list = (texts: readonly string[]): string =>
    texts.length === 0 ? say.none : texts.map((text) => text.replace(/ ms$/, ` ${say.ms}`)).join(', ');
  const parts: Readonly<Record<string, string>> = {
    '#about': finding.about,
    '#name': finding.kind === 'slow' ? cache : (finding.name ?? ''),
    '#seen': list(finding.seen),
    '#expected': list(finding.expected),
  };
  return pattern.replace(/#(about|name|seen|expected)/g, (mark) => parts[mark] ?? mark);
}

function Resolvers({ resolvers, findings }: Pick<DnsJson, 'resolvers' | 'findings'>) {
  const say = words.value;
  const slow = new Set(
    findings.filter(({ kind }) => kind === 'slow').map(({ about, name }) => `${about} ${name}`),
  );
  return (
    <Table
      label={say.dns.resolvers}
      items={resolvers}
      keyOf={(resolver) => resolver.id}
      isStacked="titled"
      columns={[
        {
          title: say.dns.resolver,
          class: 'fit',
          cell: ({ id, address, view, platform, state }) => (
            <>
              <b>{id}</b> {state !== 'answers' && <Mark isBad={state === 'silent'} text={say.state[state]} />}
              <small class="mono">{address}</small>
              <small>
                {view}
                {platform !== null && ` · ${say.dns[platform]}`}
              </small>
            </>
          ),
        },
        {
          title: say.dns.hit,
          class: 'number',
          cell: ({ id, hit }) => <Latency of={hit} isBad={slow.has(`${id} hit`)} />,
        },
        {
          title: say.dns.miss,
          class: 'number',
          cell: ({ id, miss }) => <Latency of={miss} isBad={slow.has(`${id} miss`)} />,
        },
        { title: say.dns.rcodes, cell: ({ rcodes, served }) => <Codes shares={served ?? rcodes} /> },
        { title: say.dns.answers, cell: ({ correct }) => <Right correct={correct} /> },
        {
          title: say.dns.dnssec,
          cell: ({ dnssec }) =>
            dnssec === null ? '–' : <Mark isBad={dnssec !== 'validates'} text={say.dns[dnssec]} />,
        },
        { title: say.dns.serial, cell: ({ serialLag }) => <Lag of={serialLag} /> },
        {
          title: say.dns.open,
          cell: ({ open }) =>
            open === null ? '–' : <Mark isBad={open} text={open ? say.dns.answered : say.dns.refused} />,
        },
        {
          title: say.dns.amplification,
          class: 'number',
          cell: ({ amplification }) =>
            amplification === null ? '–' : `${number(Math.round(amplification * 10) / 10)}${say.dns.times}`,
        },
      ]}
    />
  );
}

/** Bad is said by a sign and weight, too, not by colour alone (WCAG 1.4.1). */
function Mark({ isBad, text }: { readonly isBad: boolean; readonly text: string }) {
  return <span class={isBad ? 'overdue' : ''}>{(isBad ? '!\u00a0' : '') + text}</span>;
}

function Latency({ of: latency, isBad }: { readonly of: DnsLatencyJson | null; readonly isBad: boolean }) {
  const say = words.value.dns;
  if (latency === null) return <>–</>;
  const text = `${number(rounded(latency.p50Ms))} / ${number(rounded(latency.p95Ms))} ${say.ms}`;
  return <Mark isBad={isBad} text={text} />;
}

const rounded = (ms: number): number => (ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms));

function Codes({ shares }: { readonly shares: Readonly<Record<string, number>> }) {
  const sorted = Object.entries(shares).sort((a, b) => b[1] - a[1]);
  return (
    <>
      {sorted.map(([code, share]) => (
        <small key={code}>
          {code} {number(Math.round(share * 100))}&nbsp;%
        </small>
      ))}
    </>
  );
}

function Right({ correct }: { readonly correct: boolean | null }) {
  const say = words.value.dns;
  if (correct === null) return <>–</>;
  return <Mark isBad={!correct} text={correct ? say.right : say.wrong} />;
}

function Lag({ of: lag }: { readonly of: number | null }) {
  const say = words.value.dns;
  if (lag === null) return <>–</>;
  return <>{lag === 0 ? say.current : `${say.behind} ${number(lag)}`}</>;
}

function Zones({ zones }: { readonly zones: readonly DnsZoneJson[] }) {
  const say = words.value.dns;
  const rows = zones.flatMap(({ name, servers }) =>
    servers.map((server, index) => ({ ...server, name, isPrimary: index === 0, key: `${name} ${index}` })),
  );
  return (
    <section class="panel">
      <h2>
        {say.zones} <b>{number(zones.length)}</b>
      </h2>
      <Table
        label={say.zones}
        items={rows}
        keyOf={(row) => row.key}
        columns={[
          { title: say.zone, cell: (row) => row.name },
          {
            title: say.server,
            cell: (row) => (
              <>
                <span class="mono">{row.address}</span>
                {row.isPrimary && <small>{say.primary}</small>}
              </>
            ),
          },
          {
            title: say.serialNumber,
            class: 'number',
            cell: (row) => (
              <>
                {row.serial ?? '–'}
                {row.behindSince !== null && (
                  <small class="overdue">
                    ! {say.behind} {say.since} {time(row.behindSince)}
                  </small>
                )}
              </>
            ),
          },
        ]}
      />
    </section>
  );
}
