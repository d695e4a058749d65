import type { ThemeMemory } from './state/theme.svelte.ts';

const KEY = 'smart-store.theme';

/** The browser's local storage; one that refuses (private windows, policies) forgets the choice and harms nothing. */
export const themeMemory: ThemeMemory = {
  read() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  },
  write(theme) {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // See above.
    }
  },
};
