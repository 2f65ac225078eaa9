// libvpx: VP8 (RFC 6386).
#pragma once
#include <vpx/vpx_encoder.h>
#include <vpx/vpx_decoder.h>
#include <vpx/vp8cx.h>
#include <vpx/vp8dx.h>

// vpx_codec_enc_init and vpx_codec_dec_init are macros that pass the ABI version the header was
// compiled with; Swift does not import function-like macros.

/// Makes a VP8 encoder of the version of this header.
static inline vpx_codec_err_t besoeg_vp8_encoder_init(vpx_codec_ctx_t *context,
                                                      const vpx_codec_enc_cfg_t *configuration) {
  return vpx_codec_enc_init(context, vpx_codec_vp8_cx(), configuration, 0);
}

/// Makes a VP8 decoder of the version of this header.
static inline vpx_codec_err_t besoeg_vp8_decoder_init(vpx_codec_ctx_t *context,
                                                      const vpx_codec_dec_cfg_t *configuration) {
  return vpx_codec_dec_init(context, vpx_codec_vp8_dx(), configuration, 0);
}

// vpx_codec_control is a type-checking macro over the variadic vpx_codec_control_; Swift can call
// neither. One function for the controls that take an int.

/// Sets an integer control, such as VP8E_SET_CPUUSED.
static inline vpx_codec_err_t besoeg_vpx_control(vpx_codec_ctx_t *context, int control, int value) {
  return vpx_codec_control_(context, control, value);
}

// The data of a compressed frame sit in a C union inside vpx_codec_cx_pkt_t; reading its members
// through Swift's union accessors copies the whole 128-byte union each time.

/// The bytes of a compressed frame, or null where the packet is something else.
static inline const void *besoeg_vpx_frame_bytes(const vpx_codec_cx_pkt_t *packet) {
  return packet->kind == VPX_CODEC_CX_FRAME_PKT ? packet->data.frame.buf : 0;
}

/// The length in bytes of a compressed frame.
static inline size_t besoeg_vpx_frame_length(const vpx_codec_cx_pkt_t *packet) {
  return packet->data.frame.sz;
}

/// Whether a compressed frame is a key frame.
static inline int besoeg_vpx_frame_is_key(const vpx_codec_cx_pkt_t *packet) {
  return (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
}
