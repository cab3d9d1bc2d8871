"""The baseline file."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from trivigil import schemas
from trivigil.cli import main
from trivigil.core.errors import InputError
from trivigil.monitor.baseline import kept, reading
from trivigil.monitor.baseline.comparison import Tolerance
from trivigil.web.observation import Phases

PATH = "monitoring-baseline.json"
CREATED = "2026-01-01T00:00:00Z"
DAY = 86400.0
THEN = 1767225600.0
SAMPLES = [Phases(None, 1.234567, None, 100.0 + each, 2500.5 + each) for each in range(20)]


def made(**changes: Any) -> kept.Baseline:
    """A baseline of a shop."""
    runner = {"os": "Linux", "arch": "", "region": "eu::error::"}
    found = kept.make("https://shop.example/", CREATED, SAMPLES, runner=runner)
    return found._replace(**changes)


def test_there_and_back() -> None:
    """What is written is what is read, and valid by the published schema."""
    baseline = made(tolerance=Tolerance(40, 12.5), valid_days=30)
    text = kept.dump(baseline)
    found = reading.read(text, PATH)

    jsonschema.Draft202012Validator(json.loads(schemas.text("monitoring-baseline"))).validate(json.loads(text))  # fmt: skip
    assert found._replace(lines={}) == baseline
    assert set(found.phases) == {"connect", "ttfb", "transfer", "total"}
    assert found.phases["connect"].values == (1.23,) * 20
    assert found.runner == {"os": "Linux", "region": "eu:\u200b:error:\u200b:"}
    assert text.splitlines()[found.lines["ttfb"] - 1].strip() == '"ttfb": {'


def test_it_says_what_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`validate` knows it by its key, and reads it as the monitor does."""
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(kept.dump(made()), encoding="utf-8")
    bad.write_text(kept.dump(made()).replace('"n": 20', '"n": 19', 1), encoding="utf-8")
    assert main(["validate", str(good)], {}) == 0
    assert main(["validate", str(bad)], {}) == 2
    told = capsys.readouterr().err
    assert "good.json: valid monitoring-baseline" in told
    assert "phases.connect.n: the values give 20" in told


def test_a_name_of_any_letters() -> None:
    """What stands in the file is harmless, and is known again as what was given."""
    name = "shop::error::\u202e" + "x" * 400
    found = reading.read(kept.dump(kept.make(name, CREATED, SAMPLES)), PATH)
    assert "::" not in found.target
    kept.check_target(found, PATH, name)


def test_only_the_last_samples_are_kept() -> None:
    """A file does not grow without end."""
    many = [Phases(ttfb=float(each)) for each in range(kept.MOST + 7)]
    found = kept.make("t", CREATED, many)
    assert found.samples == kept.MOST
    assert found.phases["ttfb"].values[0] == 7


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(lambda text: text[:300], "not valid JSON", id="cut"),
        pytest.param(lambda _: "[]", "the file: an object was expected, found list", id="a list"),
        pytest.param(lambda _: "{}", "schema: it is missing; this is no monitoring baseline", id="something else"),
        pytest.param(lambda text: text.replace("baseline/1", "baseline/9"), ":3: schema: this version reads", id="of another version"),
        pytest.param(lambda text: text.replace('"tolerance"', '"limits"'), "limits: unknown key", id="unknown key"),
        pytest.param(lambda text: text.replace(CREATED, "2026-02-30T00:00:00Z"), ":5: created_at: a time", id="no day"),
        pytest.param(lambda text: text.replace(CREATED, "yesterday"), "created_at: a time", id="no time"),
        pytest.param(lambda text: text.replace('"samples": 20', '"samples": 2e1'), "samples: a whole number", id="no whole number"),
        pytest.param(lambda text: text.replace('"ttfb"', '"tffb"'), "phases.tffb: no phase", id="no phase"),
        pytest.param(lambda text: text.replace('"median": 109.5', '"median": 300'), "phases.ttfb.median: the values give 109.5", id="an edited median"),
        pytest.param(lambda text: text.replace("100, 101", "100, -101"), "phases.ttfb.values: a number from 0", id="less than nothing"),
        pytest.param(lambda text: text.replace("100, 101", '100, "x"'), "phases.ttfb.values: a number from 0", id="no number"),
        pytest.param(lambda text: text.replace("100, 101", "100, NaN"), "not valid JSON", id="NaN"),
        pytest.param(lambda text: text.replace('"mad": 5', '"sd": 5', 1), "phases.ttfb.sd: there are median", id="another key in a phase"),
        pytest.param(lambda text: text.replace('"ms": 50.0', '"ms": true'), "tolerance.ms: a number", id="a truth"),
        pytest.param(lambda text: text.replace('"percent": 25.0', '"of": 1'), "tolerance.of: there are ms", id="another tolerance"),
        pytest.param(lambda text: text.replace('"os"', '"host"'), "runner.host: there are os", id="another fact of the runner"),
    ],
)  # fmt: skip
def test_damage_is_located(spoil: Callable[[str], str], said: str) -> None:
    """File, line where there is one, and key."""
    text = kept.dump(made())
    assert spoil(text) != text
    with pytest.raises(InputError) as error:
        reading.read(spoil(text), PATH)
    assert str(error.value).startswith(PATH)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("target", "days", "said"),
    [
        pytest.param("https://shop.example", 1, None, id="with and without a slash"),
        pytest.param("https://shop.example/", 365, None, id="its last day"),
        pytest.param("https://shop.example/", -0.5, None, id="a clock that is a little ahead"),
        pytest.param("https://pub.example/", 1, "target: it was measured at https://shop.example/", id="foreign"),
        pytest.param("https://shop.example/", 366, "created_at: it is 366 days old", id="too old"),
        pytest.param("https://shop.example/", -3, "created_at: it was measured after today", id="of the future"),
    ],
)  # fmt: skip
def test_of_this_target_and_not_too_old(target: str, days: float, said: str | None) -> None:
    """Else it is an error at the line of the key."""
    baseline = reading.read(kept.dump(made()), PATH)
    with pytest.raises(InputError) if said else nullcontext() as error:
        kept.check_target(baseline, PATH, target)
        kept.check_age(baseline, PATH, THEN + days * DAY)
    if said and error:
        assert said in str(error.value)
        assert error.value.line in {4, 5}
