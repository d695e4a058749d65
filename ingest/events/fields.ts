import { Type } from 'typebox';
import { slug, uuid } from './envelope.ts';

// Fields of `data` that several events share, so that they mean the same everywhere.

export const CameraName = slug('the camera that it is about or that saw it');

export const SubjectPseudonym = uuid(
  "the member's pseudonym; the vault alone knows who it is, and destroying it there anonymises the event",
);

export const Simulated = Type.Boolean({ description: 'seen by a simulated camera' });
