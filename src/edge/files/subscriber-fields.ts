/** What a list of subscribers says in which column, whatever its columns are called. */

export const subscriberFields = [
  'id',
  'name',
  'resource',
  'class',
  'language',
  'phone',
  'email',
  'timezone',
  'address',
  'consent',
  'services',
  'quietHours',
] as const;

export type SubscriberField = (typeof subscriberFields)[number];

/** By field, the name of its column. */
export type ColumnMapping = Readonly<Partial<Record<SubscriberField, string>>>;

/** Names as billing systems print them: letters and digits only, in lower case. */
const names: Readonly<Record<SubscriberField, string>> = {
  id: `subscriberid subscriber customerid clientid accountid account accountnumber accountno contract contractnumber лицевойсчет лс договор
    номердоговора абонент кодабонента номерабонента`,
  resource: `port portid accessport attachment ontid ont lineid terminal порт портолт портolt oltport портподключения ресурс узел точкаподключения терминал линия`,
  name: `fullname customername clientname customer фио имя наименование клиент абонентфио`,
  class: `segment category subscriberclass customerclass класс сегмент категория категорияабонента`,
  language: `lang locale язык`,
  phone: `telephone phonenumber mobile mobilephone cell cellphone msisdn tel contactphone телефон мобильный мобильныйтелефон номертелефона
    контактныйтелефон тел сотовый сотовыйтелефон`,
  email: `mail emailaddress почта электроннаяпочта эпочта емейл имейл адресэлектроннойпочты`,
  timezone: `tz zone часовойпояс таймзона`,
  address: `serviceaddress installationaddress street адрес адресподключения адресустановки адресуслуги`,
  consent: `consents согласие согласия`,
  services: `услуги`,
  quietHours: `quiethours тихиечасы часытишины небеспокоить`,
};

const fieldByName = new Map<string, SubscriberField>(
  subscriberFields.flatMap((field) =>
    [field, ...names[field].split(/\s+/)].map((name): [string, SubscriberField] => [name, field]),
  ),
);

const plainName = (column: string): string =>
  column
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[^\p{L}\p{N}]/gu, '');

/** Why somebody's line goes first is nobody's business here: such columns are read over. */
const isReason = (column: string): boolean =>
  /reason|diagnos|medical|disab|причин|диагноз|инвалид|льгот/i.test(column);

export interface ColumnRoles {
  /** Position of the column of each field. */
  readonly placeOf: ReadonlyMap<SubscriberField, number>;
  /** Positions of columns that are not kept. */
  readonly left: ReadonlySet<number>;
  /** Columns that were named and are not there. */
  readonly missing: readonly string[];
  readonly mapping: ColumnMapping;
}

/** What is mapped holds, then the product's own names, then what other systems call them. */
export function rolesOf(columns: readonly string[], mapping: ColumnMapping): ColumnRoles {
  const placeOf = new Map<SubscriberField, number>();
  const missing: string[] = [];
  const plain = columns.map((column) => column.trim().toLowerCase());
  for (const [field, column] of Object.entries(mapping) as [SubscriberField, string][]) {
    const place = plain.indexOf(column.trim().toLowerCase());
    if (place < 0) missing.push(column);
    else placeOf.set(field, place);
  }
  const isTaken = (place: number): boolean => [...placeOf.values()].includes(place);
  const claim = (field: SubscriberField | undefined, place: number): void => {
    if (field !== undefined && !placeOf.has(field) && !isTaken(place)) placeOf.set(field, place);
  };
  for (const field of subscriberFields) {
    const place = plain.indexOf(field);
    if (place >= 0) claim(field, place);
  }
  for (const [place, column] of columns.entries()) claim(fieldByName.get(plainName(column)), place);
  const left = new Set([...columns.keys()].filter((place) => !isTaken(place) && isReason(columns[place]!)));
  const found = [...placeOf].map(([field, place]) => [field, columns[place]!.trim()]);
  return { placeOf, left, missing, mapping: Object.fromEntries(found) as ColumnMapping };
}
