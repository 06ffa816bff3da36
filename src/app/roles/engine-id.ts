/** The SNMP engine id of this installation: drawn once and kept, since senders of v3 informs keep what they derived from it. */
import { join } from 'node:path';
import type { World } from '../../base/world.ts';
import { readWhole, realFiles, writeWhole } from '../../edge/disk/file-system.ts';
import { drawnEngineId } from '../../edge/trap/trap.ts';

const name = 'engine-id';
/** RFC 3411 section 5: 5 to 32 bytes. */
const wellFormed = /^([0-9a-f]{2}){5,32}$/;

export async function keptEngineId(folder: string, world: World): Promise<Uint8Array> {
  const bytes = await readWhole(realFiles, join(folder, name));
  const text = bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1').trim();
  if (text !== undefined && wellFormed.test(text)) return Buffer.from(text, 'hex');
  if (text !== undefined) world.log.warn('the kept engine id is damaged, a new one is drawn', { file: name });
  const drawn = drawnEngineId(world);
  await writeWhole(realFiles, { folder, name }, [Buffer.from(`${Buffer.from(drawn).toString('hex')}\n`)]);
  return drawn;
}
