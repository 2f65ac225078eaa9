/// The offer of aiortc 1.16 with one `sendrecv` section of each kind.
let aiortcOffer = #"""
  v=0
  o=- 4004244167 4004244167 IN IP4 0.0.0.0
  s=-
  t=0 0
  a=group:BUNDLE 0 1
  a=msid-semantic:WMS *
  m=audio 40712 UDP/TLS/RTP/SAVPF 96 9 0 8
  c=IN IP4 192.0.2.2
  a=sendrecv
  a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
  a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level
  a=mid:0
  a=msid:7d645e13-aa29-4307-b58e-3353b0b5c6db 20f85db3-4394-4a71-ae2d-5c5b60b4c4f8
  a=rtcp:9 IN IP4 0.0.0.0
  a=rtcp-mux
  a=ssrc:3963624038 cname:0f46e78d-da24-45d7-9182-6c373264daca
  a=rtpmap:96 opus/48000/2
  a=rtpmap:9 G722/8000
  a=rtpmap:0 PCMU/8000
  a=rtpmap:8 PCMA/8000
  a=candidate:f957a2332b1715da3b0ef8ba684454eb 1 udp 2130706431 192.0.2.2 40712 typ host
  a=candidate:d0bcf3d9c29a2bc887618212a1623bfa 1 udp 2130706431 fd00::2 60565 typ host
  a=end-of-candidates
  a=ice-ufrag:DdmD
  a=ice-pwd:UjXRA20HQlq6XVqZAHdZmQ
  a=fingerprint:sha-256 56:C4:81:53:06:79:DF:1F:4E:11:4F:57:83:1C:89:33:2C:7B:56:33:A1:50:C2:1D:48:F9:4D:F7:B3:68:6A:0D
  a=fingerprint:sha-384 32:34:8D:13:06:75:A0:1B:BD:25:0E:43:3D:CB:D9:4E:40:3C:3C:DC:07:3E:FD:D9:F7:65:64:FA:0C:76:2D:F3:9B:5B:89:76:33:B0:3D:7F:91:A5:6C:B2:3D:F3:E0:8A
  a=fingerprint:sha-512 A5:2E:FD:F2:E3:16:C0:F3:76:16:8E:FA:30:61:63:3A:01:4C:99:4F:43:10:7D:B7:9D:4C:46:4D:B5:A2:D6:E0:AF:82:C9:B9:23:26:5E:2C:43:D3:36:C2:6A:61:5E:BE:EB:0A:15:BD:89:88:10:E6:78:E6:04:B3:A8:EB:65:B5
  a=setup:actpass
  m=video 36002 UDP/TLS/RTP/SAVPF 97 98 99 100 101 102
  c=IN IP4 192.0.2.2
  a=sendrecv
  a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
  a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
  a=mid:1
  a=msid:7d645e13-aa29-4307-b58e-3353b0b5c6db 112dd51d-17cf-49ff-bbb0-5dddcaba55a5
  a=rtcp:9 IN IP4 0.0.0.0
  a=rtcp-mux
  a=ssrc-group:FID 3661783174 108927411
  a=ssrc:3661783174 cname:0f46e78d-da24-45d7-9182-6c373264daca
  a=ssrc:108927411 cname:0f46e78d-da24-45d7-9182-6c373264daca
  a=rtpmap:97 VP8/90000
  a=rtcp-fb:97 nack
  a=rtcp-fb:97 nack pli
  a=rtcp-fb:97 goog-remb
  a=rtpmap:98 rtx/90000
  a=fmtp:98 apt=97
  a=rtpmap:99 H264/90000
  a=rtcp-fb:99 nack
  a=rtcp-fb:99 nack pli
  a=rtcp-fb:99 goog-remb
  a=fmtp:99 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
  a=rtpmap:100 rtx/90000
  a=fmtp:100 apt=99
  a=rtpmap:101 H264/90000
  a=rtcp-fb:101 nack
  a=rtcp-fb:101 nack pli
  a=rtcp-fb:101 goog-remb
  a=fmtp:101 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
  a=rtpmap:102 rtx/90000
  a=fmtp:102 apt=101
  a=candidate:f957a2332b1715da3b0ef8ba684454eb 1 udp 2130706431 192.0.2.2 36002 typ host
  a=candidate:d0bcf3d9c29a2bc887618212a1623bfa 1 udp 2130706431 fd00::2 53527 typ host
  a=end-of-candidates
  a=ice-ufrag:DdmD
  a=ice-pwd:UjXRA20HQlq6XVqZAHdZmQ
  a=fingerprint:sha-256 56:C4:81:53:06:79:DF:1F:4E:11:4F:57:83:1C:89:33:2C:7B:56:33:A1:50:C2:1D:48:F9:4D:F7:B3:68:6A:0D
  a=fingerprint:sha-384 32:34:8D:13:06:75:A0:1B:BD:25:0E:43:3D:CB:D9:4E:40:3C:3C:DC:07:3E:FD:D9:F7:65:64:FA:0C:76:2D:F3:9B:5B:89:76:33:B0:3D:7F:91:A5:6C:B2:3D:F3:E0:8A
  a=fingerprint:sha-512 A5:2E:FD:F2:E3:16:C0:F3:76:16:8E:FA:30:61:63:3A:01:4C:99:4F:43:10:7D:B7:9D:4C:46:4D:B5:A2:D6:E0:AF:82:C9:B9:23:26:5E:2C:43:D3:36:C2:6A:61:5E:BE:EB:0A:15:BD:89:88:10:E6:78:E6:04:B3:A8:EB:65:B5
  a=setup:actpass

  """#
