/** Starts the console: routes, live stream, session, and the frame around the pages. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import { Frame } from './frame.tsx';
import { bringAll } from './parts/later.tsx';
import { loadSession } from './state/api.ts';
import { startKeys } from './state/keys.ts';
import { startLive, stream } from './state/live.ts';
import { startRouting } from './state/route.ts';
import { language, speak } from './words/speak.ts';
import './style/tokens.css';
import './style/frame.css';
import './style/parts.css';
import './style/incident.css';
import './style/load.css';
import './style/narrow.css';

startRouting();
startKeys();
startLive();
// Also when the stream is lost or comes back: it may be the session that ended.
effect(() => {
  if (stream.value !== 'connecting') void loadSession();
});
await speak(language.value);
render(<Frame />, document.getElementById('app')!);
setTimeout(bringAll, 3_000);
