// A socket to this server, which sends every message back.
const socket = new WebSocket(location.origin.replace("http", "ws") + "/echo");
socket.binaryType = "arraybuffer";

let answers = 0;

socket.onopen = () => {
  console.log("open");
  socket.send("Hello");
  socket.send(JSON.stringify({ type: "trade", price: 101.25 }));
  socket.send(new Uint8Array([1, 2, 3]));
};

socket.onmessage = ({ data }) => {
  console.log("received", typeof data === "string" ? data : new Uint8Array(data));
  answers += 1;
  if (answers === 3) socket.close(1000, "thank you");
};

// An error has no reason with it; what is known of it comes with the close.
socket.onerror = () => console.error("something went wrong");

socket.onclose = ({ code, reason, wasClean }) => {
  console.log("closed", { code, reason, wasClean });
};
