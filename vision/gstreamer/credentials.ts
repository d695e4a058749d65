/** `scheme://user:password@host`: everything up to the last @ before the path, because passwords may contain one. */
const URL_CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/]*@/gi;
const SHORTEST_SECRET = 3;

/**
 * Removes credentials from a message before anyone reads it: those inside URLs, and any of the given secrets wherever
 * they stand (also percent-encoded).
 *
 * @example withoutCredentials('Could not open rtsp://ann:pw@10.0.0.7/live') // 'Could not open rtsp://10.0.0.7/live'
 */
export function withoutCredentials(text: string, secrets: readonly string[] = []): string {
  let clean = text.replace(URL_CREDENTIALS, '$1');
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue;
    clean = clean.replaceAll(secret, '[withheld]').replaceAll(encodeURIComponent(secret), '[withheld]');
  }
  return clean;
}
