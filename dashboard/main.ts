import '@fontsource-variable/inter/wght.css';
import { mount } from 'svelte';
import { api, failureOf } from './api-client.ts';
import App from './App.svelte';
import { openLiveSource } from './live-source.ts';
import { StorePage } from './state/store-page.svelte.ts';
import { ThemeChoice } from './state/theme.svelte.ts';
import './styles/tokens.css';
import './styles/base.css';
import { themeMemory } from './theme-memory.ts';

const target = document.getElementById('page');
if (target === null) throw new TypeError('index.html has no element #page');

/** `#calibrate` or `#calibrate/CAMERA`: the page on which cameras are calibrated. */
const CALIBRATE = /^#calibrate(?:\/([a-z0-9-]+))?$/;
const calibrated = CALIBRATE.exec(location.hash);

if (calibrated === null) openStore(target);
else void openCalibration(target, calibrated[1]);
// From one page to the other: what the one listens to ends with it.
addEventListener('hashchange', () => {
  if (CALIBRATE.test(location.hash) !== (calibrated !== null)) location.reload();
});

function openStore(element: HTMLElement): void {
  const page = new StorePage({ api, openLive: openLiveSource, explain: failureOf });
  const theme = new ThemeChoice(themeMemory);
  mount(App, { target: element, props: { page, theme } });
  page.start();
  addEventListener('online', () => page.feed.retryNow());
  addEventListener('pagehide', () => page.stop());
  addEventListener('pageshow', ({ persisted }) => {
    // Back from the browser's page cache: nothing of the connection is left.
    if (persisted) page.start();
  });
}

/** Its code is fetched when somebody calibrates. */
async function openCalibration(element: HTMLElement, wanted: string | undefined): Promise<void> {
  const { default: CalibratePage } = await import('./calibrate/CalibratePage.svelte');
  const theme = new ThemeChoice(themeMemory);
  document.documentElement.dataset['theme'] = theme.theme;
  document.title = 'Calibrate a camera · Smart Store';
  mount(CalibratePage, { target: element, props: { wanted } });
}
