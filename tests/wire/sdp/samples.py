"""Descriptions written for the tests, and any others for hypothesis."""

from hypothesis import strategies as st

OFFER = """\
v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1 data
a=extmap-allow-mixed
a=msid-semantic: WMS stream
m=audio 9 UDP/TLS/RTP/SAVPF 111 0
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host generation 0 network-id 1
a=candidate:2 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active generation 0
a=candidate:3 1 udp 1686052607 198.51.100.7 50001 typ srflx raddr 192.0.2.1 rport 50000
a=end-of-candidates
a=ice-ufrag:abcd
a=ice-pwd:0123456789abcdefghijkl
a=ice-options:trickle renomination
a=fingerprint:sha-256 00:11:22:AA
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:4/recvonly urn:ietf:params:rtp-hdrext:sdes:mid
a=sendrecv
a=msid:stream track
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:0 PCMU/8000
a=ssrc:1001 cname:name
a=ssrc:1001 msid:stream track
m=video 9 UDP/TLS/RTP/SAVPF 96 97
c=IN IP4 0.0.0.0
a=mid:1
a=sendonly
a=rtpmap:96 VP8/90000
a=rtcp-fb:* ccm fir
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=ssrc-group:FID 2001 2002
a=rid:h send
a=rid:l send pt=96,97;max-width=320;flag
a=simulcast:send h;l,~m recv x
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=mid:data
a=sctp-port:5000
a=max-message-size:262144
a=x-unknown:kept as it is
""".replace("\n", "\r\n")

pieces = st.sampled_from(OFFER.splitlines(keepends=True)) | st.text(max_size=20)
texts = st.lists(pieces, max_size=40).map("".join)
