/** The top bar: name, live state, how many are affected, language, theme, keys. */
import { session } from '../state/api.ts';
import { isHelpOpen } from '../state/keys.ts';
import { clock, heardAt, stream, totals } from '../state/live.ts';
import { language, plural, switchLanguage, switchTheme, theme, words } from '../words/speak.ts';

export function TopBar() {
  const say = words.value;
  const affected = totals.value?.subscribersAffected;
  return (
    <header class="top">
      <a class="name" href="/incidents">
        allclear
      </a>
      <LiveState />
      <span class="affected">
        {affected === undefined ? '' : `${say.column.affected}: ${plural(affected, say.subscribers)}`}
      </span>
      <span class="spring" />
      <Choices />
    </header>
  );
}

/** Who is signed in, and how the console is to look; on a telephone it stands behind the pages. */
export function Choices() {
  const say = words.value;
  return (
    <>
      <span class="user">{session.value?.user ?? ''}</span>
      <button
        type="button"
        onClick={() => void switchLanguage()}
        lang={language.value === 'ru' ? 'en' : 'ru'}
      >
        {say.switchLanguage}
      </button>
      <button type="button" onClick={switchTheme}>
        {theme.value === 'dark' ? say.themeLight : say.themeDark}
      </button>
      <button
        type="button"
        onClick={() => {
          isHelpOpen.value = true;
        }}
      >
        {say.keysButton} <kbd>?</kbd>
      </button>
    </>
  );
}

/** Never looks alive when it is not: the age of the last word from the server stands beside the word. */
function LiveState() {
  const state = stream.value;
  const age = heardAt.value === undefined ? undefined : Math.max(0, clock.value - heardAt.value) / 1000;
  const text =
    age === undefined
      ? ''
      : new Intl.NumberFormat(language.value, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(
          age,
        );
  return (
    <span class={`live ${state}`}>
      <i aria-hidden="true" />
      {words.value.live[state]} {text === '' ? '' : `${text} ${language.value === 'ru' ? 'с' : 's'}`}
    </span>
  );
}
