// Clients of WHIP and WHEP that others wrote, each behind one function: it begins, and gives what
// ends it again. `connection` is the one that the client made last.
import { WebRTCPlayer } from "@eyevinn/webrtc-player";
import { WHIPClient as EyevinnClient } from "@eyevinn/whip-web-client";
import { MediaMTXWebRTCReader } from "mediamtx-webrtc-react";
import { WHEPClient } from "whip-whep/whep.js";
import { WHIPClient } from "whip-whep/whip.js";

const Native = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Native {
  constructor(...given) {
    super(...given);
    window.connection = this;
  }
};

const video = document.createElement("video");
video.autoplay = true;
video.muted = true;
document.body.append(video);

const camera = () =>
  navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 640, height: 360, frameRate: 30 },
  });

const first = (transceiver, codec) => {
  const all = RTCRtpReceiver.getCapabilities("video").codecs;
  const wanted = all.filter(({ mimeType }) => mimeType === `video/${codec}`);
  transceiver.setCodecPreferences([...wanted, ...all.filter((each) => !wanted.includes(each))]);
};

const clients = {
  "whip-whep publishes": async (url, token, codec) => {
    const [pc, client, media] = [new RTCPeerConnection(), new WHIPClient(), await camera()];
    for (const track of media.getTracks()) {
      const made = pc.addTransceiver(track, { direction: "sendonly", streams: [media] });
      if (track.kind === "video") first(made, codec);
    }
    await client.publish(pc, url, token);
    return { stop: () => client.stop() };
  },
  "@eyevinn/whip-web-client publishes": async (url, token) => {
    const opts = { authkey: token, iceServers: [] };
    const client = new EyevinnClient({ endpoint: url, opts });
    await client.setIceServersFromEndpoint();
    await client.ingest(await camera());
    return { stop: () => client.destroy() };
  },
  "whip-whep plays": async (url, token) => {
    const [pc, client, media] = [new RTCPeerConnection(), new WHEPClient(), new MediaStream()];
    for (const kind of ["audio", "video"]) pc.addTransceiver(kind, { direction: "recvonly" });
    video.srcObject = media;
    pc.ontrack = ({ track }) => media.addTrack(track);
    await client.view(pc, url, token);
    return { stop: () => client.stop() };
  },
  "@eyevinn/webrtc-player plays": async (url, token) => {
    const player = new WebRTCPlayer({ video, type: "whep", iceServers: [] });
    await player.load(new URL(url), `Bearer ${token}`);
    return { stop: () => player.unload() };
  },
  "mediamtx-webrtc-react plays": async (url, token) => {
    const onTrack = ({ streams }) => (video.srcObject = streams[0]);
    const onError = (error) => console.error(error);
    const reader = new MediaMTXWebRTCReader({ url, token, onTrack, onError });
    return { stop: () => reader.close() };
  },
};

let running;
window.begin = async (name, url, token, codec) => {
  running = await clients[name](url, token, codec);
};
window.stop = () => running.stop();
window.statistics = async () => [...(await connection.getStats()).values()];
