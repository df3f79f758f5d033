"""A page of media has its sound and pictures in it, as files that others read."""

import io
import wave

import av

from wirescope.lab.report import Clip, MediaSection, media_html, png_file, wav_file


def test_a_page_has_figures_sound_and_pictures_and_asks_for_nothing() -> None:
    clips = [Clip("As <said>", "audio/wav", wav_file(b"\1\2", 16_000))]
    clips.append(Clip("A picture", "image/png", png_file(2, 2, bytes(6))))
    section = MediaSection("Voice", ["How & why."], ["Run", "p50 ms"], [["RTP", "76"]], clips)
    page = media_html("What follows", "What was run.", [section])
    assert "default-src 'none'" in page
    assert "media-src data:; img-src data:" in page
    assert '<audio controls preload="metadata" src="data:audio/wav;base64,' in page
    assert '<img alt="" src="data:image/png;base64,' in page
    assert "As &lt;said&gt;" in page
    assert '<td class="num">76</td>' in page
    assert "http://" not in page


def test_a_sound_is_written_as_wav() -> None:
    with wave.open(io.BytesIO(wav_file(b"\1\2\3\4", 16_000))) as file:
        assert (file.getframerate(), file.getnframes()) == (16_000, 2)
        assert file.readframes(2) == b"\1\2\3\4"


def test_a_picture_is_written_as_png() -> None:
    # the left half white, the right half as blue as ITU-R BT.601 has it
    light = bytes([235, 235, 41, 41] * 2)
    picture = png_file(4, 2, light + bytes([128, 240]) + bytes([128, 110]))
    with av.open(io.BytesIO(picture)) as file:
        (frame,) = file.decode(video=0)
    assert (frame.width, frame.height) == (4, 2)
    line = bytes(frame.reformat(format="rgb24").planes[0])[:12]
    assert line[:3] == b"\xff\xff\xff"
    assert line[9] < 5
    assert line[11] > 250
