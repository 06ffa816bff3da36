/** Simulated subscribers: some write when it breaks, most answer when asked, many rate. Answers follow from what is really lit. */
import { milliseconds } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import type { World } from '../base/world.ts';
import type { CenterClient } from './center-client.ts';
import type { City, CityHousehold } from './city.ts';
import type { Network } from './network.ts';
import type { PhoneText } from './phones.ts';

export interface PeopleOptions {
  readonly city: City;
  readonly network: Network;
  readonly center: CenterClient;
  readonly world: World;
  readonly random: Random;
  /** 2: everybody acts twice as fast. */
  readonly speed: number;
}

const habits = {
  /** Share that writes to support when told of an outage. */
  writes: 0.04,
  answers: 0.8,
  rates: 0.7,
  /** Of those whose line works: who wants a call all the same. */
  wantsCall: 0.02,
  thinkMs: [2_000, 20_000],
} as const;

const complaints = {
  ru: ['Нет интернета', 'Не работает телевизор и интернет', 'Когда починят?'],
  en: ['No internet', 'Neither TV nor internet works', 'When will it be fixed?'],
} as const;
const causes = ['network', 'contact', 'information', 'third-party', 'praise'] as const;

export class People {
  readonly #options: PeopleOptions;
  readonly #homes: ReadonlyMap<string, CityHousehold>;
  #written = 0;
  #answered = 0;
  #rated = 0;
  #failed = 0;

  constructor(options: PeopleOptions) {
    this.#options = options;
    this.#homes = new Map(options.city.households.map((home) => [home.id, home]));
  }

  get counters(): Readonly<Record<'written' | 'answered' | 'rated' | 'failed', number>> {
    return { written: this.#written, answered: this.#answered, rated: this.#rated, failed: this.#failed };
  }

  /** A text arrived on somebody's phone. */
  receive(text: PhoneText): void {
    const home = this.#homes.get(text.subscriber);
    if (home === undefined) return;
    const { random } = this.#options;
    if (text.type === 'detected') {
      if (random.next() < habits.writes) this.#soon(() => this.#write(home));
      return;
    }
    if (text.type !== 'ask' && text.type !== 'reminder') return;
    const url = /https?:\/\/\S+/.exec(text.text)?.[0];
    if (url !== undefined && random.next() < habits.answers) this.#soon(() => this.#answer(home, url));
  }

  async #write(home: CityHousehold): Promise<void> {
    const texts = complaints[home.language];
    await this.#options.center.openTicket(home.id, texts[this.#options.random.below(texts.length)]!);
    this.#written++;
  }

  async #answer(home: CityHousehold, url: string): Promise<void> {
    const { network, center, random } = this.#options;
    const isLit = network.isServed(home.leaf);
    const answer = !isLit ? 'notFixed' : random.next() < habits.wantsCall ? 'contactMe' : 'fixed';
    await center.post(url, { answer });
    this.#answered++;
    if (answer === 'fixed' && random.next() < habits.rates) this.#soon(() => this.#rate(url));
  }

  async #rate(url: string): Promise<void> {
    const { random, center } = this.#options;
    const draw = random.next();
    const rating = draw < 0.08 ? random.below(7) : draw < 0.3 ? 7 + random.below(2) : 9 + random.below(2);
    const cause = causes[random.below(causes.length)]!;
    await center.post(url, rating <= 6 ? { rating: String(rating), cause } : { rating: String(rating) });
    this.#rated++;
  }

  #soon(act: () => Promise<void>): void {
    const { world, random, speed } = this.#options;
    const [least, most] = habits.thinkMs;
    const wait = (least + random.below(most - least)) / speed;
    world.after(milliseconds(wait), () => {
      act().catch((error: unknown) => {
        this.#failed++;
        world.log.warn('a simulated subscriber failed', { error: String(error) });
      });
    });
  }
}
