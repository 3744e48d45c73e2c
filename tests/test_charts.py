"""Heat maps and learning curves as pictures: complete, legible, the same each time."""

from itertools import pairwise
from math import inf, nan
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn.errors import MelodyError
from melodyrnn.render.bar_chart import BarChart
from melodyrnn.render.charts import bar_chart, heat_map, learning_curves
from melodyrnn.render.colours import INK, NOTHING, ink_on, shade
from melodyrnn.render.heat_map import HeatMap
from melodyrnn.render.page import SVG
from melodyrnn.render.pictures import write_picture, write_picture_as

VALUES = [[0.1, 0.9], [nan, 0.5]]


def grid(**options):
    plain = HeatMap(
        "", "어디를 보나", ["나", "비"], ["a <b>", "c&d"], VALUES, meaning="", limits=None
    )
    return heat_map(plain._replace(**options))


def labels(svg):
    return [element.get("aria-label") for element in ET.fromstring(svg).iter(f"{{{SVG}}}g")]


def fills(svg):
    return [element.get("fill") for element in ET.fromstring(svg).iter(f"{{{SVG}}}rect")]


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_heat_map_has_all_its_words_as_outlines():
    svg = grid(down="writes", across="reads", meaning="weight")
    words = labels(svg)
    for word in ("어디를 보나", "나", "비", "a <b>", "c&d", "writes", "reads", "weight", "0.90"):
        assert word in words
    assert "<text" not in svg
    assert "class=" not in svg.replace('class="text"', "")


def test_each_value_has_its_colour_and_none_where_it_is_no_number():
    paper, *cells, scale = fills(grid())
    assert cells == [shade(0), shade(1), NOTHING, shade(0.5)]
    assert (paper, scale) == ("#ffffff", "url(#scale)")
    assert fills(grid(limits=(0.0, 1.0)))[1] == shade(0.1)
    assert "–" in labels(grid())


def test_values_are_written_as_asked_where_there_is_room():
    assert {"10.0%", "90.0%", "50.0%"} <= set(labels(grid(form=".1%")))
    names = [f"note {n}" for n in range(40)]
    many = labels(heat_map(HeatMap("", "many", names, names, [[0.25] * 40] * 40, meaning="")))
    assert "0.25" not in many
    assert names[39] in many


@pytest.mark.parametrize("values", [[[3.0]], [[nan]]])
def test_one_value_is_drawn_too(values):
    assert (
        ET.fromstring(heat_map(HeatMap("", "one", ["a"], ["b"], values, limits=None))).tag
        == f"{{{SVG}}}svg"
    )


def test_the_scale_darkens_in_equal_steps_and_its_ink_is_read():
    steps = [luminance(shade(n / 20)) for n in range(21)]
    lightness = [step ** (1 / 3) for step in steps]  # about what the eye makes of it
    falls = [before - after for before, after in pairwise(lightness)]
    assert min(falls) > 0
    assert max(falls) < 2 * min(falls)
    for n, light in enumerate(steps):
        dark, bright = sorted([light, luminance(ink_on(n / 20))])
        assert (bright + 0.05) / (dark + 0.05) > 3, n
    assert ink_on(0) == INK


def test_curves_end_where_a_loss_is_no_number():
    svg = learning_curves("Learning", {"한글": [2.0, 0.5, 0.01], "wild": [2.0, 9.0, inf, nan]})
    lines = [e.get("points").split() for e in ET.fromstring(svg).iter(f"{{{SVG}}}polyline")]
    assert [len(points) for points in lines] == [3, 2]
    assert {"한글", "wild", "epochs", "loss (nats), logarithmic"} <= set(labels(svg))
    assert learning_curves("none", {"nothing": [nan]})


def test_bars_are_as_long_as_what_they_stand_for():
    svg = bar_chart(BarChart("다음", ["b8", "<end>"], [0.5, 0.25], "음표", "확률"))
    assert {"다음", "음표", "확률", "b8", "<end>", "50.0%", "25.0%"} <= set(labels(svg))
    _, *bars = ET.fromstring(svg).iter(f"{{{SVG}}}rect")
    long, short = (float(bar.get("width")) for bar in bars)
    assert long == pytest.approx(2 * short)


def test_a_picture_is_written_in_the_format_of_its_suffix(tmp_path):
    svg = bar_chart(BarChart("다음에 기대하는 것", ["b8"], [0.5]))
    for suffix, magic in ((".svg", b"<svg"), (".PNG", b"\x89PNG"), (".pdf", b"%PDF")):
        path = write_picture_as(tmp_path / f"bars{suffix}", svg)
        assert path.read_bytes().startswith(magic)
    (page,) = pypdfium2.PdfDocument(path.read_bytes())
    height = float(ET.fromstring(svg).get("height"))
    assert page.get_height() == pytest.approx(height * 72 / 96, abs=0.1)
    shown = page.render(scale=1).to_pil().convert("RGB")
    assert (0, 0x72, 0xB2) in {
        colour for _, colour in shown.getcolors(10_000)
    }  # the bar has its colour
    with pytest.raises(MelodyError, match="bars: no suffix names a format; formats of pictures"):
        write_picture_as(tmp_path / "bars", svg)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=400), st.text(max_size=12))
def test_any_losses_make_a_picture(losses, name):
    ET.fromstring(learning_curves("Learning", {name: losses}))


def test_the_files_are_the_same_each_time(tmp_path):
    first, second = tmp_path / "0.1-a", tmp_path / "b"  # a dot in a name is no suffix
    files = write_picture(first, grid())
    assert [path.name for path in files] == ["0.1-a.svg", "0.1-a.png"]
    again = write_picture(second, grid())
    assert [path.read_bytes() for path in files] == [path.read_bytes() for path in again]
    assert files[1].read_bytes().startswith(b"\x89PNG")
    with pytest.raises(MelodyError, match="cannot write: no such file or directory"):
        write_picture(tmp_path / "none" / "x", grid())
