import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { UserError } from '../../runtime/errors.ts';

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce for every message. The context is authenticated but not stored:
 * bytes that were sealed for one place do not open in another.
 */
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** First byte of everything sealed, so that a later form can be told apart. */
const FORM = 1;

/** What the bytes belong to, for example a member's id and the number of the template. */
export type Context = readonly (string | number)[];

/** @returns form (1 byte), nonce (12), tag (16), ciphertext */
export function seal(key: Uint8Array, plain: Uint8Array, context: Context): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(contextBytes(context));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(FORM), nonce, cipher.getAuthTag(), ciphertext]);
}

/**
 * @param what names the thing in the error, without anything personal
 * @throws UserError `members.damaged` when key, context or a single bit differ
 */
export function open(key: Uint8Array, sealed: Uint8Array, context: Context, what: string): Uint8Array {
  const bytes = Buffer.from(sealed);
  if (bytes.length < 1 + NONCE_BYTES + TAG_BYTES || bytes[0] !== FORM) throw damaged(what);
  const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
  const tag = bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(contextBytes(context));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([
      decipher.update(bytes.subarray(1 + NONCE_BYTES + TAG_BYTES)),
      decipher.final(), // checks the tag; what was decrypted before it is dropped when it fails
    ]);
  } catch {
    throw damaged(what);
  }
}

/** JSON of a list is unambiguous: ["a","bc"] and ["ab","c"] differ. */
function contextBytes(context: Context): Uint8Array {
  return Buffer.from(JSON.stringify(['smart-store', ...context]), 'utf8');
}

function damaged(what: string): UserError {
  return new UserError(
    'members.damaged',
    `${what} was expected to be as it was written, but it has been altered, damaged or moved from another place.`,
    "Restore the members' database from a backup, or remove this member and enrol the person again.",
  );
}
