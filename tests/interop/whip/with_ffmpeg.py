"""FFmpeg's own WHIP client, by way of PyAV: it publishes H.264 and Opus until it is stopped.

FFmpeg's certificate is on a curve that OpenSSL and BoringSSL refuse, so it is given one.
"""

import argparse
import signal
import time
from fractions import Fraction

import av

from wirescope.clock import SystemClock

RATE = 30
SAMPLES = 960
SIZE = (640, 360)


def publish(url: str, token: str, certificate: str, key: str) -> None:
    """Publish a picture that moves, and silence."""
    options = {"authorization": token, "cert_file": certificate, "key_file": key}
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopping.append(number))
    with av.open(url, "w", format="whip", options=options) as output:
        tuned = {"tune": "zerolatency", "preset": "ultrafast", "profile": "baseline", "g": "30"}
        video = output.add_stream("libx264", rate=RATE, options=tuned)
        (video.width, video.height), video.pix_fmt = SIZE, "yuv420p"
        audio = output.add_stream("libopus", rate=48_000, layout="stereo")
        clock, number, samples = SystemClock(), 0, 0
        began_ns = clock.monotonic_ns()
        while not stopping:
            picture = av.VideoFrame(*SIZE, "yuv420p")
            for plane in picture.planes:
                plane.update(bytes([number % 200 + 20]) * plane.buffer_size)
            picture.pts, picture.time_base = number, Fraction(1, RATE)
            output.mux(video.encode(picture))
            number += 1
            while samples < number * 48_000 // RATE:
                block = av.AudioFrame("s16", "stereo", SAMPLES)
                block.planes[0].update(bytes(4 * SAMPLES))
                block.sample_rate, block.pts = 48_000, samples
                block.time_base = Fraction(1, 48_000)
                output.mux(audio.encode(block))
                samples += SAMPLES
            passed_s = (clock.monotonic_ns() - began_ns) / 1e9
            time.sleep(max(0.0, number / RATE - passed_s))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("url", "token", "certificate", "key"):
        parser.add_argument(name)
    publish(**vars(parser.parse_args()))
