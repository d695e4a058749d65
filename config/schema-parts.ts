import { Type } from 'typebox';

// What the parts of the configuration's description are made of.

export const strict = { additionalProperties: false };

export const Name = (description: string) =>
  Type.String({
    pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
    expects: 'a name of lower-case letters, digits and hyphens, at most 63 of them',
    description,
  });

export const VariableName = (description: string) =>
  Type.String({
    pattern: '^[A-Z][A-Z0-9_]*$',
    expects: 'the name of an environment variable (capital letters, digits, underscores)',
    advice:
      'put the secret itself into an environment variable and write the name of that variable here, for example FRONT_DOOR_LOGIN',
    holds: 'variable',
    description,
  });

export const FilePath = (description: string) =>
  Type.String({ minLength: 1, expects: 'a path, relative to this file', holds: 'file', description });

const Fraction = Type.Number({
  minimum: 0,
  maximum: 1,
  advice:
    'points of a picture are fractions: divide pixels across by the width and pixels down by the height',
});

/** A point of a picture as fractions of its width and height, from the top left corner. */
export const ImagePoint = Type.Tuple([Fraction, Fraction], {
  expects: 'a point of the picture, [across, down] as fractions from 0 to 1',
  description: 'fractions of the picture, [across, down], from its top left corner',
});
/** A point of the floor plan, metres from its top left corner. */
export const FloorPoint = Type.Tuple([Type.Number(), Type.Number()], {
  expects: 'a point of the floor plan, [across, down] in metres',
  description: 'metres on the floor plan, [across, down]',
});
