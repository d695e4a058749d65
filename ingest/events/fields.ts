import { Type } from 'typebox';
import { slug, uuid } from './envelope.ts';

// Fields of `data` that several events share, so that they mean the same everywhere.

export const CameraName = slug('the camera that it is about or that saw it');

export const SubjectPseudonym = uuid(
  "the member's pseudonym; the vault alone knows who it is, and destroying it there anonymises the event",
);

export const ZoneName = slug('the name of a zone in the configuration');

export const ZoneKind = Type.Union(
  [
    Type.Literal('area'),
    Type.Literal('entrance'),
    Type.Literal('exit'),
    Type.Literal('queue'),
    Type.Literal('staff'),
  ],
  { description: 'what the zone is for' },
);

/** A point of the floor plan. */
export const FloorPlace = Type.Object(
  {
    acrossMetres: Type.Number({ description: 'from the left edge of the plan' }),
    downMetres: Type.Number({ description: 'from the top edge of the plan' }),
  },
  { description: 'where on the floor plan' },
);

export const Simulated = Type.Boolean({ description: 'seen by a simulated camera' });
