/** What a delivery status notification says (RFC 3464): read line by line, for every byte of it is a stranger's. */

export interface DeliveryStatus {
  /** `delayed`: it is tried on. `other`: delivered, relayed or expanded. */
  readonly action: 'failed' | 'delayed' | 'other';
  /** Class, subject and detail (RFC 3463), such as 5.1.1. */
  readonly status: string;
}

/** RFC 3464, and RFC 6533 where addresses are in any script. */
const reports = ['message/delivery-status', 'message/global-delivery-status'];
const mostLines = 5_000;
/** RFC 5321 section 4.5.3.1.6: 1,000 octets, and a field of several lines; what is longer is none of its fields. */
const longestField = 4_000;

/** undefined where it is no such notification. Of several recipients the last one counts: our mails have one. */
export function deliveryStatusIn(mail: string): DeliveryStatus | undefined {
  let isInside = false;
  const fields = new Map<string, string>();
  for (const line of linesOf(mail)) {
    const [name, value] = fieldOf(line);
    if (name === 'content-type') {
      if (isInside) break;
      isInside = reports.some((kind) => value.toLowerCase().startsWith(kind));
    } else if (isInside && line.startsWith('--')) break;
    else if (isInside && (name === 'action' || name === 'status')) fields.set(name, value);
  }
  const wordOf = (name: string): string => (fields.get(name) ?? '').split(/[\s(]/, 1)[0]!.toLowerCase();
  const [status, action] = [wordOf('status'), wordOf('action')];
  if (!/^[245]\.\d{1,3}\.\d{1,3}$/.test(status)) return undefined;
  return { status, action: action === 'failed' || action === 'delayed' ? action : 'other' };
}

const toWhom = ['delivered-to', 'x-original-to', 'envelope-to', 'to'];

/** Tags of `local+TAG@domain` in the mail's own header that say whom it was brought to; the outermost first. */
export function tagsIn(mail: string, [local, domain]: readonly [string, string]): string[] {
  const found: string[] = [];
  for (const line of linesOf(mail)) {
    if (line === '') break;
    const [name, value] = fieldOf(line);
    if (!toWhom.includes(name)) continue;
    const start = value.toLowerCase().indexOf(`${local}+`.toLowerCase());
    const end = start < 0 ? -1 : value.toLowerCase().indexOf(`@${domain}`.toLowerCase(), start);
    if (end > start) found.push(value.slice(start + local.length + 1, end));
  }
  return found;
}

/** Lines, those that go on with a blank as one with the line before (RFC 5322 section 2.2.3). */
function* linesOf(text: string): Generator<string> {
  let start = 0;
  let field: string | undefined;
  for (let n = 0; n < mostLines && start <= text.length; n++) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length + 1 : end + 1;
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
    const goesOn = field !== undefined && field !== '' && /^[ \t]/.test(whole);
    if (goesOn && field!.length + whole.length <= longestField) field += whole;
    else if (!goesOn) {
      if (field !== undefined && field.length <= longestField) yield field;
      field = whole;
    }
  }
  if (field !== undefined && field.length <= longestField) yield field;
}

function fieldOf(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  return colon <= 0 || colon > 80
    ? ['', '']
    : [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
