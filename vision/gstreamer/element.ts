import type { Out, Pointer } from './functions.ts';
import { classOf, GVALUE_BYTES } from './layouts.ts';
import type { GStreamer } from './library.ts';
import { parseVideoCaps, type VideoCaps } from './video-caps.ts';

/** An element of a pipeline, by its name in the description. Valid until the pipeline is closed. */
export interface PipelineElement {
  readonly name: string;
  /** Sets a property; an enumeration takes its nick. @throws TypeError when the element has no such property */
  set(property: string, value: string | number | boolean): void;
  /** Sets a text exactly as it is (file names, passwords), without GStreamer's quoting rules. */
  setText(property: string, text: string): void;
  getNumber(property: string): number;
  getBoolean(property: string): boolean;
  getText(property: string): string | undefined;
  /** Reads one counter of a property that holds a structure, e.g. `('stats', 'rendered')`. */
  getCounter(property: string, field: string): number | undefined;
  /** What flows through a pad just now; undefined before anything does, or if it is not raw video. */
  videoCaps(pad: string): VideoCaps | undefined;
}

/** Wraps an element that the caller keeps alive. */
export function createElement(gst: GStreamer, pointer: Pointer, name: string): PipelineElement {
  const has = (property: string): void => {
    const objectClass = classOf(pointer);
    if (objectClass === null || gst.g_object_class_find_property(objectClass, property) === null) {
      throw new TypeError(`the element ${name} has no property ${property}`);
    }
  };
  function read<Value>(property: string, type: string, get: (value: Uint8Array) => Value): Value {
    has(property);
    const value = new Uint8Array(GVALUE_BYTES);
    gst.g_value_init(value, gst.g_type_from_name(type));
    gst.g_object_get_property(pointer, property, value);
    const result = get(value);
    gst.g_value_unset(value);
    return result;
  }
  return {
    name,
    set(property, value) {
      has(property);
      gst.gst_util_set_object_arg(pointer, property, String(value));
    },
    setText(property, text) {
      has(property);
      const value = new Uint8Array(GVALUE_BYTES);
      gst.g_value_init(value, gst.g_type_from_name('gchararray'));
      gst.g_value_set_string(value, text);
      gst.g_object_set_property(pointer, property, value);
      gst.g_value_unset(value);
    },
    getNumber: (property) => read(property, 'gdouble', (value) => gst.g_value_get_double(value)),
    getBoolean: (property) => read(property, 'gboolean', (value) => gst.g_value_get_boolean(value) !== 0),
    getText: (property) =>
      read(property, 'gchararray', (value) => gst.g_value_get_string(value) ?? undefined),
    getCounter(property, field) {
      const structure = read(property, 'GstStructure', (value) => gst.g_value_dup_boxed(value));
      if (structure === null) return undefined;
      const count: Out<number | bigint> = [0];
      const found = gst.gst_structure_get_uint64(structure, field, count);
      gst.gst_structure_free(structure);
      return found === 0 ? undefined : Number(count[0]);
    },
    videoCaps(padName) {
      const pad = gst.gst_element_get_static_pad(pointer, padName);
      if (pad === null) throw new TypeError(`the element ${name} has no pad ${padName}`);
      const caps = gst.gst_pad_get_current_caps(pad);
      gst.gst_object_unref(pad);
      if (caps === null) return undefined;
      const parsed = parseVideoCaps(gst, caps);
      gst.gst_mini_object_unref(caps);
      return parsed;
    },
  };
}
