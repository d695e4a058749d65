/** What became of a message. Every sink answers with one of these for every record; nothing is lost in silence. */
export type Fate =
  | { readonly kind: 'ok' }
  | { readonly kind: 'drop'; readonly reason: string }
  | { readonly kind: 'deadLetter'; readonly reason: string }
  | { readonly kind: 'redirect'; readonly topic: string; readonly reason: string };
