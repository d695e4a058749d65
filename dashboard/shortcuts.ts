/** A key and what it does; `camera`, `floor`, `moments` and `hours` are the ids of the parts that it goes to. */
export interface Shortcut {
  readonly key: string;
  readonly action: 'help' | 'theme' | 'details' | 'camera' | 'floor' | 'moments' | 'hours';
  readonly says: string;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { key: '?', action: 'help', says: 'Show this help' },
  { key: 't', action: 'theme', says: 'Light, dark or as the system says' },
  { key: 'd', action: 'details', says: 'Show or hide why each face is who it is' },
  { key: 'c', action: 'camera', says: 'Go to the door camera' },
  { key: 'f', action: 'floor', says: 'Go to the floor plan' },
  { key: 'm', action: 'moments', says: 'Go to the moments' },
  { key: 'h', action: 'hours', says: 'Go to visits by hour' },
];
