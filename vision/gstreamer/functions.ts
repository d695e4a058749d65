/** An address in native memory. */
export type Pointer = bigint;
/** A native 64-bit integer: a bigint when it does not fit a double exactly. */
export type Int64 = number | bigint;
/** An out parameter: the function writes into the first place. */
export type Out<Value> = [Value];

/** The C functions of libgstreamer-1.0, libgobject-2.0 and libglib-2.0 that are used, by their C names. */
export interface CoreFunctions {
  gst_init_check(argc: null, argv: null, error: Out<Pointer | null>): number;
  gst_version(major: Out<number>, minor: Out<number>, micro: Out<number>, nano: Out<number>): void;
  gst_parse_launch(description: string, error: Out<Pointer | null>): Pointer | null;
  gst_parse_error_quark(): number;
  gst_object_unref(object: Pointer): void;
  gst_object_get_name(object: Pointer): Pointer | null;
  gst_mini_object_ref(object: Pointer): Pointer;
  gst_mini_object_unref(object: Pointer): void;
  gst_util_set_object_arg(object: Pointer, name: string, value: string): void;
  gst_element_factory_find(name: string): Pointer | null;
  gst_element_set_state(element: Pointer, state: number): number;
  gst_element_get_state(element: Pointer, state: Out<number>, pending: Out<number>, timeoutNs: Int64): number;
  gst_element_call_async(element: Pointer, call: Pointer, data: Pointer, destroy: null): void;
  gst_element_get_bus(element: Pointer): Pointer;
  gst_element_get_static_pad(element: Pointer, name: string): Pointer | null;
  gst_element_get_base_time(element: Pointer): Int64;
  gst_element_seek_simple(element: Pointer, format: number, flags: number, position: Int64): number;
  gst_bin_get_by_name(bin: Pointer, name: string): Pointer | null;
  gst_pad_get_current_caps(pad: Pointer): Pointer | null;
  gst_pipeline_use_clock(pipeline: Pointer, clock: Pointer): void;
  gst_system_clock_obtain(): Pointer;
  gst_clock_get_time(clock: Pointer): Int64;
  gst_bus_timed_pop_filtered(bus: Pointer, timeoutNs: Int64, types: number): Pointer | null;
  gst_message_new_eos(source: null): Pointer;
  gst_message_get_seqnum(message: Pointer): number;
  gst_message_get_structure(message: Pointer): Pointer | null;
  gst_message_parse_error(message: Pointer, error: Out<Pointer | null>, debug: Out<Pointer | null>): void;
  gst_message_parse_warning(message: Pointer, error: Out<Pointer | null>, debug: Out<Pointer | null>): void;
  gst_message_parse_state_changed(
    message: Pointer,
    from: Out<number>,
    to: Out<number>,
    pending: Out<number>,
  ): void;
  gst_message_parse_qos_stats(
    message: Pointer,
    format: Out<number>,
    processed: Out<Int64>,
    dropped: Out<Int64>,
  ): void;
  gst_sample_get_buffer(sample: Pointer): Pointer | null;
  gst_sample_get_caps(sample: Pointer): Pointer | null;
  gst_sample_get_segment(sample: Pointer): Pointer | null;
  gst_segment_to_running_time(segment: Pointer, format: number, position: Int64): Int64;
  gst_segment_to_stream_time(segment: Pointer, format: number, position: Int64): Int64;
  gst_caps_from_string(text: string): Pointer;
  gst_caps_to_string(caps: Pointer): Pointer;
  gst_structure_get_name(structure: Pointer): string;
  gst_structure_get_uint64(structure: Pointer, field: string, value: Out<Int64>): number;
  gst_structure_free(structure: Pointer): void;
  gst_buffer_new_allocate(allocator: null, sizeBytes: number, parameters: null): Pointer | null;
  gst_buffer_get_size(buffer: Pointer): number;
  gst_buffer_fill(buffer: Pointer, offset: number, bytes: Uint8Array, sizeBytes: number): number;
  gst_buffer_map(buffer: Pointer, map: Uint8Array, flags: number): number;
  gst_buffer_unmap(buffer: Pointer, map: Uint8Array): void;
  gst_buffer_get_reference_timestamp_meta(buffer: Pointer, reference: Pointer): Pointer | null;
  gst_buffer_add_reference_timestamp_meta(
    buffer: Pointer,
    reference: Pointer,
    timestampNs: Int64,
    durationNs: Int64,
  ): Pointer | null;
  g_error_free(error: Pointer): void;
  g_free(memory: Pointer): void;
  g_quark_to_string(quark: number): string | null;
  g_type_from_name(name: string): Int64;
  g_object_class_find_property(objectClass: Pointer, name: string): Pointer | null;
  g_object_get_property(object: Pointer, name: string, value: Uint8Array): void;
  g_object_set_property(object: Pointer, name: string, value: Uint8Array): void;
  g_value_init(value: Uint8Array, type: Int64): Pointer;
  g_value_unset(value: Uint8Array): void;
  g_value_set_string(value: Uint8Array, text: string): void;
  g_value_get_string(value: Uint8Array): string | null;
  g_value_get_double(value: Uint8Array): number;
  g_value_get_boolean(value: Uint8Array): number;
  g_value_dup_boxed(value: Uint8Array): Pointer | null;
}

