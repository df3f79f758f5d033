// A call to this server, which sends everything back: messages, picture and sound.
const peer = new RTCPeerConnection();

peer.onconnectionstatechange = () => console.log("connection", peer.connectionState);

// What is sent: a channel for messages, and the camera where there is one.
const channel = peer.createDataChannel("chat");
channel.onopen = () => channel.send("Hello");
channel.onmessage = ({ data }) => console.log("received", data);

try {
  const media = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
  for (const track of media.getTracks()) peer.addTrack(track, media);
  show("here", media);
} catch (error) {
  console.log("no camera, messages only:", error.message);
}

// What comes back.
peer.ontrack = ({ streams: [stream] }) => show("back", stream);

function show(name, stream) {
  let video = document.getElementById(name);
  if (!video) {
    video = document.createElement("video");
    // Muted, or you would hear yourself. Take it off when you wear headphones.
    Object.assign(video, { id: name, autoplay: true, muted: true, playsInline: true });
    document.body.append(video);
  }
  video.srcObject = stream;
}

// The signaling: descriptions and candidates as JSON, over a socket.
const signaling = new WebSocket(location.origin.replace("http", "ws") + "/webrtc/echo");
const say = (message) => signaling.send(JSON.stringify(message));

signaling.onopen = async () => {
  await peer.setLocalDescription();
  say(peer.localDescription);
};

peer.onicecandidate = ({ candidate }) => {
  if (candidate) say({ type: "candidate", ...candidate.toJSON() });
};

signaling.onmessage = async ({ data }) => {
  const { type, ...said } = JSON.parse(data);
  if (type === "candidate") await peer.addIceCandidate(said);
  else await peer.setRemoteDescription({ type, ...said });
};

signaling.onclose = ({ code, reason }) => console.log("signaling closed", code, reason);
