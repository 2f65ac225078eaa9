// libopus (RFC 6716).
#pragma once
#include <opus/opus.h>

// opus_encoder_ctl and opus_decoder_ctl are variadic, and their OPUS_SET_* requests are macros that
// check types with pointer arithmetic; Swift can call neither. One function per request we use.

/// Target bitrate in bit/s.
static inline int besoeg_opus_set_bitrate(OpusEncoder *encoder, opus_int32 bitrate) {
  return opus_encoder_ctl(encoder, OPUS_SET_BITRATE(bitrate));
}

/// Computational complexity, 0 ... 10.
static inline int besoeg_opus_set_complexity(OpusEncoder *encoder, opus_int32 complexity) {
  return opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(complexity));
}

/// In-band forward error correction (LBRR, RFC 6716 section 2.1.7).
static inline int besoeg_opus_set_inband_fec(OpusEncoder *encoder, opus_int32 on) {
  return opus_encoder_ctl(encoder, OPUS_SET_INBAND_FEC(on));
}

/// The packet loss in per cent that the encoder should prepare for.
static inline int besoeg_opus_set_expected_loss(OpusEncoder *encoder, opus_int32 percent) {
  return opus_encoder_ctl(encoder, OPUS_SET_PACKET_LOSS_PERC(percent));
}

/// Discontinuous transmission (RFC 6716 section 2.1.9).
static inline int besoeg_opus_set_dtx(OpusEncoder *encoder, opus_int32 on) {
  return opus_encoder_ctl(encoder, OPUS_SET_DTX(on));
}

/// Tunes the encoder for speech.
static inline int besoeg_opus_set_voice(OpusEncoder *encoder) {
  return opus_encoder_ctl(encoder, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
}