/** The C functions of libgstapp-1.0. */
export interface AppFunctions {
  gst_app_sink_try_pull_sample(sink: Pointer, timeoutNs: Int64): Pointer | null;
  gst_app_sink_is_eos(sink: Pointer): number;
  gst_app_src_push_buffer(source: Pointer, buffer: Pointer): number;
  gst_app_src_end_of_stream(source: Pointer): number;
  gst_app_src_get_current_level_bytes(source: Pointer): Int64;
}

/** The C functions of libgstvideo-1.0. */
export interface VideoFunctions {
  gst_buffer_get_video_meta(buffer: Pointer): Pointer | null;
  gst_buffer_add_video_meta_full(
    buffer: Pointer,
    flags: number,
    format: number,
    width: number,
    height: number,
    planes: number,
    offsets: BigUint64Array,
    strides: Int32Array,
  ): Pointer;
  gst_video_format_from_string(name: string): number;
  gst_video_info_new(): Pointer;
  gst_video_info_free(info: Pointer): void;
  gst_video_info_from_caps(info: Pointer, caps: Pointer): number;
  gst_video_frame_map(frame: Uint8Array, info: Pointer, buffer: Pointer, flags: number): number;
  gst_video_frame_unmap(frame: Uint8Array): void;
  gst_video_frame_copy(target: Uint8Array, source: Uint8Array): number;
}

