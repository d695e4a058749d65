import { describe, expect, it } from 'vitest';
import { ThemeChoice, type Theme } from './theme.svelte.ts';

const remembering = (remembered: string | null) => {
  const written: Theme[] = [];
  return { written, memory: { read: () => remembered, write: (theme: Theme) => void written.push(theme) } };
};

describe('light or dark', () => {
  it.each([
    [null, 'system'],
    ['dark', 'dark'],
    ['light', 'light'],
    ['purple', 'system'],
  ])('remembered as %s it begins as %s', (remembered, theme) => {
    expect(new ThemeChoice(remembering(remembered).memory).theme).toBe(theme);
  });

  it('goes round and remembers each', () => {
    const { memory, written } = remembering(null);
    const choice = new ThemeChoice(memory);
    for (let step = 0; step < 3; step++) choice.next();
    expect(written).toEqual(['light', 'dark', 'system']);
  });
});
