// OpenSSL: DTLS 1.2, certificates, AES-GCM.
//
// Swift imports neither function-like macros, nor macros whose value is a cast or a call, nor
// variadic functions. Each shim below stands for one of those and for nothing else.
#pragma once
#include <sys/time.h>
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

// EVP_EC_gen is a macro over the variadic EVP_PKEY_Q_keygen.
static inline EVP_PKEY *besoeg_generate_p256(void) { return EVP_EC_gen("P-256"); }

// SSL_CTX_set_min_proto_version and _max_ are macros over SSL_CTX_ctrl; DTLS1_2_VERSION is plain.
static inline int besoeg_ssl_ctx_require_dtls12(SSL_CTX *context) {
  return SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION) == 1;
}

// The SSL_OP_ constants are macros with a cast.
static inline uint64_t besoeg_ssl_options(void) {
  return SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_QUERY_MTU | SSL_OP_NO_COMPRESSION |
         SSL_OP_CIPHER_SERVER_PREFERENCE;
}

// Macros over SSL_CTX_ctrl. `certificate_bytes` bounds a certificate message and with it what OpenSSL
// reassembles.
static inline void besoeg_ssl_ctx_limit(SSL_CTX *context, long certificate_bytes) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_max_cert_list(context, certificate_bytes);
}

// SSL_set_mtu is a macro over SSL_ctrl.
static inline void besoeg_ssl_set_mtu(SSL *ssl, long bytes) { SSL_set_mtu(ssl, bytes); }

// BIO_set_mem_eof_return is a macro over BIO_ctrl: -1 makes an empty memory BIO mean "try again".
static inline void besoeg_bio_empty_means_retry(BIO *bio) { BIO_set_mem_eof_return(bio, -1); }

// BIO_get_mem_data is a macro over BIO_ctrl with a pointer cast.
static inline long besoeg_bio_contents(BIO *bio, char **bytes) {
  return BIO_get_mem_data(bio, bytes);
}

// BIO_reset is a macro over BIO_ctrl.
static inline void besoeg_bio_reset(BIO *bio) { (void)BIO_reset(bio); }

// The EVP_CTRL_AEAD_ constants are plain, but EVP_CIPHER_CTX_ctrl takes a void * that it only reads
// when setting a tag: this keeps the cast in one place.
static inline int besoeg_gcm_expect_tag(EVP_CIPHER_CTX *context, const void *tag) {
  return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, (void *)tag);
}

// A cipher as a method of our own. OpenSSL 3 asks its providers for every tag and nonce by name, some
// fifty string comparisons a packet; a method that was made by hand is called directly: 2 500 of 11 000
// instructions less for sealing and opening 1 100 bytes, with the same code for AES and GHASH. Null
// where OpenSSL has no such methods any more (4.0).
static inline const EVP_CIPHER *besoeg_direct_method(const EVP_CIPHER *cipher) {
#if OPENSSL_VERSION_NUMBER < 0x40000000L && !defined(OPENSSL_NO_DEPRECATED_3_0)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
  return EVP_CIPHER_meth_dup(cipher);
#pragma clang diagnostic pop
#else
  (void)cipher;
  return 0;
#endif
}

// DTLSv1_handle_timeout is a macro over SSL_ctrl.
static inline long besoeg_dtls_handle_timeout(SSL *ssl) { return DTLSv1_handle_timeout(ssl); }

// OpenSSL decides by the wall clock whether a DTLS retransmission is due, and offers no other way to
// ask for one. But it tells the reading BIO its deadline (BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT), and up to
// 3.1 it does so with a pointer to the deadline itself: setting that to a time long past makes
// retransmission due now, whatever the wall clock says. From 3.2 on the pointer is to a copy; there
// the wall clock decides, as it does for everyone else, and the tests in virtual time say so.
static inline int besoeg_dtls_deadline_is_reachable(void) {
  return OPENSSL_VERSION_NUMBER < 0x30200000L;
}

// Whether a deadline is set; zero is OpenSSL's word for none.
static inline int besoeg_dtls_deadline_is_set(const void *deadline) {
  const struct timeval *time = (const struct timeval *)deadline;
  return time->tv_sec != 0 || time->tv_usec != 0;
}

// Moves a deadline that is set to 1970.
static inline void besoeg_dtls_deadline_expire(void *deadline) {
  struct timeval *time = (struct timeval *)deadline;
  time->tv_sec = 1;
  time->tv_usec = 0;
}

// MARK: TLS over byte streams

#include <openssl/pem.h>
#include <openssl/x509v3.h>

// SSL_CTX_set_min_proto_version is a macro over SSL_CTX_ctrl.
static inline int besoeg_ssl_ctx_require_tls12(SSL_CTX *context) {
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1;
}

// SSL_CTX_set_mode is a macro over SSL_CTX_ctrl: a connection at rest gives back its 34 KiB of record
// buffers.
static inline void besoeg_ssl_ctx_release_buffers(SSL_CTX *context) {
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
}

// SSL_clear_mode is a macro over SSL_ctrl.
static inline void besoeg_ssl_keep_buffers(SSL *ssl) {
  SSL_clear_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
}

// SSL_set_tlsext_host_name is a macro over SSL_ctrl with a pointer cast.
static inline int besoeg_ssl_set_server_name(SSL *ssl, const char *name) {
  return SSL_set_tlsext_host_name(ssl, name) == 1;
}

// Another source of chance, for simulations that a seed must repeat, and the usual one. Deprecated in
// OpenSSL 3.0 for providers, but those serve a whole library context; a simulation has a thread.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
static inline int besoeg_rand_draw_from(int (*draw)(unsigned char *bytes, int count)) {
  static RAND_METHOD method;
  method.bytes = draw;
  method.pseudorand = draw;
  method.status = RAND_OpenSSL()->status;
  return RAND_set_rand_method(&method);
}

static inline int besoeg_rand_draw_usual(unsigned char *bytes, int count) {
  return RAND_OpenSSL()->bytes(bytes, count);
}
#pragma clang diagnostic pop
