// Our channel against a message centre that others wrote: Debian's libnet-smpp-perl reads what we send, and writes what we read.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Secret } from '../../../../src/base/secret.ts';
import { openChannel } from '../../../../src/edge/channels/index.ts';
import type { Receipt, Reply } from '../../../../src/notify/channel.ts';
import { realWorld } from '../../../support/real-world.ts';
import { until } from '../../../support/until.ts';
import { notice } from '../channel-compliance.ts';

const isInstalled = existsSync('/usr/share/perl5/Net/SMPP.pm');
const centre = fileURLToPath(new URL('./net-smpp-centre.pl', import.meta.url));

const missing = isInstalled ? '' : ' (left out: libnet-smpp-perl is missing)';

test.runIf(isInstalled || process.env['CI'] === 'true')(
  `the centre of libnet-smpp-perl binds, takes both alphabets, and sends receipts and replies${missing}`,
  async () => {
    const perl = spawn('perl', [centre], { stdio: ['ignore', 'pipe', 'inherit'] });
    const said: Record<string, Record<string, unknown>>[] = [];
    createInterface(perl.stdout).on('line', (line) => said.push(JSON.parse(line)));
    await until(() => said.length === 1);
    const port = said[0]!['port'] as unknown as number;
    const settings = {
      ...{ kind: 'smpp', host: '127.0.0.1', port, tls: 'off', allowPrivate: true, from: 'ISP' },
      ...{ systemId: 'allclear', password: new Secret('secret08'), systemType: 'noc' },
    };
    const channel = openChannel('sms', settings as never, realWorld())!;
    const receipts: Receipt[] = [];
    const replies: Reply[] = [];
    channel.listen!({
      receipt: async (receipt) => void receipts.push(receipt),
      reply: async (reply) => void replies.push(reply),
    });
    const key = 'f00d';
    expect(await channel.send(notice({ key, text: 'Fixed' }))).toMatchObject({ externalId: 'perl-1' });
    expect(await channel.send(notice({ key, text: 'Да' }))).toMatchObject({ externalId: 'perl-2' });
    await until(() => said.filter((line) => 'answer' in line).length === 4 && replies.length === 2);
    await channel.close();
    await until(() => perl.exitCode === 0);

    expect(said[1]).toEqual({ bind: { system_id: 'allclear', password: 'secret08', system_type: 'noc' } });
    const common = {
      ...{ source_addr: 'ISP', source_addr_ton: 5, destination_addr: '79001234567', dest_addr_ton: 1 },
      ...{ esm_class: 0, registered_delivery: 1, validity_period: '' },
    };
    const submits = said.flatMap(({ submit }) => submit ?? []);
    expect(submits).toMatchObject([
      { ...common, data_coding: 0, message: Buffer.from('Fixed').toString('hex') },
      { ...common, data_coding: 8, message: '04140430' },
    ]);
    expect((submits[0] as Record<string, unknown>)['reference']).toMatch(/^[0-9a-f]{4}$/);
    expect(said.flatMap(({ answer }) => answer?.['status'] ?? [])).toEqual([0, 0, 0, 0]);
    expect(receipts).toEqual([
      { externalId: 'perl-1', state: 'delivered' },
      { externalId: 'perl-2', state: 'delivered' },
    ]);
    expect(replies).toEqual([
      { from: '+79001234567', to: 'ISP', text: 'да' },
      { from: '+79001234567', to: 'ISP', text: 'да' },
    ]);
  },
);
