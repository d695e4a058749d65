import { Type, type TSchema } from 'typebox';

/** A value that may be unknown: `null` says "no data", which is not zero. */
export const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