/** Prototypes as koffi reads them; the interfaces above say the same to the compiler. */
export const CORE_PROTOTYPES: Readonly<Record<keyof CoreFunctions, string>> = {
  gst_init_check: 'int gst_init_check(void *, void *, _Out_ void **)',
  gst_version: 'void gst_version(_Out_ uint *, _Out_ uint *, _Out_ uint *, _Out_ uint *)',
  gst_parse_launch: 'void *gst_parse_launch(const char *, _Out_ void **)',
  gst_parse_error_quark: 'uint32_t gst_parse_error_quark()',
  gst_object_unref: 'void gst_object_unref(void *)',
  gst_object_get_name: 'void *gst_object_get_name(void *)',
  gst_mini_object_ref: 'void *gst_mini_object_ref(void *)',
  gst_mini_object_unref: 'void gst_mini_object_unref(void *)',
  gst_util_set_object_arg: 'void gst_util_set_object_arg(void *, const char *, const char *)',
  gst_element_factory_find: 'void *gst_element_factory_find(const char *)',
  gst_element_set_state: 'int gst_element_set_state(void *, int)',
  gst_element_get_state: 'int gst_element_get_state(void *, _Out_ int *, _Out_ int *, uint64_t)',
  gst_element_call_async: 'void gst_element_call_async(void *, void *, void *, void *)',
  gst_element_get_bus: 'void *gst_element_get_bus(void *)',
  gst_element_get_static_pad: 'void *gst_element_get_static_pad(void *, const char *)',
  gst_element_get_base_time: 'uint64_t gst_element_get_base_time(void *)',
  gst_element_seek_simple: 'int gst_element_seek_simple(void *, int, int, int64_t)',
  gst_bin_get_by_name: 'void *gst_bin_get_by_name(void *, const char *)',
  gst_pad_get_current_caps: 'void *gst_pad_get_current_caps(void *)',
  gst_pipeline_use_clock: 'void gst_pipeline_use_clock(void *, void *)',
  gst_system_clock_obtain: 'void *gst_system_clock_obtain()',
  gst_clock_get_time: 'uint64_t gst_clock_get_time(void *)',
  gst_bus_timed_pop_filtered: 'void *gst_bus_timed_pop_filtered(void *, uint64_t, int)',
  gst_message_new_eos: 'void *gst_message_new_eos(void *)',
  gst_message_get_seqnum: 'uint32_t gst_message_get_seqnum(void *)',
  gst_message_get_structure: 'void *gst_message_get_structure(void *)',
  gst_message_parse_error: 'void gst_message_parse_error(void *, _Out_ void **, _Out_ void **)',
  gst_message_parse_warning: 'void gst_message_parse_warning(void *, _Out_ void **, _Out_ void **)',
  gst_message_parse_state_changed:
    'void gst_message_parse_state_changed(void *, _Out_ int *, _Out_ int *, _Out_ int *)',
  gst_message_parse_qos_stats:
    'void gst_message_parse_qos_stats(void *, _Out_ int *, _Out_ uint64_t *, _Out_ uint64_t *)',
  gst_sample_get_buffer: 'void *gst_sample_get_buffer(void *)',
  gst_sample_get_caps: 'void *gst_sample_get_caps(void *)',
  gst_sample_get_segment: 'void *gst_sample_get_segment(void *)',
  gst_segment_to_running_time: 'uint64_t gst_segment_to_running_time(void *, int, uint64_t)',
  gst_segment_to_stream_time: 'uint64_t gst_segment_to_stream_time(void *, int, uint64_t)',
  gst_caps_from_string: 'void *gst_caps_from_string(const char *)',
  gst_caps_to_string: 'void *gst_caps_to_string(void *)',
  gst_structure_get_name: 'const char *gst_structure_get_name(void *)',
  gst_structure_get_uint64: 'int gst_structure_get_uint64(void *, const char *, _Out_ uint64_t *)',
  gst_structure_free: 'void gst_structure_free(void *)',
  gst_buffer_new_allocate: 'void *gst_buffer_new_allocate(void *, size_t, void *)',
  gst_buffer_get_size: 'size_t gst_buffer_get_size(void *)',
  gst_buffer_fill: 'size_t gst_buffer_fill(void *, size_t, void *, size_t)',
  gst_buffer_map: 'int gst_buffer_map(void *, void *, int)',
  gst_buffer_unmap: 'void gst_buffer_unmap(void *, void *)',
  gst_buffer_get_reference_timestamp_meta: 'void *gst_buffer_get_reference_timestamp_meta(void *, void *)',
  gst_buffer_add_reference_timestamp_meta:
    'void *gst_buffer_add_reference_timestamp_meta(void *, void *, uint64_t, uint64_t)',
  g_error_free: 'void g_error_free(void *)',
  g_free: 'void g_free(void *)',
  g_quark_to_string: 'const char *g_quark_to_string(uint32_t)',
  g_type_from_name: 'size_t g_type_from_name(const char *)',
  g_object_class_find_property: 'void *g_object_class_find_property(void *, const char *)',
  g_object_get_property: 'void g_object_get_property(void *, const char *, void *)',
  g_object_set_property: 'void g_object_set_property(void *, const char *, void *)',
  g_value_init: 'void *g_value_init(void *, size_t)',
  g_value_unset: 'void g_value_unset(void *)',
  g_value_set_string: 'void g_value_set_string(void *, const char *)',
  g_value_get_string: 'const char *g_value_get_string(void *)',
  g_value_get_double: 'double g_value_get_double(void *)',
  g_value_get_boolean: 'int g_value_get_boolean(void *)',
  g_value_dup_boxed: 'void *g_value_dup_boxed(void *)',
};

export const APP_PROTOTYPES: Readonly<Record<keyof AppFunctions, string>> = {
  gst_app_sink_try_pull_sample: 'void *gst_app_sink_try_pull_sample(void *, uint64_t)',
  gst_app_sink_is_eos: 'int gst_app_sink_is_eos(void *)',
  gst_app_src_push_buffer: 'int gst_app_src_push_buffer(void *, void *)',
  gst_app_src_end_of_stream: 'int gst_app_src_end_of_stream(void *)',
  gst_app_src_get_current_level_bytes: 'uint64_t gst_app_src_get_current_level_bytes(void *)',
};

export const VIDEO_PROTOTYPES: Readonly<Record<keyof VideoFunctions, string>> = {
  gst_buffer_get_video_meta: 'void *gst_buffer_get_video_meta(void *)',
  gst_buffer_add_video_meta_full:
    'void *gst_buffer_add_video_meta_full(void *, int, int, uint, uint, uint, void *, void *)',
  gst_video_format_from_string: 'int gst_video_format_from_string(const char *)',
  gst_video_info_new: 'void *gst_video_info_new()',
  gst_video_info_free: 'void gst_video_info_free(void *)',
  gst_video_info_from_caps: 'int gst_video_info_from_caps(void *, void *)',
  gst_video_frame_map: 'int gst_video_frame_map(void *, void *, void *, int)',
  gst_video_frame_unmap: 'void gst_video_frame_unmap(void *)',
  gst_video_frame_copy: 'int gst_video_frame_copy(void *, void *)',
};
