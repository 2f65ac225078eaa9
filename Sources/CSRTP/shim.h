// libsrtp2 (RFC 3711, RFC 7714).
#pragma once
#include <srtp2/srtp.h>

// libsrtp 2.x takes lengths as `int *`, 3.x as `size_t`: the difference stays here. Each returns
// libsrtp's status and leaves the new length in `length`.
static inline srtp_err_status_t besoeg_srtp_protect(srtp_t context, void *packet, int *length) {
  return srtp_protect(context, packet, length);
}
static inline srtp_err_status_t besoeg_srtp_unprotect(srtp_t context, void *packet, int *length) {
  return srtp_unprotect(context, packet, length);
}
static inline srtp_err_status_t besoeg_srtcp_protect(srtp_t context, void *packet, int *length) {
  return srtp_protect_rtcp(context, packet, length);
}
static inline srtp_err_status_t besoeg_srtcp_unprotect(srtp_t context, void *packet, int *length) {
  return srtp_unprotect_rtcp(context, packet, length);
}
