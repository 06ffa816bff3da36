/** What can be read from an answer by its words alone, and nothing where they do not settle it. */
import { inCyrillic, mostRead, normalised, otherLayout } from './normal.ts';

/** What somebody says to "does it work?". `other`: something else, or nothing that can be understood. */
export type Saying = 'yes' | 'no' | 'call' | 'stop' | 'other';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
const beginning = (text: string): RegExp => new RegExp(`^(?:${text.replaceAll(' ', '|')})`);

/** Whole messages that leave no doubt. */
const whole = new Map<string, Saying>(
  (
    [
      ['yes', 'да ага угу 1 один + плюс yes yep yeah yup y ya yea yess d good ок_работает норм нормально'],
      ['no', 'нет неа не нит нету 2 два - минус no nope nah n noo nop net nety bad 0'],
      ['call', '3 три callback'],
      ['stop', 'стоп stop ctop stopall optout unsubscribe quit end cancel отписка отписаться отпишите'],
      ['other', 'ок ok окей okay k хорошо_подожду спасибо спс thanks thx ладно понятно ясно maybe'],
    ] as const
  ).flatMap(([says, all]) => all.split(' ').map((one) => [one.replaceAll('_', ' '), says] as const)),
);

const yes = words('да ага угу yes yep yeah yup подтверждаю верно конечно confirmed sure');
const no = words('нет неа нету no nope nah без without ноль zero нема');
const not = words(
  'не ни not dont doesnt didnt isnt cant cannot wont wasnt arent never unable aint hasnt nt none impossible невозможно нельзя',
);
const works = beginning(
  'работа(?!л[аио]?$) рабоат рабта рабоч заработ зарабо пашет фурыч летает появил есть$ восстанов решен почин исправ устранен налад включил норм' +
    ' хорош отличн прекрасн супер порядк впорядк стабильн ожил открыва груз показыва подключен подключил$ подключился кажет' +
    ' works?$ working$ fixed$ resolved$ restored$ repaired$ solved$ back$ online$ fine$ good$ great$ perfect' +
    ' excellent awesome smooth sorted$ up$ ok$ connect',
);
const bad = beginning(
  'медлен тормоз лага виснет зависа обрыв отвал отвали пропа упал$ упала$ лежит$ глюч тупит плох ужасн хренов фигов отключил' +
    ' отсутств слома рвет еле$ кое$ частичн перебо сбоит барахл вылета умер$ темно$ нифига нихрена нихера ошибк' +
    ' красн местам рывк slow laggy lagging down$ dead$ died$ offline$ broken$ intermittent unstable drops$ dropping$ dropped$ disconnect' +
    ' buffering bad$ poor$ terrible awful horrible flaky barely$ hardly$ unresolved nothing$ lost$ gone$ red$',
);
const things = beginning(
  'интернет инет$ инета$ связ сигнал сет[иь]$ вайфа вай$ тв$ телевид телевиз канал доступ соединен скорост изменен' +
    ' internet$ connection$ service$ signal$ wifi$ tv$ access$ broadband$ change$',
);
const troubles = beginning(
  'проблем жалоб претенз нарекан вопрос$ вопросов$ замечан сбоев$ обрывов$ перебоев$ problems?$ issues?$ complaints?$ trouble$' +
    ' outages?$ drops$ faults?$',
);
/** With these a message asks, doubts or speaks of something else. */
const doubts = beginning(
  '\\?$ когда$ почему$ зачем$ как$ где$ кто$ что$ сколько$ скольк[оиь] как[оа][йяе]$ или$ если$ знаю$ знает$ знаем$ провер' +
    ' посмотр гляну позже$ потом$ вечером$ офис касс магазин поддержк мастер баланс тариф перерасч деньг договор долж$ должен$ завтра$' +
    ' when$ why$ how$ what$ whats$ where$ who$ if$ or$ know$ check later$ tonight$ tomorrow$ office$ refund bill$ plan$' +
    ' balance owe$ account$ technician$ maybe$ sure$ home$ номер number$',
);
const buts = words('но а but только only however though зато однако');
const still = beginning('опять$ снова$ вновь$ постоянно$ периодически$ again$ keeps$ constantly$ always$');

