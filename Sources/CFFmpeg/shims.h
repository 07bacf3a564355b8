#pragma once
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/channel_layout.h>
#include <libavutil/cpu.h>
#include <libavutil/display.h>
#include <libavutil/dovi_meta.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

// Macros that Swift's importer cannot evaluate.

static inline int64_t dailies_no_timestamp(void) { return AV_NOPTS_VALUE; }
static inline int dailies_error_eof(void) { return AVERROR_EOF; }
static inline int dailies_error_again(void) { return AVERROR(EAGAIN); }
static inline int dailies_error_invalid_data(void) { return AVERROR_INVALIDDATA; }
static inline int dailies_error_out_of_memory(void) { return AVERROR(ENOMEM); }
static inline int dailies_error_refused(void) { return AVERROR(EPERM); }
static inline int dailies_error_unsupported(void) { return AVERROR_PATCHWELCOME; }
static inline int dailies_error_from_errno(int code) { return AVERROR(code); }
static inline int dailies_error_input_changed(void) { return AVERROR_INPUT_CHANGED; }
static inline uint32_t dailies_avformat_major(void) { return LIBAVFORMAT_VERSION_MAJOR; }

// The buffer that a write callback is given became const with libavformat 61 (FFmpeg 7). One Swift signature serves both.
typedef int (*dailies_write_function)(void *opaque, const uint8_t *bytes, int count);
typedef int (*dailies_read_function)(void *opaque, uint8_t *bytes, int count);
typedef int64_t (*dailies_seek_function)(void *opaque, int64_t offset, int whence);

static inline AVIOContext *dailies_io_alloc(
    unsigned char *buffer, int size, int writable, void *opaque, dailies_read_function read, dailies_write_function write,
    dailies_seek_function seek) {
#if LIBAVFORMAT_VERSION_MAJOR >= 61
    return avio_alloc_context(buffer, size, writable, opaque, read, write, seek);
#else
    return avio_alloc_context(buffer, size, writable, opaque, read, (int (*)(void *, uint8_t *, int))write, seek);
#endif
}

// A stream's display matrix moved from the stream to its codec parameters with libavformat 61. NULL when there is none.
static inline const int32_t *dailies_display_matrix(const AVStream *stream) {
#if LIBAVFORMAT_VERSION_MAJOR >= 61
    const AVPacketSideData *data = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    return data && data->size >= 9 * sizeof(int32_t) ? (const int32_t *)(const void *)data->data : NULL;
#else
    size_t size = 0;
    const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    return data && size >= 9 * sizeof(int32_t) ? (const int32_t *)(const void *)data : NULL;
#endif
}

// A stream's Dolby Vision configuration, which moved in the same way. NULL when there is none.
static inline const AVDOVIDecoderConfigurationRecord *dailies_dolby_vision(const AVStream *stream) {
#if LIBAVFORMAT_VERSION_MAJOR >= 61
    const AVPacketSideData *data = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DOVI_CONF);
    return data && data->size >= sizeof(AVDOVIDecoderConfigurationRecord)
        ? (const AVDOVIDecoderConfigurationRecord *)(const void *)data->data : NULL;
#else
    size_t size = 0;
    const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DOVI_CONF, &size);
    return data && size >= sizeof(AVDOVIDecoderConfigurationRecord)
        ? (const AVDOVIDecoderConfigurationRecord *)(const void *)data : NULL;
#endif
}

// Two fields of a frame became flags with libavutil 58.7 (FFmpeg 6.1).
static inline int dailies_is_interlaced(const AVFrame *frame) {
#ifdef AV_FRAME_FLAG_INTERLACED
    return (frame->flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
    return frame->interlaced_frame;
#endif
}

static inline int dailies_has_top_field_first(const AVFrame *frame) {
#ifdef AV_FRAME_FLAG_TOP_FIELD_FIRST
    return (frame->flags & AV_FRAME_FLAG_TOP_FIELD_FIRST) != 0;
#else
    return frame->top_field_first;
#endif
}

// Whether the packet carries what is declared to be a packet's side data of the given kind.
static inline int dailies_has_side_data(const AVPacket *packet, enum AVPacketSideDataType type) {
    return av_packet_get_side_data(packet, type, NULL) != NULL;
}

// Takes a stream's display matrix along to the stream's copy. With libavformat 61 the codec parameters carry it already.
static inline int dailies_copy_display_matrix(AVStream *to, const AVStream *from) {
#if LIBAVFORMAT_VERSION_MAJOR >= 61
    (void)to, (void)from;
#else
    const int32_t *matrix = dailies_display_matrix(from);
    if (matrix) {
        uint8_t *copy = av_stream_new_side_data(to, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(int32_t));
        if (!copy) return AVERROR(ENOMEM);
        for (size_t i = 0; i < 9 * sizeof(int32_t); i++) copy[i] = ((const uint8_t *)(const void *)matrix)[i];
    }
#endif
    return 0;
}
