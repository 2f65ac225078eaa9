#include "load.h"
#include <openssl/evp.h>
#include <string.h>

void load_key_make(struct load_key *key, uint32_t index, int to_floor, int seals) {
  uint8_t secret[16];
  for (int i = 0; i < 16; i++)
    secret[i] = (uint8_t)((index >> (8 * (i & 3))) + 31 * i + (to_floor ? 127 : 0));
  for (int i = 0; i < 12; i++) key->salt[i] = (uint8_t)(secret[i] * 7 + 3);
  key->context = EVP_CIPHER_CTX_new();
  EVP_CipherInit_ex(key->context, EVP_aes_128_gcm(), 0, secret, 0, seals);
}

void load_key_free(struct load_key *key) {
  EVP_CIPHER_CTX_free(key->context);
  key->context = 0;
}

// The header's length with CSRCs and extension, which is authenticated only (RFC 3550 §5.1, §5.3.1).
static int header_length(const uint8_t *packet, int length) {
  if (length < 12 || packet[0] >> 6 != 2) return 0;
  int end = 12 + 4 * (packet[0] & 15);
  if (packet[0] & 16) {
    if (end + 4 > length) return 0;
    end += 4 + 4 * (packet[end + 2] << 8 | packet[end + 3]);
  }
  return end <= length ? end : 0;
}

// 00 00 | SSRC | ROC = 0 | SEQ, XOR salt (RFC 7714 §8.1); then the header as associated data.
static int start(struct load_key *key, const uint8_t *packet, int header, int seals) {
  uint8_t nonce[12];
  int done;
  memcpy(nonce, key->salt, 12);
  for (int i = 0; i < 4; i++) nonce[2 + i] ^= packet[8 + i];
  nonce[10] ^= packet[2];
  nonce[11] ^= packet[3];
  return EVP_CipherInit_ex(key->context, 0, 0, 0, nonce, seals) == 1
      && EVP_CipherUpdate(key->context, 0, &done, packet, header) == 1;
}

int load_seal(struct load_key *key, uint8_t *packet, int length) {
  int header = header_length(packet, length), done;
  if (header == 0 || !start(key, packet, header, 1)
      || EVP_CipherUpdate(
             key->context, packet + header, &done, packet + header, length - header) != 1
      || EVP_CipherFinal_ex(key->context, packet + length, &done) != 1
      || EVP_CIPHER_CTX_ctrl(key->context, EVP_CTRL_AEAD_GET_TAG, 16, packet + length) != 1)
    return 0;
  return length + 16;
}

int load_open(struct load_key *key, uint8_t *packet, int length) {
  int header = header_length(packet, length), done;
  if (header == 0 || header + 16 > length) return 0;
  length -= 16;
  if (!start(key, packet, header, 0)
      || EVP_CIPHER_CTX_ctrl(key->context, EVP_CTRL_AEAD_SET_TAG, 16, packet + length) != 1
      || EVP_CipherUpdate(
             key->context, packet + header, &done, packet + header, length - header) != 1
      || EVP_CipherFinal_ex(key->context, packet + length, &done) != 1)
    return 0;
  return length;
}