const stops =
  /(^|\s)(?:стоп$|отпис|отпиш|unsubscrib|opt ?out|(?:хватит|перестаньте|прекратите|довольно) (?:мне )?(?:пис|слать|сла|присыл|спам|рассыл|смс|отправ|беспоко)|(?:не|больше не) (?:надо )?(?:мне )?(?:пиши|писать|присыл|шлите|отправля|беспоко)|(?:отключите|уберите|удалите|прекратите|отмените|исключите|выключите) (?:меня |эту |вашу )*(?:рассыл|уведомл|оповещ|мой номер|подписк|смс|из )|stop (?:all|text|messag|send|sms|writ|spam|contact)|(?:dont|do not|never) (?:ever )?(?:text|message|write|sms|contact|send)|no more (?:messages|texts|sms)|(?:remove|take) (?:me|my number)|leave me alone)/;
const calls =
  /(^|\s)(?:пере[зс]в[ао]н|п[оа]зв[оа]н|набери|наберите|наберет|звоните$|звякни|свяжит|свяжет|связаться со мной|жд[уе]м? (?:вашего |обратного )?звон|(?:обратный|закажите|заказать) (?:мне )?звон|call (?:me|back)|callback|(?:please|pls|plz) call|call (?:please|pls|plz)|give me a (?:call|ring)|ring me|phone me|contact me|(?:speak|talk) (?:to|with) (?:an?|some|the|operator|support|human)|waiting for (?:your|a) call)/;
const callsNot =
  /(?:^|\s)(?:не (?:надо |нужно )?(?:мне )?(?:перезв|позв|звон)|(?:dont|do not|no need to) (?:call|ring|phone))/;

/** A whole answer that needs no model, or undefined. */
export function readByRule(text: string, form: string = normalised(text)): Saying | undefined {
  for (const one of formsOf(text, form)) {
    const said = whole.get(one) ?? ofWords(one);
    if (said !== undefined) return said;
  }
  return undefined;
}

/** As it is written, then as Russian in Latin letters, then as Russian on the other layout. */
function* formsOf(text: string, form: string): Generator<string> {
  yield form;
  if (/[а-я]/.test(form) || !/[a-z]/.test(form)) return;
  yield form.split(' ').map(inCyrillic).join(' ');
  yield normalised(otherLayout(text.slice(0, mostRead).toLowerCase()));
}

function ofWords(form: string): Saying | undefined {
  if (stops.test(form)) return 'stop';
  if (calls.test(form) && !callsNot.test(form)) return 'call';
  const marked = /^(?:ответ |answer )?([123])(?: |$)/.exec(form);
  const all = form.split(' ').filter((word) => !/^\d+$/.test(word));
  if (all.length > 14 || all.some((word) => doubts.test(word))) return undefined;
  const found = judged(all);
  if (marked === null || /\d.*\d/.test(form)) return found;
  const byNumber = ([undefined, 'yes', 'no', 'call'] as const)[Number(marked[1])];
  return all.length === 0 || found === undefined || found === byNumber ? byNumber : undefined;
}

/** Of words without question or doubt. */
function judged(all: readonly string[]): Saying | undefined {
  const at = (position: number, is: (word: string) => boolean): boolean =>
    all[position] !== undefined && is(all[position]);
  const isNot = (position: number): boolean =>
    at(position - 1, (word) => not.has(word)) ||
    (at(position - 2, (word) => not.has(word)) && !at(position - 1, (word) => buts.has(word))) ||
    at(position - 3, (word) => word === 'unable' || word === 'impossible');
  let good = 0;
  let ill = 0;
  all.forEach((word, position) => {
    const next = (is: RegExp): boolean =>
      at(position + 1, (one) => is.test(one)) || at(position + 2, (one) => is.test(one));
    const before = (is: RegExp): boolean => at(position - 1, (one) => is.test(one));
    if (no.has(word)) {
      if (at(position + 1, (one) => one === 'longer')) return;
      else if (next(troubles) || before(troubles) || (position > 0 && before(/^больше$/))) good++;
      else ill++;
    } else if (yes.has(word)) good++;
    else if (troubles.test(word)) {
      if (
        /^\S+ (?:is |has )?(?:не (?:наблюд|замеч|вижу)|gone|over)/.test(
          all.slice(position, position + 4).join(' '),
        )
      )
        good++;
    } else if (bad.test(word)) {
      if (
        isNot(position) ||
        at(position - 1, (one) => one === 'longer') ||
        all.some((one) => troubles.test(one))
      )
        good++;
      else ill++;
    } else if (works.test(word)) {
      if (isNot(position)) ill++;
      else good++;
    } else if (still.test(word) && (next(things) || next(bad))) ill++;
  });
  const isTurned = all.some((word) => buts.has(word));
  if (isTurned && ill > 0) return 'no';
  if (isTurned || all.filter((word) => word === 'то').length > 1) return undefined;
  if (good > 0 && ill > 0) return undefined;
  return good > 0 ? 'yes' : ill > 0 ? 'no' : undefined;
}
