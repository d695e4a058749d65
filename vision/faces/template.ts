import { UserError } from '../../runtime/errors.ts';

/**
 * A face template as other folders see it: opaque bytes, to be kept encrypted and handed back. Layout, little-endian:
 * `SST1`, length of the space's name (1 byte), the name (ASCII), then 32-bit floats.
 */
export type TemplateBytes = Uint8Array;

const MAGIC = [0x53, 0x53, 0x54, 0x31] as const;

/** Packs an embedding with the name of the space that it lives in. */
export function packTemplate(space: string, embedding: Float32Array): TemplateBytes {
  const name = Buffer.from(space, 'ascii');
  if (name.length === 0 || name.length > 255) throw new RangeError(`"${space}" is no name of a space`);
  const bytes = new Uint8Array(MAGIC.length + 1 + name.length + embedding.length * 4);
  bytes.set(MAGIC);
  bytes[MAGIC.length] = name.length;
  bytes.set(name, MAGIC.length + 1);
  const view = new DataView(bytes.buffer);
  const start = MAGIC.length + 1 + name.length;
  embedding.forEach((value, index) => view.setFloat32(start + index * 4, value, true));
  return bytes;
}

/** The space of a template, so that a vault can tell whose members must enrol again. @throws UserError not a template */
export function templateSpace(bytes: TemplateBytes): string {
  const length = bytes[MAGIC.length] ?? 0;
  const start = MAGIC.length + 1;
  if (
    MAGIC.some((value, index) => bytes[index] !== value) ||
    length === 0 ||
    bytes.length <= start + length
  ) {
    throw new UserError(
      'template.unreadable',
      'A stored face template is not one of this program, or is damaged.',
      'Enrol the member again.',
    );
  }
  return Buffer.from(bytes.subarray(start, start + length)).toString('ascii');
}

/**
 * The embedding of a template.
 * @throws UserError `template.other-space` when other networks made it: numbers of two networks can't be compared
 */
export function unpackTemplate(
  bytes: TemplateBytes,
  expected: { readonly id: string; readonly length: number },
): Float32Array {
  const space = templateSpace(bytes);
  if (space !== expected.id) {
    throw new UserError(
      'template.other-space',
      `A stored face template was made by ${space}, recognition now uses ${expected.id}; the two can't be compared.`,
      'Enrol the member again, or go back to the networks that made the template.',
    );
  }
  const start = MAGIC.length + 1 + space.length;
  if (bytes.length - start !== expected.length * 4) {
    throw new UserError(
      'template.unreadable',
      `A stored face template has ${bytes.length - start} bytes of numbers, expected ${expected.length * 4}.`,
      'Enrol the member again.',
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  return Float32Array.from({ length: expected.length }, (_, index) => view.getFloat32(index * 4, true));
}
