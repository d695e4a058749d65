export type Theme = 'system' | 'light' | 'dark';

/** Where the choice is remembered; a browser that refuses storage still shows the page. */
export interface ThemeMemory {
  read(): string | null;
  write(theme: Theme): void;
}

/** Light, dark, or as the system says. */
export class ThemeChoice {
  theme = $state<Theme>('system');
  readonly #memory: ThemeMemory;

  constructor(memory: ThemeMemory) {
    this.#memory = memory;
    const remembered = memory.read();
    if (remembered === 'light' || remembered === 'dark') this.theme = remembered;
  }

  /** Goes to the next of system, light, dark. */
  next(): void {
    const following = { system: 'light', light: 'dark', dark: 'system' } as const;
    this.theme = following[this.theme];
    this.#memory.write(this.theme);
  }
}
