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

const page = new StorePage({ api, openLive: openLiveSource, explain: failureOf });
const theme = new ThemeChoice(themeMemory);
mount(App, { target, props: { page, theme } });
page.start();
addEventListener('online', () => page.feed.retryNow());
addEventListener('pagehide', () => page.stop());
addEventListener('pageshow', ({ persisted }) => {
  // Back from the browser's page cache: nothing of the connection is left.
  if (persisted) page.start();
});
